/** Naive forecasts: the prediction is one feature, an earlier value of the target. */
import { param } from "../core/paramSpec.ts";
import { MlctlError } from "../core/errors.ts";
import type { Estimator } from "../core/estimator.ts";
import type { JsonObject } from "../core/json.ts";
import { baseline } from "./baseline.ts";
import { resolveParams } from "./fittedState.ts";

/** The last value strictly before the time of the row, of its series: the random walk of forecasting. */
export const naive = previousValue({
  family: "naive",
  description: "predicts the previous value of the target, of the row's series; a baseline for data with a time_column",
  params: [],
  back: () => 1,
}) satisfies Estimator;

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

interface Definition extends Pick<Estimator, "family" | "description" | "params"> {
  /** Number of rows to look back. */
  back(params: JsonObject, season: number | null): number;
}

/** A row without that value gets the mean of the training rows, as from the baseline, whose state it has. */
function previousValue<Given extends Definition>({ back, ...definition }: Given) {
  const { family, params } = definition;
  return {
    ...definition,
    tasks: ["regression"],
    needs: { complete: false, standardized: false },
    isBaseline: true,
    features(given, { target, by, season }) {
      const rows = back(resolveParams(params, given, family), season);
      const options = { column: target, lags: [rows], short_history: "missing", ...(by.length > 0 ? { by } : {}) };
      return [
        { type: "lag", options },
        { type: "select", options: { column: `${target}_lag_${rows}` } },
      ];
    },
    async fit(X, y, options) {
      const resolved = resolveParams(params, options.params, family);
      const { state, ...common } = await baseline.fit(X, y, { ...options, params: {} });
      const last = X.columnNames.findIndex((name) => /_lag_\d+$/.test(name));
      return { ...common, family, params: resolved, state: { ...state, last: last < 0 ? null : last } };
    },
    load: baseline.load,
  } satisfies Estimator;
}
