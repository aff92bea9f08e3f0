/** predict --horizon: forecasts of whole workspaces, compared with values computed by hand. */
import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { stdin, stdout as terminal } from "node:process";
import { Writable } from "node:stream";
import { describe, expect, it } from "vitest";
import type { JsonObject } from "../../core/json.ts";
import { dist } from "../../testing/exampleRecords.ts";
import { predictionLogPath } from "../../storage/predictionLog/logReader.ts";
import { sqliteReader } from "../../storage/predictionLog/sqliteReader.ts";
import { exampleWorkspace, type ExampleWorkspace } from "../../testing/exampleWorkspace.ts";
import { ingest } from "../ingest/ingest.ts";
import { train } from "../train/train.ts";
import { explain } from "./explain.ts";
import { forecast, type ForecastOptions } from "./forecast.ts";
import { predict } from "./predict.ts";

const program = join(dist, "..", "..", "bin", "mlctl.js");
const dayOf = (day: number): string => new Date(Date.UTC(2026, 0, 1 + day)).toISOString().slice(0, 10);
const count = <T>(length: number, make: (i: number) => T): T[] => Array.from({ length }, (_, i) => make(i));

async function trained(
  csv: string,
  features: readonly JsonObject[],
  family: JsonObject,
  refit = false,
): Promise<ExampleWorkspace> {
  const fitted = { models: [family], refit };
  const config = { target: "y", task: "regression", time_column: "day", features, train: fitted };
  const example = await exampleWorkspace(config, { "sourcedata/a.csv": csv });
  await example.change(async (session) => {
    await ingest(session);
    await train(session);
  });
  return example;
}

/** The rows as JSON lines would give them, and the result. */
async function forecastOf(example: ExampleWorkspace, options: Partial<ForecastOptions>) {
  let text = "";
  const stdout = new Writable({ write: (chunk, _encoding, done) => ((text += String(chunk)), done()) });
  const own = {
    horizon: 3,
    levels: [0.8],
    guard: false,
    output: "-",
    model: "latest",
    format: "jsonl",
    log: false,
    csvSafe: false,
  } as const;
  const result = await example.look((session) => forecast(session, { ...own, stdout, ...options }));
  const rows = text.split("\n").filter((line) => line !== "").map((line) => JSON.parse(line) as Record<string, number | string | null>); // prettier-ignore
  return { result, rows };
}

