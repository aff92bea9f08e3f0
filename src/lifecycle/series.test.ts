/** Several series in one file, through the whole lifecycle; and the naive baselines of the leaderboard. */
import { readFile } from "node:fs/promises";
import { stdin, stdout } from "node:process";
import { beforeAll, describe, expect, it } from "vitest";
import type { JsonObject } from "../core/json.ts";
import { random } from "../core/random.ts";
import { exampleWorkspace, type ExampleWorkspace } from "../testing/exampleWorkspace.ts";
import { ingest } from "./ingest/ingest.ts";
import { forecast } from "./predict/forecast.ts";
import { explain } from "./predict/explain.ts";
import { reproduce } from "./compare/reproduce.ts";
import { monitor } from "./monitor/monitor.ts";
import { predict } from "./predict/predict.ts";
import { deploy } from "./deploy/deploy.ts";
import { score } from "./score/score.ts";
import { train, type TrainResult } from "./train/train.ts";

const dayOf = (day: number): string => new Date(Date.UTC(2026, 0, 1 + day)).toISOString().slice(0, 10);

/** Sales on two levels with the same weekly wave. */
function salesOf(store: string, day: number): number {
  const wave = [3, 1, 0, 2, 5, 9, 7][day % 7]!;
  return (store === "north" ? 100 : 900) + wave + ((day * 7919) % 13) / 10;
}

/** Rows in random order. */
function rows(from: number, to: number, stores = ["north", "south"]): string {
  const all = stores.flatMap((store) =>
    Array.from({ length: to - from }, (_, i) => `${dayOf(from + i)},${store},${salesOf(store, from + i).toFixed(1)}`),
  );
  const order = random(3).shuffle(Int32Array.from(all.keys()));
  return ["day,store,sales", ...Array.from(order, (row) => all[row]!)].join("\n");
}

const config = (features: readonly JsonObject[], models?: readonly JsonObject[]): JsonObject => ({
  target: "sales",
  task: "regression",
  time_column: "day",
  features,
  train: models === undefined ? {} : { models },
});

async function trainedOn(example: ExampleWorkspace): Promise<TrainResult> {
  return example.change(async (session) => {
    await ingest(session);
    return train(session);
  });
}

describe("a file of two series", () => {
  let example: ExampleWorkspace;
  const lags = { type: "lag", lags: [1, 7] };
  const linear = [{ family: "linear_regression" }];
  const mixed = [lags, { type: "drop", column: "store" }];

  beforeAll(async () => {
    example = await exampleWorkspace(config(mixed, linear), {
      "sourcedata/a.csv": rows(0, 60),
      "testdata/t.csv": rows(60, 70, ["north", "south", "west"]),
    });
  });

  it("is reported where lags mix the series, and is predicted well with by; the split is one date for both", async () => {
    const without = await trainedOn(example);
    expect(without.notes.at(-1)).toBe(
      '"day" has times that come twice, first: 2026-01-01, and features[0] (lag) looks back on all rows as one series; if "store" identifies several series, write "by": ["store"] there',
    );
    await example.configure(config([{ ...lags, by: ["store"] }], linear));
    const by = await example.change((session) => train(session));
    // The first seven days of each store have no value of seven rows before; 20 % of 106 rows are 22, so the last 11 days.
    expect(by.notes).toEqual(["14 of 120 rows have too little history and are dropped"]);
    expect([by.trainingRows, by.validationRows]).toEqual([84, 22]);
    expect(by.value!).toBeLessThan(without.value! / 100);
  });

  it("is scored with the earlier rows of each series; a series that training did not see is named", async () => {
    const { warnings, rows: scored, naive } = await example.change((session) => score(session));
    expect(scored).toBe(23); // west has seven rows before only from the eighth of its ten days on
    expect(warnings).toContain('1 series was not seen in training and has no history: store "west"');
    // The same rows, each with the value of a week before: also where that is a row of the test file.
    const firsts = { north: 60, south: 60, west: 67 };
    const errors = Object.entries(firsts).flatMap(([store, first]) =>
      Array.from({ length: 70 - first }, (_, i) => salesOf(store, first + i) - salesOf(store, first + i - 7)),
    );
    const rmse = Math.sqrt(errors.reduce((sum, error) => sum + error ** 2, 0) / 23);
    expect(naive).toMatchObject({ family: "seasonal_naive", metrics: { rmse: expect.closeTo(rmse, 10) } });
  });
});

