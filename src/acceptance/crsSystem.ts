/** The settings of the crs system, for the tests that run it on its own feed [systems.md 000]. */
import { join } from "node:path";
import { repository } from "./lifecycleWorkspace.ts";

/** It stays where it is: the workspaces point to it. */
export const crsFeed = join(repository, "../shared/data/crs");

const rolling = ["crs_rolling_30d", "crs_rolling_60d", "crs_rolling_90d"];
const last = ["crs_lag_1", "elapsed_1"];
const lags = ["crs_lag_*", "elapsed_*"];

/** The system's ten feature sets. */
export const crsFeatureSets = {
  rolling_last: [...rolling, ...last],
  rolling_180d_last: ["crs_rolling_*", ...last],
  rolling_last_calendar: [...rolling, ...last, "month", "year"],
  rolling_lags: [...rolling, ...lags],
  rolling_lags_calendar: [...rolling, ...lags, "month", "year"],
  rolling_60d_last_calendar: [...rolling.slice(0, 2), ...last, "month", "year", "quarter"],
  lags,
  lags_calendar: [...lags, "month", "year"],
  everything: ["crs_rolling_*", ...lags, "month", "year", "quarter"],
  calendar: ["month", "year", "quarter", "day_of_week"],
};

/** Its feed, features and split; a test adds what it needs and says which models `train` has. */
export const crsSettings = {
  input_folder_path: crsFeed,
  task: "regression",
  target: "crs",
  time_column: "date",
  ingest: {
    records: "rounds",
    select: { date: "CAST(drawDate AS DATE)", crs: "CAST(replace(drawCRS, ',', '') AS INTEGER)" },
    where: "drawName IN ('General', 'No Program Specified') AND crs > 100 AND crs < 700",
  },
  features: [
    { type: "select", column: "date" },
    // The system dropped rows without a mean before it counted lags: the round after the pause of 2021 is no row before.
    { type: "rolling", windows: ["30d", "60d", "90d", "180d"], fallback: "longer", empty: "skip" },
    { type: "lag", lags: [1, 2, 3] },
    { type: "elapsed", lags: [1, 2, 3] },
    { type: "date_parts", parts: ["month", "year", "quarter", "day_of_week"] },
  ],
  train: { split: { method: "time", cutoff: "2023-01-01" }, metric: "rmse" },
};

/** The model that the system served: linear regression on the lags. */
export const crsServed = {
  ...crsSettings,
  name: "crs",
  train: {
    ...crsSettings.train,
    feature_sets: { lags: crsFeatureSets.lags },
    models: [{ family: "linear_regression" }],
  },
};
