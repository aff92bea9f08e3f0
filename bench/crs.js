/** The search of the crs system: twenty models, half of them over a grid; 10 sets × 45 points × 3 folds are 1,350 fits. */
import { execFileSync } from "node:child_process";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

const program = fileURLToPath(new URL("../bin/mlctl.js", import.meta.url));

const rolling = ["crs_rolling_30d", "crs_rolling_60d", "crs_rolling_90d"];
const last = ["crs_lag_1", "elapsed_1"];
const lags = ["crs_lag_*", "elapsed_*"];

const settings = {
  input_folder_path: "sourcedata",
  test_data_path: "testdata",
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
    { type: "rolling", windows: ["30d", "60d", "90d", "180d"], fallback: "longer", empty: "skip" },
    { type: "lag", lags: [1, 2, 3] },
    { type: "elapsed", lags: [1, 2, 3] },
    { type: "date_parts", parts: ["month", "year", "quarter", "day_of_week"] },
  ],
  train: {
    split: { method: "time", cutoff: "2023-01-01" },
    selection: { method: "time_series", folds: 5 },
    feature_sets: {
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
    },
    models: [
      { family: "linear_regression" },
      {
        family: "xgboost",
        search: {
          method: "grid",
          folds: 3,
          space: { n_estimators: [100, 250, 500], learning_rate: [0.01, 0.05, 0.1, 0.5, 0.9], max_depth: [10, 15, 20] },
        },
      },
    ],
    metric: "rmse",
  },
};

/** Fills `folder` with the rounds of the template and the configuration of the search. */
export function writeCrs(folder) {
  execFileSync(process.execPath, [program, "init", folder, "--template", "crs", "-q"], { stdio: "ignore" });
  writeFileSync(join(folder, "config.json"), JSON.stringify(settings));
}
