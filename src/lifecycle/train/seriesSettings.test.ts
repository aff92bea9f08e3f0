import { describe, expect, it } from "vitest";
import { parseRecorded } from "../../config/configSha256.ts";
import type { JsonObject } from "../../core/json.ts";
import { random } from "../../core/random.ts";
import { seriesSettings } from "./seriesSettings.ts";

const HOUR = 3_600_000;
const wave = Array.from({ length: 1000 }, (_, i) => 50 + i / 20 + 10 * Math.sin((i * Math.PI) / 12));

/** Rows of one series with its number and the weather. */
function settingsOf(config: JsonObject, { step = HOUR, y = wave } = {}) {
  const weather = random(2);
  const columns = [
    { kind: "date", name: "when", values: Float64Array.from(y, (_, i) => i * step) },
    { kind: "number", name: "No", values: Float64Array.from(y.keys()) },
    { kind: "number", name: "rain", values: Float64Array.from(y, () => weather.uniform()) },
  ] as const;
  const inputs = { rowCount: y.length, columns };
  return seriesSettings(parseRecorded({ target: "load", ...config })!, {
    inputs,
    labelled: inputs,
    numbers: ["No"],
    y: Float64Array.from(y),
    task: "regression",
  });
}

describe("seriesSettings", () => {
  it("finds the time of a series and looks back a day and a week of hours", () => {
    const { config, naive, period } = settingsOf({});
    expect([config.time_column, config.drop_columns]).toEqual(["when", ["No"]]);
    expect(config.features).toEqual([
      { type: "lag", lags: [1, 2, 3, 24, 25, 168, 169] },
      { type: "rolling", windows: ["1d"] },
      { type: "date_parts", column: "when", parts: ["hour", "day_of_week"] },
      { type: "cyclical", keep: true },
      { type: "standardize" },
    ]);
    expect(config.train.feature_sets).toEqual({ past: ["*"], plain: null });
    expect(naive).toEqual(["naive", "seasonal_naive"]);
    expect(period).toBe("day"); // five weeks are more than two thirds of the 33 days
  });

  it("looks back a week of days, and uses the month only where the first fold has them all", () => {
    const days = settingsOf({}, { step: 24 * HOUR }).config.features!;
    expect(days[0]).toEqual({ type: "lag", lags: [1, 2, 3, 7, 8] });
    expect(days[1]).toEqual({ type: "rolling", windows: ["7d"] });
    expect(days[2]!["parts"]).toEqual(["day_of_week"]);
    const years = settingsOf({}, { step: 24 * HOUR, y: [...wave, ...wave, ...wave] }).config.features!;
    expect(years[2]!["parts"]).toEqual(["day_of_week", "month"]);
  });

  it("encodes the numbers that tell series apart as names", () => {
    const rows = [...wave.slice(0, 100).keys()].flatMap((day) => [1, 2].map((shop) => ({ day, shop })));
    const columns = [
      { kind: "date", name: "when", values: Float64Array.from(rows, ({ day }) => day * 24 * HOUR) },
      { kind: "number", name: "shop", values: Float64Array.from(rows, ({ shop }) => shop) },
    ] as const;
    const inputs = { rowCount: rows.length, columns };
    const y = Float64Array.from(rows, ({ day, shop }) => wave[day]! * shop);
    const given = { inputs, labelled: inputs, numbers: [], y, task: "regression" } as const;
    const { config } = seriesSettings(parseRecorded({ target: "load" })!, given);
    expect(config.features).toEqual([
      { type: "lag", lags: [1, 2, 3, 7, 8], by: ["shop"] },
      { type: "rolling", windows: ["7d"], by: ["shop"] },
      { type: "as_text", columns: ["shop"] },
      { type: "date_parts", column: "when", parts: ["day_of_week"] },
      { type: "cyclical", keep: true },
      { type: "standardize" },
      { type: "one_hot" },
    ]);
    // A row number is left out, so it names no series.
    const numbered = seriesSettings(parseRecorded({ target: "load" })!, { ...given, numbers: ["shop"] });
    expect(numbered.config.features).toBeNull();
  });

  it("leaves what config.json sets", () => {
    const given: JsonObject[] = [
      { train: { models: [{ family: "ridge" }] } },
      { train: { split: { method: "random" } } },
      { features: [{ type: "date_parts" }] },
    ];
    for (const set of given) {
      const { config, naive } = settingsOf(set);
      expect([config.time_column, config.features, naive]).toEqual([null, set["features"] ?? null, []]);
    }
  });

  it("gives a target that does not follow its past the naive baselines only, where time_column is set", () => {
    const noise = random(5);
    const y = wave.map(() => noise.normal());
    expect(settingsOf({}, { y })).toMatchObject({ config: { time_column: null, features: null }, naive: [] });
    const { config, naive, notes } = settingsOf({ time_column: "when" }, { y });
    expect([config.features, naive.length, notes.length]).toEqual([null, 2, 1]);
  });
});