it("a naive model that config.json names repeats the value of its own series", async () => {
  const example = await exampleWorkspace(
    { target: "sales", time_column: "day", train: { models: [{ family: "naive" }] } },
    { "sourcedata/a.csv": rows(0, 60), "testdata/t.csv": rows(60, 70) },
  );
  await trainedOn(example);
  const { value } = await example.change((session) => score(session));
  // Two days differ by at most 10.2; the stores differ by 800.
  expect(value).toBeLessThan(10.2);
});

it("explain names a series that training did not see", async () => {
  const example = await exampleWorkspace(config([{ type: "lag", by: ["store"] }], [{ family: "linear_regression" }]), {
    "sourcedata/a.csv": rows(0, 30),
    "new.csv": "day,store\n2026-01-31,north\n2026-01-31,west",
  });
  await trainedOn(example);
  await example.look((session) => explain(session, { model: "latest", rows: `${example.folder}/new.csv` }));
  expect(example.warnings()).toContain('1 series was not seen in training and has no history: store "west"');
});

it("a model is compared with one that reaches fewer rows, and looks back on all rows all the same", async () => {
  const week = (from: number, to: number): string =>
    ["day,sales", ...Array.from({ length: to - from }, (_, i) => `${dayOf(from + i)},${salesOf("north", (from + i) % 7)}`)].join("\n"); // prettier-ignore
  const features: JsonObject[] = [
    { type: "lag", lags: [7] },
    { type: "rolling", windows: ["7d"] },
    { type: "drop", column: "day" },
  ];
  const example = await exampleWorkspace(config(features, [{ family: "ridge" }]), {
    "sourcedata/a.csv": week(0, 60),
    "testdata/t.csv": week(60, 110),
  });
  await trainedOn(example);
  await example.change((session) => deploy(session));
  // The deployed model knows nothing of the 20 days before the new test rows: the first week of them would look back across.
  example.write({ "sourcedata/b.csv": week(60, 80), "testdata/t.csv": week(80, 130) });
  const { runId } = await trainedOn(example);
  const { metrics } = await example.change((session) => score(session));
  const { reasons } = await example.change((session) => deploy(session, { model: runId, dryRun: true }));
  const compared = reasons.find((reason) => reason.includes("on the same 43 rows"));
  expect(Number(/rmse ([\d.e-]+) against/.exec(compared!)![1])).toBeCloseTo(metrics["rmse"]!, 2);
});

it("rows whose lags look across a gap are not judged, and score and monitor say why", async () => {
  const example = await exampleWorkspace(config([{ type: "lag", by: ["store"] }], [{ family: "seasonal_naive" }]), {
    "sourcedata/a.csv": rows(0, 60),
    "testdata/t.csv": rows(60, 80),
    // The days of the test rows are in no history.
    "next.csv": rows(80, 94),
  });
  await trainedOn(example);
  await example.change((session) => deploy(session));
  const next = `${example.folder}/next.csv`;
  const scored = await example.change((session) => score(session, { data: next }));
  const { result } = await example.change((session) => monitor(session, { files: [next], model: "latest" }));
  const gap = `the history has no "sales" between ${dayOf(59)} and ${dayOf(80)}, and lags count rows`;
  expect(scored.warnings.at(-1)).toBe(
    `test rows not scored because the model's history does not reach them: 14, first: ${gap}`,
  );
  expect(example.warnings()).toContain(`14 labelled rows not judged, first: ${gap}`);
  const errors = ["north", "south"].flatMap((store) =>
    Array.from({ length: 7 }, (_, i) => Math.abs(salesOf(store, 87 + i) - salesOf(store, 80 + i))),
  );
  const mae = errors.reduce((sum, error) => sum + error, 0) / errors.length;
  expect(result.window).toMatchObject({ rows: 28, labelled: 14 });
  expect([scored.metrics["mae"], result.performance!.metrics["mae"]]).toEqual([
    expect.closeTo(mae, 1), // the rows have one decimal
    expect.closeTo(mae, 1),
  ]);
});