describe("one series that follows y' = 5 + 0.9 y", () => {
  const values = count(60, () => 0);
  values.forEach((_, i) => (values[i] = i === 0 ? 10 : 5 + 0.9 * values[i - 1]! + (i % 9 === 0 ? 20 : 0)));
  const csv = ["day,y", ...values.map((value, i) => `${dayOf(i)},${value}`)].join("\n");

  it("is continued by feeding each step with the one before, at its own step", async () => {
    const example = await trained(csv, [{ type: "lag" }], { family: "linear_regression" });
    const { rows, result } = await forecastOf(example, { horizon: 4 });
    expect(result).toMatchObject({ rows: 4, series: 1, steps: ["daily"], from: dayOf(60), to: dayOf(63) });
    expect(rows.map(({ day, forecast_step: step }) => [day, step])).toEqual(count(4, (i) => [dayOf(60 + i), i + 1]));
    // Intercept and slope from the first two steps; the others must follow from them.
    const [first, second, third, fourth] = rows.map(({ prediction }) => prediction as number);
    const slope = (second! - first!) / (first! - values.at(-1)!);
    const next = (value: number): number => first! + slope * (value - values.at(-1)!);
    expect(third).toBeCloseTo(next(second!), 8); // float64 sums in another order
    expect(fourth).toBeCloseTo(next(third!), 8);
  });

  it("is explained row by row as it was forecast: the contributions add up to each prediction", async () => {
    const example = await trained(csv, [{ type: "lag" }], { family: "linear_regression" });
    const { rows } = await forecastOf(example, { horizon: 4 });
    const future = rows.map(({ day }) => String(day));
    const known = values.map((value, i) => `${dayOf(i)},${value}`).slice(-5);
    example.write({
      "future.csv": ["day", ...future].join("\n"),
      // The same with labels of the rows before.
      "both.csv": ["day,y", ...known, ...future.map((day) => `${day},`)].join("\n"),
      // The truth came in the meantime: predict does not read it.
      "labelled.csv": ["day,y", ...future.map((day) => `${day},999`)].join("\n"),
    });
    for (const name of ["future.csv", "both.csv", "labelled.csv"]) {
      const path = `${example.folder}/${name}`;
      const { baseValue, ...explained } = await example.look((s) => explain(s, { model: "latest", rows: path }));
      for (const [i, { prediction, contributions }] of explained.rows.slice(-4).entries()) {
        const sum = contributions.reduce((total, each) => total + Number(each.contribution), Number(baseValue));
        expect(prediction).toBeCloseTo(Number(rows[i]!["prediction"]), 8); // float64 sums in another order
        expect(sum).toBeCloseTo(Number(prediction), 8);
      }
    }
    // The first looks back on labels alone.
    expect(example.warnings().filter((each) => each.startsWith("3 rows after the end of the history"))).toHaveLength(3);
  });

  it("has an interval from the errors of the same forecast on the validation rows", async () => {
    const example = await trained(csv, [{ type: "lag" }], { family: "naive" });
    const { rows, result } = await forecastOf(example, { horizon: 2, levels: [0.5] });
    // 59 rows have a lag; the last 12 of them validate, so forecasts start at rows 47 to 58.
    expect(result.backTests).toBe(12);
    for (const [i, row] of rows.entries()) {
      const errors = count(12 - i, (k) => Math.abs(values[47 + k + i + 1]! - values[47 + k]!)).toSorted(
        (a, b) => a - b,
      );
      const width = errors[Math.ceil(0.5 * (errors.length + 1)) - 1]!;
      expect(row["prediction"]).toBe(values.at(-1));
      expect(row["lower_50"]).toBeCloseTo(values.at(-1)! - width, 10);
      expect(row["upper_50"]).toBeCloseTo(values.at(-1)! + width, 10);
    }
    const { result: few, rows: nested } = await forecastOf(example, { horizon: 2, levels: [0.5, 0.95] });
    for (const row of nested) {
      expect(row["lower_95"]!).toBeLessThan(row["lower_50"] as number);
      expect(row["upper_95"]!).toBeGreaterThan(row["upper_50"] as number);
    }
    expect(few.warnings[0]).toMatch(/^the intervals assume normally distributed errors: .* and the fewest are \d+ /);
  });

  it("is compared with the last week repeated, over the same back-tests", async () => {
    const weekly = values.map((_, i) => 10 * (i % 7) + i);
    const text = ["day,y", ...weekly.map((value, i) => `${dayOf(i)},${value}`)].join("\n");
    const example = await trained(text, [{ type: "lag" }], { family: "naive" });
    const { result } = await forecastOf(example, { horizon: 4 });
    const found = count(4, (step) => count(12 - step, (k) => 47 + k).map((origin) => [origin, origin + step + 1]));
    const meanOf = (own: (origin: number, row: number) => number): number => {
      const steps = found.map((pairs) => pairs.reduce((sum, [a, b]) => sum + own(a!, b!), 0) / pairs.length);
      return steps.reduce((sum, each) => sum + each, 0) / 4;
    };
    const model = meanOf((origin, row) => Math.abs(weekly[row]! - weekly[origin]!));
    const baseline = 7; // a week of the trend
    expect(result.againstNaive).toEqual({
      season: 7,
      steps: 4,
      model: expect.closeTo(model, 10),
      baseline,
      worseFrom: 1,
    });
    expect(result.warnings.at(-1)).toMatch(
      /^the model is worse than the last 7 values repeated, at every step: .*"seasonal_naive"/,
    );
  });

  it("has an interval around the forecast if the model that was tested was biased, and is fitted again on later rows", async () => {
    // The training part knows nothing of the level of the last 40 rows, the model that forecasts does.
    const shifted = ["day,y", ...count(200, (i) => `${dayOf(i)},${(i < 160 ? 100 : 160) + ((i * 7919) % 11)}`)].join(
      "\n",
    );
    const boosted = { family: "xgboost", params: { n_estimators: 30 } };
    const example = await trained(shifted, [{ type: "lag" }], boosted, true);
    const { rows } = await forecastOf(example, { horizon: 14, levels: [0.5, 0.8] });
    for (const row of rows) {
      expect(row["lower_50"]!).toBeLessThanOrEqual(row["prediction"] as number);
      expect(row["upper_50"]!).toBeGreaterThanOrEqual(row["prediction"] as number);
    }
  });

  it("is logged as a forecast, which monitoring leaves out", async () => {
    const example = await trained(csv, [{ type: "lag" }], { family: "naive" });
    const { rows, result } = await forecastOf(example, { log: true });
    const path = predictionLogPath(example.workspace().paths.database);
    const logged = await sqliteReader(path).rows();
    expect(result.logged).toBe(3);
    expect(logged.map(({ predictionId, source, inputs }) => [predictionId, source, inputs])).toEqual(
      rows.map((row) => [row["prediction_id"], "forecast", { day: `${String(row["day"])}T00:00:00.000Z` }]),
    );
    expect((await sqliteReader(path).count({ forecasts: false })).predictions).toBe(0);
  });

  it("leaves no file and no log where the output cannot be written", async () => {
    const example = await trained(csv, [{ type: "lag" }], { family: "naive" });
    const { folder } = example;
    const files = example.list(".");
    const missing = "its folder does not exist";
    await expect(forecastOf(example, { output: `${folder}/no/f.csv` })).rejects.toThrow(missing);
    await expect(forecastOf(example, { plot: `${folder}/no/f.svg` })).rejects.toThrow(missing);
    await expect(forecastOf(example, { log: true, output: `${folder}/sourcedata` })).rejects.toThrow("it is a folder");
    const { paths } = example.workspace();
    expect(existsSync(predictionLogPath(paths.database))).toBe(false);
    example.write({ "big.csv": `day,y\n${`${dayOf(70)},1\n`.repeat(20_000)}` });
    for (const command of ["--horizon 3000", "big.csv"]) {
      const limited = `ulimit -f 60; exec "$0" "$1" predict ${command} --model latest -o f.csv`;
      const { stderr } = spawnSync("/bin/sh", ["-c", limited, process.execPath, program], {
        cwd: folder,
        encoding: "utf8",
      });
      expect(stderr).toContain("error: cannot write f.csv: the file would be larger than this system allows\n");
    }
    expect(example.list(".")).toEqual([...files, "big.csv"].toSorted());
  });

  it("is refused where a step is missing its meaning: irregular times, or no time that the model reads", async () => {
    const odd = csv.replaceAll(/^(\S+)-(\d\d)-(\d\d),/gm, (line, year: string, month: string, day: string) =>
      Number(day) % 3 === 0 ? `${year}-${month}-${day}T05:00:00,` : line,
    );
    const example = await trained(odd, [{ type: "lag" }], { family: "naive" });
    await expect(forecastOf(example, {})).rejects.toThrow(/^the series cannot be continued: "day" is irregular: /);
    await expect(forecastOf(example, { horizon: 0 })).rejects.toThrow("--horizon is 0");
    await expect(forecastOf(example, { levels: [80] })).rejects.toThrow("not between 0 and 1");
    await expect(forecastOf(example, { levels: [0.8, 0.95, 0.80000001] })).rejects.toThrow("--levels has 80 % twice");
    await expect(forecastOf(example, { levels: [0.9999999] })).rejects.toThrow("0.9999999, which is too close to 1");
  });
});

