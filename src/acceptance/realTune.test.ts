/** Searches on the systems' own data: chosen on folds of the training part alone, judged once on the rows that follow. */
import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { crsFeatureSets, crsSettings } from "./crsSystem.ts";
import { emptyWorkspace, repository, type LifecycleWorkspace } from "./lifecycleWorkspace.ts";
import { PYTHON } from "../testing/python.ts";

/** It stays where it is: the workspaces point to it. */
const data = join(repository, "../shared/data");
const hasPeer = spawnSync(PYTHON, ["-c", "import sklearn, pandas"]).status === 0;
const absent = !existsSync(data);
if (absent) console.warn(`skipped: ${data} is not there`);
if (!hasPeer) console.warn("skipped: the split of the churn system needs python3-sklearn and python3-pandas");

const PATIENCE_MS = 600_000;

interface TuneJson {
  readonly trials: number;
  readonly value: number;
  readonly training_rows: number;
  readonly validation_rows: number;
  readonly searches: readonly { readonly fits: number; readonly failed: number }[];
  readonly leaderboard: readonly {
    readonly family: string;
    readonly feature_set: string;
    readonly metrics: { readonly rmse: number };
    readonly selection: { readonly value: number };
  }[];
}

function tuned(workspace: LifecycleWorkspace): TuneJson {
  workspace.ok("ingest");
  const start = performance.now();
  const result = workspace.json<TuneJson>("tune");
  console.log(`tune: ${result.trials} trials in ${((performance.now() - start) / 1000).toFixed(1)} s`);
  return result;
}

const crs = {
  ...crsSettings,
  train: {
    ...crsSettings.train,
    // As the template: one of the folds holds the pause of 2021, in which linear models extrapolate by hundreds of points.
    selection: { method: "time_series", folds: 5, aggregate: "trimmed_mean" },
    feature_sets: crsFeatureSets,
    models: [
      { family: "baseline", params: { strategy: "last" } },
      { family: "linear_regression" },
      {
        family: "xgboost",
        search: {
          method: "grid",
          folds: 3,
          space: {
            n_estimators: [100, 250, 500],
            learning_rate: [0.01, 0.05, 0.1, 0.5, 0.9],
            max_depth: [10, 15, 20],
          },
        },
      },
    ],
  },
};

/** Trees by slow steps; on whole years of the training part, for the season counts [systems.md 002]. */
const traffic = {
  input_folder_path: join(data, "traffic"),
  task: "regression",
  target: "traffic_volume",
  time_column: "date_time",
  drop_columns: ["weather_description"],
  ingest: { where: "date_time < TIMESTAMP '2017-01-01'", dedupe: "first" },
  features: [
    { type: "map", column: "holiday", values: { None: 0 }, otherwise: 1, missing: 0 },
    { type: "group", column: "weather_main", groups: { Fog_Smoke_Squall: ["Fog", "Smoke", "Squall"] } },
    { type: "one_hot", column: "weather_main" },
    { type: "date_parts", parts: ["hour", "month", "day_of_week"] },
  ],
  train: {
    split: { method: "time", cutoff: "2015-12-31 23:59:59" },
    selection: { method: "time_series", folds: 2, period: "year" },
    models: [
      {
        family: "xgboost",
        params: { tree_method: "hist" },
        search: {
          method: "tpe",
          trials: 40,
          folds: 2,
          space: {
            n_estimators: { distribution: "integer", low: 50, high: 300, step: 25 },
            max_depth: { distribution: "integer", low: 4, high: 10 },
            learning_rate: { distribution: "log_uniform", low: 0.02, high: 0.1 },
            min_child_weight: { distribution: "log_integer", low: 1, high: 60 },
            subsample: { low: 0.5, high: 1 },
            colsample_bytree: { low: 0.6, high: 1 },
            reg_lambda: { distribution: "log_uniform", low: 0.1, high: 30 },
          },
        },
      },
    ],
  },
};

/** The space that the churn system searched, without its threshold, which train.threshold tunes [systems.md 003]. */
const churn = {
  target: "churn",
  task: "classification",
  positive_class: 1,
  drop_columns: ["tariff_plan", "age"],
  ingest: { normalize_names: true, dedupe: false },
  // What trees cannot make themselves. On five stratified folds of the 840, drawn four times, with three sets of parameters
  // (xgboost 1.7), these take the log loss from 0.138, 0.139, 0.152 to 0.130, 0.134, 0.146.
  features: [
    { type: "ratio", columns: ["seconds_of_use", "call_failure", "frequency_of_sms"], by: "frequency_of_use" },
    { type: "ratio", column: "frequency_of_use", by: "distinct_called_numbers" },
    { type: "ratio", columns: ["seconds_of_use", "frequency_of_use", "customer_value"], by: "subscription_length" },
  ],
  train: {
    split: { method: "head", rows: 840 },
    selection: { method: "stratified_k_fold", folds: 3 },
    threshold: "tune",
    metric: "f1",
    seed: 42,
    models: [
      {
        family: "xgboost",
        search: {
          method: "tpe",
          trials: 50,
          folds: 3,
          space: {
            n_estimators: { distribution: "integer", low: 100, high: 1000 },
            learning_rate: { distribution: "log_uniform", low: 0.001, high: 0.3 },
            max_depth: { distribution: "integer", low: 3, high: 12 },
            min_child_weight: { distribution: "integer", low: 1, high: 10 },
            gamma: { distribution: "log_uniform", low: 1e-8, high: 5 },
            subsample: { low: 0.5, high: 1 },
            colsample_bytree: { low: 0.5, high: 1 },
            colsample_bylevel: { low: 0.5, high: 1 },
            colsample_bynode: { low: 0.5, high: 1 },
            reg_alpha: { distribution: "log_uniform", low: 1e-8, high: 10 },
            reg_lambda: { distribution: "log_uniform", low: 1e-8, high: 20 },
            max_delta_step: { low: 0, high: 10 },
            scale_pos_weight: { low: 1, high: 20 },
          },
        },
      },
    ],
  },
};