describe("the naive baselines", () => {
  it("are in the default leaderboard, and have the error of their formula for each series", async () => {
    const features: JsonObject[] = [{ type: "lag", by: ["store"] }, { type: "one_hot" }];
    const example = await exampleWorkspace(config(features), { "sourcedata/a.csv": rows(0, 60) });
    const { leaderboard, notes, validationRows } = await trainedOn(example);
    expect(notes).toContain(
      '"day" is daily by store: the baseline naive predicts the previous value, seasonal_naive the value of 7 rows before',
    );
    const days = Array.from({ length: validationRows / 2 }, (_, i) => 59 - i);
    const rmse = (back: number): number => {
      const errors = ["north", "south"].flatMap((store) =>
        days.map((day) => Number(salesOf(store, day).toFixed(1)) - Number(salesOf(store, day - back).toFixed(1))),
      );
      return Math.sqrt(errors.reduce((sum, error) => sum + error ** 2, 0) / errors.length);
    };
    const found = Object.fromEntries(leaderboard.map(({ family, metrics }) => [family, metrics["rmse"]!]));
    expect(Object.keys(found).toSorted()).toEqual(
      ["baseline", "naive", "random_forest", "ridge", "seasonal_naive", "xgboost"].toSorted(),
    );
    expect(found["naive"]).toBeCloseTo(rmse(1), 10); // sums in another order
    expect(found["seasonal_naive"]).toBeCloseTo(rmse(7), 10);
    expect(leaderboard.slice(-3).map(({ family }) => family)).toEqual(["seasonal_naive", "naive", "baseline"]);
  });

  it("are left out where times are irregular or come twice, and where config.json names the models", async () => {
    const families = async (csv: string, models?: readonly JsonObject[]): Promise<string[]> => {
      const example = await exampleWorkspace(config([{ type: "one_hot" }, { type: "drop", column: "day" }], models), {
        "sourcedata/a.csv": csv,
      });
      return (await trainedOn(example)).leaderboard.map(({ family }) => family);
    };
    const usual = ["baseline", "random_forest", "ridge", "ridge", "xgboost", "xgboost"];
    expect((await families(rows(0, 60))).toSorted()).toEqual(usual);
    const one = [{ family: "linear_regression" }];
    expect(await families(rows(0, 60, ["north"]).replace("store", "shop"), one)).toEqual(["linear_regression"]);
  });

  it("must be beaten for a model to be deployed", async () => {
    const models = [{ family: "naive" }, { family: "ridge" }];
    // A slow triangle: yesterday says more than twelve days ago.
    const triangle = (from: number, to: number): string =>
      [
        "day,sales",
        ...Array.from({ length: to - from }, (_, i) => `${dayOf(from + i)},${Math.abs(((from + i) % 40) - 20)}`),
      ].join("\n");
    const example = await exampleWorkspace(config([{ type: "lag", lags: [12] }], models), {
      "sourcedata/a.csv": triangle(0, 120),
      "testdata/t.csv": triangle(120, 140),
    });
    await trainedOn(example);
    const { status, reasons } = await example.change((session) => deploy(session));
    expect(status).toBe("kept");
    expect(reasons[0]).toMatch(/^the baseline naive is better than the best model on the validation rows: rmse/);
    expect((await example.change((session) => deploy(session, { force: true }))).status).toBe("deployed");
  });

  it("must be beaten on the test rows too", async () => {
    const sales = (day: number): number => (day < 120 ? Math.sin((day * Math.PI) / 12) : (day % 40) / 40);
    const wave = (from: number, to: number): string =>
      ["day,sales", ...Array.from({ length: to - from }, (_, i) => `${dayOf(from + i)},${sales(from + i)}`)].join("\n");
    const models = [{ family: "naive" }, { family: "ridge" }];
    const example = await exampleWorkspace(config([{ type: "lag", lags: [12] }], models), {
      "sourcedata/a.csv": wave(0, 120),
      "testdata/t.csv": wave(120, 140),
    });
    await trainedOn(example);
    const { status, reasons } = await example.change((session) => deploy(session));
    expect(status).toBe("kept");
    const { warnings, naive } = await example.change((session) => score(session));
    expect(naive!.family).toBe("naive");
    expect(warnings.find((each) => each.includes("naive"))).toMatch(
      /^the model is worse than naive, which repeats an earlier value: rmse /,
    );
    // The first row continues the sine at its zero, the others are 0.025 above the one before.
    expect(reasons[0]).toMatch(/^the baseline naive is better than the best model on the test rows: rmse 0\.0\d+ vs /);
  });

  it("can be configured with a season, and say so if there is none", async () => {
    const models: JsonObject[] = [{ family: "seasonal_naive", params: { season: 3 } }, { family: "seasonal_naive" }];
    const csv = rows(0, 60, ["north"]).replaceAll(
      /(\d+)-(\d+)-(\d+)/g,
      (_, _year, month, day) => `${1900 + Number(month) * 31 + Number(day)}-01-01`,
    );
    const example = await exampleWorkspace(config([{ type: "drop", column: "store" }], models), {
      "sourcedata/a.csv": csv,
    });
    const { leaderboard } = await trainedOn(example);
    expect(leaderboard.map(({ params, note }) => [params["season"], note])).toEqual([
      [3, null],
      [undefined, "seasonal_naive found no season in the steps of time_column"],
    ]);
  });
});

