/** Seasonal naive: predicts the value of the target one season ago. */
import { MlctlError } from "../core/errors.ts";
import type { Estimator } from "../core/estimator.ts";
import { param } from "./params.ts";
import { previousValue } from "./previousValue.ts";

/** The value of as many rows before as a season has: yesterday's hour, last week's day, last year's month. */
export const seasonalNaive = previousValue({
  family: "seasonal_naive",
  description: "predicts the value of the target one season ago; a baseline for data with a time_column",
  params: [
    param(
      "season",
      { type: "integer", default: null, minimum: 1 },
      "number of rows in a season (null: from the step of time_column: 24 for hourly, 7 for daily, 5 for business daily, 52 for weekly, 12 for monthly)",
    ),
  ],
  back(params, found) {
    const season = params["season"] ?? found;
    if (typeof season === "number") return season;
    throw new MlctlError("data", "seasonal_naive found no season in the steps of time_column", {
      hint: 'set "season" in its params, as in { "season": 7 }',
    });
  },
}) satisfies Estimator;
