/** Expresses class weights as parameters, because ml-xgboost's WebAssembly has no function to set sample weights. */
import { MlctlError } from "../../../../core/errors.ts";
import { isFloat32 } from "../engineSettings.ts";
import { installHint } from "../native/releases.ts";
import type { Json, JsonObject } from "../../../../core/json.ts";
import type { TrainingRequest } from "../engine.ts";
import type { Objective } from "../../objectives.ts";

export interface WeightsAsParams {
  readonly params: JsonObject;
  /** Factor that gain and cover must be multiplied by. */
  readonly scale: number;
}

/** Parameters in units of summed gradients or Hessians: multiplying all weights by c equals dividing these by c. */
const scaledParams = ["reg_lambda", "reg_alpha", "gamma", "min_child_weight"];

/**
 * If all rows of class 0 have weight c and all of class 1 weight d, gradients and Hessians are c times those with
 * weights 1 and d / c, which is what scale_pos_weight does. The trees are the same up to float32 rounding (and, with
 * hist and approx, up to the position of the bins).
 * @throws {MlctlError} kind "usage" if weights differ within a class
 */
export function weightsAsParams({ y, sampleWeight, objective, params }: TrainingRequest): WeightsAsParams {
  if (sampleWeight === undefined || sampleWeight.length === 0) return { params, scale: 1 };
  const byClass = new Map<number, number>();
  for (let i = 0; i < y.length; i++) {
    const code = objective === "binary:logistic" ? y[i]! : 0;
    const weight = byClass.get(code) ?? sampleWeight[i]!;
    if (weight !== sampleWeight[i] || !(weight > 0)) throw unsupportedWeights(objective);
    byClass.set(code, weight);
  }
  const scale = byClass.get(0) ?? 1;
  const positive = (byClass.get(1) ?? scale) / scale;
  const scaled: Record<string, Json> = { ...params, scale_pos_weight: (params.scale_pos_weight as number) * positive };
  for (const name of scaledParams) scaled[name] = (params[name] as number) / scale;
  const outside = ["scale_pos_weight", ...scaledParams].find((name) => !isFloat32(scaled[name] as number));
  if (outside !== undefined) {
    const message = `the class weights of xgboost are too different: they make "${outside}" ${String(scaled[outside])}`;
    throw new MlctlError("usage", message, { hint: "use weights between 1e-6 and 1e6" });
  }
  return { params: scaled, scale };
}

function unsupportedWeights(objective: Objective): MlctlError {
  const kind = objective === "multi:softprob" ? "several classes" : "single rows";
  return new MlctlError("usage", `the wasm engine of xgboost supports weights of two classes only, not of ${kind}`, {
    hint: installHint(),
  });
}