describe("features of its own past", () => {
  const asked = { horizon: 3, levels: [0.8], guard: false, stdout, format: "csv", log: false, csvSafe: false } as const;
  const month = (i: number): string => new Date(Date.UTC(2001, i)).toISOString().slice(0, 7);
  /** Grows, with a season that grows too. */
  const sold = (i: number, level = 1): number =>
    Math.round(level * (100 + 2 * i) * (1 + Math.sin((i * Math.PI) / 6) / 4));
  const lines = (from: number, to: number): string[] =>
    Array.from({ length: to - from }, (_, i) => `${month(from + i)},${sold(from + i)}`);

  it("that end before the rows do are reported with the first row of the file, not the oldest", async () => {
    const features = [{ type: "rolling", windows: ["90d"] }];
    const models = [{ family: "linear_regression" }];
    const example = await exampleWorkspace(
      { target: "sold", time_column: "month", features, train: { models } },
      {
        "sourcedata/a.csv": ["month,sold", ...lines(0, 96)].join("\n"),
        "testdata/t.csv": ["month,sold", ...lines(96, 108).toReversed()].join("\n"),
      },
    );
    await trainedOn(example);
    const [input, output] = [`${example.folder}/testdata/t.csv`, `${example.folder}/out.csv`];
    const latest = { model: "latest", input, output, guard: false, stdin, stdout };
    const { warnings } = await example.change((session) => predict(session, latest));
    expect(warnings.join()).toContain("rows after the end of the history, first: line 2: 2009-12-01");
  });

  it("are left out where the other columns say more, and the model forecasts each series", async () => {
    const generator = random(5);
    // Prices stay for six days, so that sales follow the days before: by the price alone.
    const prices = Array.from({ length: 400 }, () => Math.round(100 * generator.uniform()));
    const made = (from: number, to: number): string[] =>
      ["north", "south", "west"].flatMap((store, s) =>
        Array.from({ length: to - from }, (_, i) => {
          const price = prices[100 * s + Math.floor((from + i) / 6)]!;
          return `${dayOf(from + i)},${store},${price},${(300 - 2 * price + 4 * generator.normal()).toFixed(1)}`;
        }),
      );
    const header = "day,store,price,sales";
    const example = await exampleWorkspace(
      { target: "sales", train: { seed: 2 } },
      {
        "sourcedata/a.csv": [header, ...made(0, 120)].join("\n"),
        "testdata/t.csv": [header, ...made(120, 140)].join("\n"),
        "future.csv": [header, ...made(120, 123)].join("\n"),
      },
    );
    const { leaderboard, model, runId } = await trainedOn(example);
    expect(leaderboard[0]!.featureSet).toBe("plain");
    expect(new Set(leaderboard.map(({ featureSet }) => featureSet))).toEqual(new Set(["plain", "past", "all"]));
    expect((await example.change((session) => deploy(session))).status).toBe("deployed");
    expect((await example.look((session) => reproduce(session, runId))).identical).toBe(true);
    const output = `${example.folder}/out.csv`;
    const forecastWith = (own: { rows?: string }) =>
      example.look((session) => forecast(session, { ...asked, ...own, output }));
    await expect(forecastWith({})).rejects.toThrow("the model reads a column that is not known in advance: price");
    const { series, steps, backTests } = await forecastWith({ rows: `${example.folder}/future.csv` });
    expect([series, steps]).toEqual([3, ["daily"]]);
    expect(backTests).toBeGreaterThan(10);
    for (const line of example.read("out.csv").trim().split("\n").slice(1)) {
      const [store, , step, prediction] = line.split(",");
      const price = prices[100 * ["north", "south", "west"].indexOf(store!) + Math.floor((119 + Number(step)) / 6)]!;
      expect(Math.abs(Number(prediction) - 300 + 2 * price)).toBeLessThan(20);
    }
    await example.configure(await example.look(async ({ store }) => store.run(runId)!.config as JsonObject));
    expect((await example.change((session) => train(session))).model.sha256).toBe(model.sha256);
  });

  it("are chosen for one series, beat the naive ones, and the recorded configuration trains the same model", async () => {
    const example = await exampleWorkspace(
      { target: "sold" },
      {
        "sourcedata/a.csv": ["month,sold", ...lines(0, 96)].join("\n"),
        "testdata/t.csv": ["month,sold", ...lines(96, 120)].join("\n"),
      },
    );
    const { leaderboard, model, notes, runId } = await trainedOn(example);
    const [best, naive] = [leaderboard[0]!, leaderboard.find(({ family }) => family === "seasonal_naive")!];
    expect(best.selection!.value!).toBeLessThan(naive.selection!.value! / 3);
    expect(notes.find((note) => note.includes("own past"))).toContain('write "time_column": "month"');
    const recorded = await example.look(async ({ store }) => store.run(runId)!.config as JsonObject);
    expect(recorded).toMatchObject({
      time_column: "month",
      features: [{ type: "lag", lags: [1, 2, 3, 12, 13] }, {}, {}, {}],
    });
    expect((await example.change((session) => deploy(session))).status).toBe("deployed");
    // Each of the rows to predict looks back on the predictions before it.
    const [input, output] = [`${example.folder}/testdata/t.csv`, `${example.folder}/out.csv`];
    await example.change((session) => predict(session, { input, output, guard: false, stdin, stdout }));
    const predicted = (await readFile(output, "utf8"))
      .trim()
      .split("\n")
      .slice(1)
      .map((line) => Number(line.split(",").at(-1)));
    expect(predicted).toHaveLength(24);
    // A row that is given twice counts once for those after it.
    const [header, ...given] = example.read("testdata/t.csv").trim().split("\n");
    example.write({ "twice.csv": [header, ...given.toSpliced(6, 0, given[5]!)].join("\n") });
    const twice = { input: `${example.folder}/twice.csv`, output, guard: false, stdin, stdout };
    const { warnings: found } = await example.change((session) => predict(session, twice));
    expect(found.join("; ")).toContain(`1 row with the time of an earlier row in column "month", first: line 8`);
    const again = (await readFile(output, "utf8")).trim().split("\n").slice(1);
    expect(again.map((line) => Number(line.split(",").at(-1)))).toEqual(predicted.toSpliced(6, 0, predicted[5]!));
    // The forecast is of the model that was fitted again on all rows; the one before has not seen the validation rows.
    const forecasted = await example.look((session) => forecast(session, { ...asked, output }));
    const run = await example.look(async ({ store }) => store.run(runId)!);
    expect(run.refitRows).toBe(83);
    expect(forecasted.backTests).toBe(run.validationRows);
    expect(forecasted.warnings.at(-1)).toMatch(
      /after the last ingested row, 2008-12-01, but the test rows go on to 2010-12-01: /,
    );
    expect(Number((await readFile(output, "utf8")).split("\n")[1]!.split(",")[2])).toBeCloseTo(predicted[0]!, 8);
    predicted.forEach((value, i) => expect(Math.abs(value / sold(96 + i) - 1)).toBeLessThan(0.1));
    await example.configure(recorded);
    expect((await example.change((session) => train(session))).model.sha256).toBe(model.sha256);
  });
});
