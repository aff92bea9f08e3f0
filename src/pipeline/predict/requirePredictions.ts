/** A prediction that is NaN or infinite has no metric and cannot be recorded. */
import { MlctlError } from "../../core/errors.ts";
import type { Prediction } from "../../core/prediction.ts";

/**
 * @param dataRows position of each row in its dataset, from 0
 * @throws {MlctlError} kind "data" naming the first row without a finite prediction
 */
export function requirePredictions(
  { yPred, probabilities }: Prediction,
  { family, dataRows }: { readonly family: string; readonly dataRows: Int32Array | undefined },
): void {
  const values = probabilities ?? yPred;
  const at = values.findIndex((value) => !Number.isFinite(value));
  if (at < 0) return;
  const row = Math.floor(at / (values.length / yPred.length));
  throw new MlctlError("data", `${family} predicts ${values[at]} for data row ${(dataRows?.[row] ?? row) + 1}`, {
    hint: "correct the numbers of this row, or leave its cells empty",
  });
}
