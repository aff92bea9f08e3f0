/** Tries a model file from anywhere on no rows, before anything is asked of it: a seal proves no sense. */
import { MlctlError } from "../core/errors.ts";
import type { Model } from "../core/model.ts";
import type { ColumnSpec } from "../core/signature.ts";
import type { Column } from "../core/table.ts";
import { predictor } from "../pipeline/predict/predictor.ts";

/** @throws {MlctlError} kind "data" where its parts do not fit each other, or this version */
export function requireWorking(model: Model, path: string): void {
  try {
    predictor(model)({ rowCount: 0, columns: model.signature.inputs.map(withoutRows) });
  } catch (error) {
    if (error instanceof MlctlError) throw error;
    const what = error instanceof Error ? error.message : String(error);
    throw new MlctlError("data", `the parts of the model ${path} do not fit each other: ${what}`, {
      hint: "restore the file from a backup, or run `mlctl train`",
      cause: error,
    });
  }
}

function withoutRows({ name, kind }: ColumnSpec): Column {
  return kind === "category"
    ? { kind, name, codes: new Int32Array(0), categories: [] }
    : { kind, name, values: new Float64Array(0) };
}