/** The 840 rows of the system's training part, then its 210, which are the test data as well. */
const split = `
import os, pandas
from sklearn.model_selection import train_test_split
rows = pandas.read_csv("${join(data, "churn/customer_churn_0.csv")}")
train, test = train_test_split(rows, test_size=.2, random_state=42)
for folder in ("sourcedata", "testdata"): os.makedirs(folder, exist_ok=True)
train.to_csv("sourcedata/a.csv", index=False)
for path in ("sourcedata/b.csv", "testdata/test.csv"): test.to_csv(path, index=False)
`;

describe.skipIf(absent)("a search on the data of a system", () => {
  it(
    "crs: 20 models, 1,350 fits; the winner on the folds is judged beside the linear models and the naive value",
    () => {
      const result = tuned(emptyWorkspace(crs));
      expect(result).toMatchObject({ trials: 450, training_rows: 141, validation_rows: 28 });
      expect(result.searches.reduce((sum, { fits }) => sum + fits, 0)).toBe(1350);
      expect(result.searches.every(({ failed }) => failed === 0)).toBe(true);
      const { leaderboard } = result;
      expect(leaderboard).toHaveLength(21);
      const values = leaderboard.slice(0, 20).map(({ selection }) => selection.value);
      expect(values).toEqual(values.toSorted((a, b) => a - b));
      const rmseOf = (family: string, set: string): number =>
        leaderboard.find((row) => row.family === family && row.feature_set === set)!.metrics.rmse;
      // sorted(-cross_val_score(LinearRegression(), X, y, cv=TimeSeriesSplit(5), scoring="neg_root_mean_squared_error"))[1:4]
      // is 3.166, 6.869 and 17.286 on lags; no other set and no trees come below their mean.
      const [winner] = leaderboard;
      expect(winner).toMatchObject({ family: "linear_regression", feature_set: "lags" });
      expect(winner!.selection.value).toBeCloseTo(9.107, 3);
      expect(result.value).toBe(rmseOf("linear_regression", "lags"));
      expect(result.value).toBeCloseTo(16.734, 3);
      expect(result.value).toBeLessThanOrEqual(17.3);
      expect(rmseOf("baseline", "all")).toBeCloseTo(18.052, 3);
      console.log(`crs: ${winner!.family} on ${winner!.feature_set}, rmse ${result.value.toFixed(3)}, naive 18.052`);
    },
    PATIENCE_MS,
  );

  it(
    "traffic: 40 trials on 2012 to 2015 predict 2016 better than the system did, without a flag that lasts the whole day",
    () => {
      const result = tuned(emptyWorkspace(traffic));
      console.log(`traffic: rmse ${result.value.toFixed(1)}`);
      // 2016 has 9,300 rows without copies: all of 2012 to 2015 trains the model that it judges.
      expect(result).toMatchObject({ trials: 40, validation_rows: 9300 });
      expect(result.training_rows).toBeGreaterThan(20_000);
      // 498.8 is what the parameters that the system shipped come to on the same two folds (xgboost 1.7).
      expect(result.leaderboard[0]!.selection.value).toBeLessThan(498.8);
      // The system's own figure [systems.md 002].
      expect(result.value).toBeLessThan(566.3);
    },
    PATIENCE_MS,
  );

  it.skipIf(!hasPeer)(
    "churn: tuned on the 840 rows with its threshold, judged once on the 210 with its interval",
    () => {
      const workspace = emptyWorkspace(churn);
      const { status, stderr } = spawnSync(PYTHON, ["-c", split], {
        cwd: workspace.folder,
        encoding: "utf8",
      });
      expect(status, stderr).toBe(0);
      expect(tuned(workspace)).toMatchObject({ trials: 50, training_rows: 840, validation_rows: 210 });
      const { value, interval, rows } = workspace.json<{ value: number; interval: [number, number]; rows: number }>(
        "score",
      );
      console.log(`churn: f1 ${value.toFixed(3)}, 95 % interval ${interval.map((end) => end.toFixed(3)).join(" to ")}`);
      expect(rows).toBe(210);
      // At least what the system's shipped parameters come to, 0.850; its record is 0.861 [systems.md 003]. 42 leave: one more
      // that is found is worth 0.012, and the interval says so.
      expect(value).toBeGreaterThanOrEqual(0.85);
      expect(interval[0]).toBeLessThan(0.8);
      expect(interval[1]).toBeGreaterThan(0.9);
    },
    PATIENCE_MS,
  );
});
