/** Finds a model family by name. */
import type { Estimator, ImportanceUnit } from "../core/estimator.ts";
import { MlctlError } from "../core/errors.ts";
import { didYouMean } from "../core/text/suggest.ts";
import { ensembleOf } from "./ensemble.ts";
import { estimators } from "./index.ts";

/** @throws {MlctlError} kind "usage" with the closest name if there is no such family */
export function findEstimator(family: string): Estimator {
  const found = known(family);
  if (found !== undefined) return found;
  const names = Object.keys(estimators);
  throw new MlctlError("usage", `unknown model family "${family}"`, {
    hint: didYouMean(family, names, `known: ${names.join(", ")}`),
  });
}

/** False for a family that this version does not know, as records of other versions may have one. */
export function isBaseline(family: string): boolean {
  return known(family)?.isBaseline === true;
}

/** What the importances of a family's models measure. */
export function importanceUnit(family: string): ImportanceUnit {
  const coefficients = { key: "coefficient", label: "Size of the standardized coefficient" };
  return known(family)?.importanceUnit ?? coefficients;
}

/** Made of other models by mlctl, not in config.json. */
const ensemble = ensembleOf(findEstimator);

function known(family: string): Estimator | undefined {
  if (family === ensemble.family) return ensemble;
  return Object.hasOwn(estimators, family) ? estimators[family as keyof typeof estimators] : undefined;
}
