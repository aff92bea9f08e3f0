/** The crs system's own feed by configuration alone: its rows, its features, its figures, and none of its wrong answers. */
import { existsSync } from "node:fs";
import { beforeAll, describe, expect, it } from "vitest";
import { crsFeatureSets, crsFeed, crsSettings } from "./crsSystem.ts";
import { emptyWorkspace, type LifecycleWorkspace } from "./lifecycleWorkspace.ts";

const absent = !existsSync(crsFeed);
if (absent) console.warn(`skipped: ${crsFeed} is not there`);

/** The RMSE of the system's linear regression on its feature sets [systems.md 000, recorded and computed again]. */
const recorded: Readonly<Record<keyof typeof crsFeatureSets, number>> = {
  rolling_last: 17.536,
  rolling_180d_last: 17.403,
  rolling_last_calendar: 18.77,
  rolling_lags: 17.261,
  rolling_lags_calendar: 19.072,
  rolling_60d_last_calendar: 18.921,
  lags: 16.734,
  lags_calendar: 17.986,
  everything: 19.104,
  calendar: 40.775,
};

const config = {
  ...crsSettings,
  name: "crs",
  train: {
    ...crsSettings.train,
    selection: { method: "time_series", folds: 5 },
    feature_sets: crsFeatureSets,
    models: [{ family: "baseline", params: { strategy: "last" } }, { family: "linear_regression" }],
  },
};

interface TrainJson {
  readonly value: number;
  readonly training_rows: number;
  readonly validation_rows: number;
  readonly leaderboard: readonly {
    readonly family: string;
    readonly feature_set: string;
    readonly metrics: { readonly rmse: number };
    readonly selection: { readonly mean: number; readonly standard_deviation: number; readonly folds: number };
  }[];
  readonly notes: readonly string[];
  readonly warnings: readonly string[];
}

describe.skipIf(absent)("the feed of the crs system", () => {
  let workspace: LifecycleWorkspace;
  let trained: TrainJson;

  beforeAll(() => {
    workspace = emptyWorkspace(config);
    workspace.ok("ingest");
    trained = workspace.json<TrainJson>("train");
  });

  const rowOf = (set: string) => trained.leaderboard.find(({ feature_set }) => feature_set === set)!;
  const predict = (...dates: readonly string[]) =>
    workspace.run(["predict", "-", "--model", "latest"], { input: ["date", ...dates, ""].join("\n") });
  const answers = (...dates: readonly string[]): number[] =>
    predict(...dates)
      .stdout.trim()
      .split("\n")
      .slice(1)
      .map((line) => Number(line.split(",")[1]));

  it("gives 174 general rounds, 169 with enough history, 141 to train on and 28 after 2023-01-01", () => {
    expect(trained).toMatchObject({ training_rows: 141, validation_rows: 28 });
    expect(trained.notes).toContain("5 of 174 rows have too little history and are dropped");
  });

  // 0.001: the figures are recorded to three digits.
  it.each(Object.entries(recorded))("reaches the system's figure on %s", (set, rmse) => {
    expect(Math.abs(rowOf(set).metrics.rmse - rmse)).toBeLessThan(0.001);
  });

  it("chooses on time-series folds of the training part only and judges once: better than the naive last value", () => {
    const [winner] = trained.leaderboard;
    expect(winner).toMatchObject({ family: "linear_regression", feature_set: "lags" });
    expect(trained.value).toBeLessThanOrEqual(17.3);
    // -cross_val_score(LinearRegression(), X, y, cv=TimeSeriesSplit(5), scoring="neg_root_mean_squared_error").mean() is 30.433.
    expect(winner!.selection.mean).toBeCloseTo(30.433, 3);
    const linear = trained.leaderboard.filter(({ family }) => family === "linear_regression");
    const means = linear.map(({ selection }) => selection.mean);
    expect(means).toEqual(means.toSorted((a, b) => a - b));
    const naive = trained.leaderboard.find(({ family }) => family === "baseline")!;
    expect(naive.metrics.rmse).toBeCloseTo(18.052, 3);
    expect(naive.metrics.rmse).toBeGreaterThan(trained.value);
  });

  it("warns that on the folds, with the pause of 2021 among them, the naive last value does better", () => {
    expect(trained.warnings).toContain("the baseline is better than the best model on the folds: rmse 11.29 vs 30.43");
  });

  it("predicts from a date alone what the system's server predicted", () => {
    // 535 and 530 after rounding [recorded].
    expect(answers("2024-07-31", "2024-01-01").map(Math.round)).toEqual([535, 530]);
    expect(answers("31-Jul-2024")).toEqual(answers("2024-07-31"));
  });

  it("does not let a round's own cutoff into its prediction, where the server did", () => {
    const [onDay] = answers("2024-04-23");
    const [known] = answers("2024-04-24");
    // On the next day the round of the 23rd (529) is the last one; on its own day it is still that of the 10th (549).
    expect(Math.abs(onDay! - known!)).toBeGreaterThan(1);
  });

  it("rejects a date without history, where the server used another round's features", () => {
    expect(predict("2024-10-20").status).toBe(0);
    for (const date of ["2024-10-21", "2026-01-01", "2015-01-01"]) {
      const { status, stdout, stderr } = predict(date);
      expect(status).toBe(3);
      expect(stdout.split("\n").filter((line) => line.startsWith(date))).toEqual([]);
      expect(stderr).toContain(
        `column "date": ${date}: no value of "crs" in the 180 days before it; the history goes from 2015-03-20 to 2024-04-23`,
      );
    }
  });

  it("rejects such dates with --guard and predicts the others", () => {
    const input = "date\n2024-05-08\n2026-01-01\nnever\n";
    const { status, stdout } = workspace.run(
      ["predict", "-", "--model", "latest", "--guard", "--reject-file", "rejected.csv"],
      { input },
    );
    expect(status).toBe(0);
    expect(stdout.trim().split("\n")).toHaveLength(2);
    const rejected = workspace.read("rejected.csv").trim().split("\n");
    expect(rejected).toHaveLength(3);
    expect(rejected[1]).toContain("no value of ");
    expect(rejected[2]).toContain('""never"" is not a date');
  });

  it("warns of a date whose last round is longer ago than any in training", () => {
    expect(predict("2024-07-31").stderr).not.toContain("outside the training range");
    expect(predict("2024-10-20").stderr).toContain(
      '1 row outside the training range in column "date", first: line 2: 2024-10-20: the last "crs" before it is 180 days old (2024-04-23), in training it was at most 126',
    );
  });
});
