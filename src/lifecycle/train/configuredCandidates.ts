/** Turns the models of config.json into candidates. */
import { defaultFamilies } from "../../estimators/defaultFamilies.ts";
import { isBaseline } from "../../estimators/findEstimator.ts";
import type { Config } from "../../config/schema/schema.ts";
import type { Task } from "../../core/task.ts";
import type { Candidate } from "../../pipeline/fit/candidate.ts";
import { costsOf, decidingMetric, transformRequests } from "../settings.ts";
import type { Workspace } from "../workspace.ts";

type ModelSettings = NonNullable<Config["train"]["models"]>[number];

export interface ConfiguredCandidate {
  readonly candidate: Candidate;
  /** Position in train.models. */
  readonly model: number;
  /** Search space for `tune`. */
  readonly search: ModelSettings["search"];
}

/** Every model on every feature set; the baseline, which uses no features, once. */
export function configuredCandidates({ config }: Workspace, task: Task): ConfiguredCandidate[] {
  const metric = decidingMetric(config, task);
  const { models, feature_sets, threshold, calibration, class_weight: classWeight, seed } = config.train;
  const chosen = models ?? defaultFamilies(task).map((family) => ({ family, params: {}, search: undefined }));
  const sets = Object.entries(feature_sets);
  const features = transformRequests(config);
  const costs = costsOf(config);
  return chosen.flatMap(({ family, params, search }, model) =>
    (sets.length === 0 || isBaseline(family) ? [["all", null] as const] : sets).map(
      ([featureSet, featurePatterns]): ConfiguredCandidate => ({
        model,
        search,
        candidate: {
          family,
          params,
          featureSet,
          featurePatterns,
          features,
          threshold,
          calibration,
          classWeight,
          metric,
          costs,
          seed,
        },
      }),
    ),
  );
}
