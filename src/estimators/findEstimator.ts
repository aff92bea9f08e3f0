/** Finds a model family by name. */
import type { Estimator } from "../core/estimator.ts";
import { MlctlError } from "../core/errors.ts";
import { suggest } from "../core/text/suggest.ts";
import { estimators } from "./index.ts";

/** @throws {MlctlError} kind "usage" with the closest name if there is no such family */
export function findEstimator(family: string): Estimator {
  if (Object.hasOwn(estimators, family)) return estimators[family as keyof typeof estimators];
  const names = Object.keys(estimators);
  const closest = suggest(family, names);
  throw new MlctlError("usage", `unknown model family "${family}"`, {
    hint: closest === undefined ? `known: ${names.join(", ")}` : `did you mean "${closest}"?`,
  });
}
