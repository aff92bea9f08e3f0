/** Says weights of classes in parameters, for ml-xgboost, whose WebAssembly exports no way to hand it weights of rows. */
import { MlctlError } from "../../../../core/errors.ts";
import { INSTALL_HINT } from "../native/installedEngines.ts";
import type { Json, JsonObject } from "../../../../core/json.ts";
import type { TrainingRequest } from "../engine.ts";
import type { Objective } from "../../objectives.ts";

export interface WeightsAsParams {
  readonly params: JsonObject;
  /** What gain and cover are to be multiplied by. */
  readonly scale: number;
}

/** These stand beside sums of gradients or hessians: all weights c times as large is these c times as small. */
const besideSums = ["reg_lambda", "reg_alpha", "gamma", "min_child_weight"];

/**
 * With the same weight c in all rows of class 0 and d in all of class 1, gradients and hessians are c times those of
 * rows that weigh 1 and d / c, which is what scale_pos_weight does. The trees are the same but for float32 rounding
 * (and, by hist and approx, but for the place of the bins).
 *
 * @throws {MlctlError} kind "usage" where rows weigh otherwise
 */
export function weightsAsParams({ y, sampleWeight, objective, params }: TrainingRequest): WeightsAsParams {
  if (sampleWeight === undefined || sampleWeight.length === 0) return { params, scale: 1 };
  const byClass = new Map<number, number>();
  for (let i = 0; i < y.length; i++) {
    const code = objective === "binary:logistic" ? y[i]! : 0;
    const weight = byClass.get(code) ?? sampleWeight[i]!;
    if (weight !== sampleWeight[i] || !(weight > 0)) throw cannot(objective);
    byClass.set(code, weight);
  }
  const scale = byClass.get(0) ?? 1;
  const positive = (byClass.get(1) ?? scale) / scale;
  const told: Record<string, Json> = { ...params, scale_pos_weight: (params.scale_pos_weight as number) * positive };
  for (const name of besideSums) told[name] = (params[name] as number) / scale;
  return { params: told, scale };
}

function cannot(objective: Objective): MlctlError {
  const kind = objective === "multi:softprob" ? "several classes" : "single rows";
  return new MlctlError("usage", `the wasm engine of xgboost takes weights of two classes, none of ${kind}`, {
    hint: INSTALL_HINT,
  });
}
