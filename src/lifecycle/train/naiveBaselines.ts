/** The baselines that a series gets beside the default families: its previous value, and that of one season ago. */
import type { Config } from "../../config/schema/schema.ts";
import type { TrainingData } from "../../pipeline/fit/partOf.ts";
import { commonStep, requestedBy, timedSeries } from "../../pipeline/rows/seriesSteps.ts";
import { seasonOf, stepName } from "../../stats/timeStep.ts";
import { transformRequests } from "../settings.ts";

export interface NaiveBaselines {
  readonly families: readonly ("naive" | "seasonal_naive")[];
  /** What was found in the times. */
  readonly notes: readonly string[];
}

/** None if config.json names its models, or the rows are not regular series of numbers. */
export function naiveBaselines(
  { train, time_column: name, features }: Config,
  { target, history }: Pick<TrainingData, "target" | "history">,
): NaiveBaselines {
  const none: NaiveBaselines = { families: [], notes: [] };
  if (train.models !== null || target.task !== "regression" || history === undefined) return none;
  const by = requestedBy(transformRequests({ features }) ?? []);
  const step = commonStep(timedSeries(history, by));
  if (step === undefined) return none;
  const season = seasonOf(step);
  const found = `"${name}" is ${stepName(step)}${by.length === 0 ? "" : ` by ${by.join(", ")}`}`;
  const seasonal = season === null ? "" : `, seasonal_naive the value of ${season} rows before`;
  return {
    families: season === null ? ["naive"] : ["naive", "seasonal_naive"],
    notes: [`${found}: the baseline naive predicts the previous value${seasonal}`],
  };
}