describe("several series", () => {
  const stores = ["b", "a"];
  const valueOf = (store: string, day: number): number => (store === "a" ? 100 : 900) + ((day * 7919) % 101);
  // Store b has no row on the last two days.
  const lastOf = (store: string): number => (store === "a" ? 50 : 48);
  const csv = [
    "day,store,promo,y",
    ...stores.flatMap((store) =>
      count(lastOf(store), (day) => `${dayOf(day)},${store},${day % 5 === 0 ? 1 : 0},${valueOf(store, day)}`),
    ),
  ].join("\n");
  const by = ["store"];

  it("are each continued from their own end, with their own values", async () => {
    const features: JsonObject[] = [
      { type: "lag", by },
      { type: "drop", column: "promo" },
    ];
    const example = await trained(csv, features, { family: "seasonal_naive", params: { season: 7 } });
    const { rows, result } = await forecastOf(example, { horizon: 10, plot: `${example.folder}/f.svg` });
    expect(result.warnings).toContain(
      `1 of 2 series end before ${dayOf(49)} and are continued from their own end: store "b" (${dayOf(47)})`,
    );
    expect(rows.map(({ store, day, prediction }) => [store, day, prediction])).toEqual(
      stores.flatMap((store) =>
        count(10, (i) => [store, dayOf(lastOf(store) + i), valueOf(store, lastOf(store) - 7 + (i % 7))]),
      ),
    );
    expect(example.read("f.svg")).toContain("store &quot;a&quot;");
  });

  it.each<[JsonObject, JsonObject[]]>([
    [{ family: "naive" }, [{ type: "lag", by }]],
    [{ family: "seasonal_naive" }, [{ type: "lag", by }]],
    [{ family: "xgboost" }, [{ type: "lag", lags: [1, 7], by, short_history: "missing" }]],
    [{ family: "linear_regression" }, [{ type: "rolling", windows: ["3d"], by }]],
  ])("have the same predictions from a file of the rows that follow: %o", async (family, features) => {
    const example = await trained(csv, [...features, { type: "drop", column: "promo" }], family);
    const { rows } = await forecastOf(example, { horizon: 10 });
    const [input, output] = [join(example.folder, "next.csv"), join(example.folder, "out.csv")];
    example.write({ "next.csv": ["day,store", ...rows.map(({ day, store }) => `${day},${store}`)].join("\n") });
    const { warnings } = await example.change((session) =>
      predict(session, { input, output, guard: false, stdin, stdout: terminal, model: "latest" }),
    );
    const predicted = example.read("out.csv").trim().split("\n").slice(1);
    expect(predicted.map((line) => Number(line.split(",").at(-1)))).toEqual(
      // The forecast sums in another order.
      rows.map(({ prediction }) => expect.closeTo(Number(prediction), 8) as number),
    );
    expect(warnings).toContainEqual(expect.stringMatching(/^18 rows after the end of the history, first: line 3: /));
  });

  it("read inputs that are not known in advance from a file, in any order of its rows", async () => {
    const features: JsonObject[] = [{ type: "lag", by }];
    const example = await trained(csv, features, { family: "linear_regression" });
    await expect(forecastOf(example, {})).rejects.toThrow(
      "the model reads a column that is not known in advance: promo",
    );
    const future = (promo: number, skip = ""): string =>
      ["promo,day,store", ...count(5, (i) => stores.map((store) => `${promo},${dayOf(52 - i)},${store}`)).flat()]
        .filter((line) => line !== skip)
        .join("\n");
    example.write({ "f0.csv": future(0), "f1.csv": future(1), "short.csv": future(0, `0,${dayOf(49)},b`) });
    const [none, all] = await Promise.all(
      ["f0.csv", "f1.csv"].map((file) => forecastOf(example, { rows: `${example.folder}/${file}` })),
    );
    const first = (found: typeof none): number => found!.rows[0]!["prediction"] as number;
    expect(first(all)).not.toBeCloseTo(first(none), 6);
    await expect(forecastOf(example, { rows: `${example.folder}/short.csv` })).rejects.toThrow(
      `lacks 1 of 6 rows: ${dayOf(49)} of b`,
    );
    example.write({ "twice.csv": `${future(0)}\n\n0,${dayOf(50)},a`, "text.csv": `${future(0)}\n\n0,soon,a` });
    const refused = (file: string) => forecastOf(example, { rows: `${example.folder}/${file}` });
    await expect(refused("twice.csv")).rejects.toThrow(`line 13 of twice.csv is a second row for ${dayOf(50)} of a`);
    await expect(refused("text.csv")).rejects.toMatchObject({
      details: ['column "day" contains "soon" in line 13 of text.csv, but the model was trained on dates'],
    });
    await expect(refused("none.csv")).rejects.toMatchObject({
      message: "no rows: none.csv does not exist",
      hint: "correct the path",
    });
  });

  it("are named in the hint if the model mixes them, and `mlctl split --time` for rows that were split at random", async () => {
    const example = await trained(csv, [{ type: "lag" }, { type: "one_hot" }], { family: "linear_regression" });
    await expect(forecastOf(example, {})).rejects.toMatchObject({
      message: 'the series cannot be continued: "day" is irregular: some times occur more than once',
      hint: expect.stringMatching(
        /several series, add \{"type":"lag","by":\["store"\]\} to "features".* `mlctl split FILE --time COLUMN`/,
      ) as string,
    });
  });

  it("that cannot be continued are named, and left out with --guard", async () => {
    const odd = `${csv}\n${[0, 1, 5, 9, 30, 44].map((day) => `${dayOf(day)},odd,0,7`).join("\n")}`;
    const features: JsonObject[] = [
      { type: "lag", by },
      { type: "drop", column: "promo" },
    ];
    const example = await trained(odd, features, { family: "naive" });
    await expect(forecastOf(example, {})).rejects.toThrow(
      '1 of 3 series cannot be continued: store "odd" is irregular: only ',
    );
    const { result } = await forecastOf(example, { guard: true });
    expect([result.series, result.warnings[0]]).toEqual([2, expect.stringContaining('1 series left out: store "odd"')]);
  });
});
