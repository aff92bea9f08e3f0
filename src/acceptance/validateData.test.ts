/** What config validate and train tell of history and leakage before anything is fitted. */
import { describe, expect, it } from "vitest";
import { emptyWorkspace, type LifecycleWorkspace } from "./lifecycleWorkspace.ts";

const day = (i: number): string => new Date(Date.UTC(2024, 0, 1 + i)).toISOString().slice(0, 10);
/** Far from constant, far from a trend. */
const sales = (i: number): number => (i * 37) % 101;

/** 60 days with what will be sold the day after. */
function workspace(features: readonly object[], more: object = {}): LifecycleWorkspace {
  const rows = Array.from({ length: 60 }, (_, i) => [day(i), sales(i), sales(i + 1), (i * 53) % 89].join());
  const made = emptyWorkspace({ target: "sales", time_column: "day", features, ...more });
  made.write({ "sourcedata/sales.csv": `day,sales,orders,visits\n${rows.join("\n")}\n` });
  return made;
}

const lags = (most: number): object => ({ type: "lag", lags: [1, most] });

describe("config validate", () => {
  it("refuses features that look back where nothing says when, or the column is left out", () => {
    const without = workspace([lags(2), { type: "rolling" }], { time_column: null }).run(["config", "validate"]);
    expect(without.status).toBe(2);
    expect(without.stderr).toContain("lag looks back in time, but time_column is not set");
    expect(without.stderr).toContain("rolling looks back in time, but time_column is not set");
    const left = workspace([lags(2)], { drop_columns: ["day"] }).run(["config", "validate"]);
    expect(left.status).toBe(2);
    expect(left.stderr).toContain('lag looks back in time, but id_columns or drop_columns remove "day"');
  });

  it("--data reports rows without history and columns that leak the future, and writes nothing", () => {
    const made = workspace([lags(5)]);
    made.ok("ingest", "-q");
    const before = made.names("models");
    const { data } = made.json<{ data: { notes: string[]; warnings: string[]; training_rows: number } }>(
      "config",
      "validate",
      "--data",
    );
    expect(data.notes).toEqual([
      "5 of 60 rows have too little history and are dropped",
      '"day" is daily: the baseline naive predicts the previous value, seasonal_naive the value of 7 rows before',
      expect.stringMatching(/^mlctl chose the settings of training: \d models ranked by rmse/),
    ]);
    expect(data.warnings.join("\n")).toContain('"orders" reveals the target: it contains future values');
    expect(data.warnings.join("\n")).not.toContain('"visits"');
    expect(made.names("models")).toEqual(before);
    // and train tells the same
    const { stderr } = made.run(["train"]);
    expect(stderr).toContain('it equals "sales" of the next row in time');
  });

  it("--data rejects a transform for which no row has history, before anything is ingested", () => {
    const made = workspace([lags(90)]);
    const early = made.run(["config", "validate", "--data"]);
    expect(early.status).toBe(4);
    expect(early.stderr).toContain("hint: run `mlctl ingest`");
    made.ok("ingest", "-q");
    const refused = made.run(["config", "validate", "--data"]);
    expect(refused.status).toBe(3);
    expect(refused.stderr).toContain("none of 60 rows has enough history for the configured features");
  });
});
