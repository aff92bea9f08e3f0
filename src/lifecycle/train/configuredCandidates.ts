/** Turns the models of config.json into candidates. */
import { defaultFamilies } from "../../estimators/defaultModels.ts";
import { isBaseline } from "../../estimators/findEstimator.ts";
import type { Config } from "../../config/schema/schema.ts";
import type { Task } from "../../core/table/table.ts";
import type { Candidate } from "../../pipeline/fit/candidateFeatures.ts";
import { costsOf, decidingMetric, transformRequests } from "../settings.ts";
import type { Workspace } from "../workspace.ts";

export type ConfiguredCandidate = ReturnType<typeof configuredCandidates>[number];

/** A candidate with the settings that all models of config.json share. */
export function candidateOf(
  config: Config,
  own: Pick<Candidate, "family" | "params" | "featureSet" | "metric" | "seed">,
): Candidate {
  const { family, params, featureSet, metric, seed } = own;
  const { calibration, class_weight: classWeight, feature_sets } = config.train;
  const threshold = config.train.threshold ?? 0.5;
  const set = isBaseline(family) ? undefined : feature_sets[featureSet];
  const featurePatterns = set ?? null;
  const features = set === null ? null : transformRequests(config);
  const costs = costsOf(config);
  const model = { family, params, featureSet, featurePatterns, features };
  return { ...model, threshold, calibration, classWeight, metric, costs, seed };
}

/** Every model, with its position in train.models, on every feature set; the baseline, which uses no features, once. */
export function configuredCandidates({ config }: Workspace, task: Task) {
  const metric = decidingMetric(config, task);
  const { models, feature_sets, seed } = config.train;
  const chosen = models ?? defaultFamilies(task).map((family) => ({ family, params: {}, search: undefined }));
  const sets = Object.keys(feature_sets);
  return chosen.flatMap(({ family, params, search }, model) =>
    (sets.length === 0 || isBaseline(family) ? ["all"] : sets).map((featureSet) => {
      const candidate = candidateOf(config, { family, params, featureSet, metric, seed });
      return { model, search, candidate };
    }),
  );
}
