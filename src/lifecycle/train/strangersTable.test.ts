/** What training says about a table that it was told nothing about but the target. */
import { expect, it } from "vitest";
import type { JsonObject } from "../../core/json.ts";
import { random } from "../../core/random.ts";
import { exampleWorkspace } from "../../testing/exampleWorkspace.ts";
import { ingest } from "../ingest/ingest.ts";
import { score } from "../score/score.ts";
import { train, type TrainResult } from "./train.ts";

const families = { models: [{ family: "baseline" }, { family: "logistic_regression" }] };
const linear = { models: [{ family: "baseline" }, { family: "linear_regression" }] };

async function trained(csv: string, config: JsonObject = {}): Promise<TrainResult & { readonly inputs: string[] }> {
  const settings = { target: "y", train: families, ...config };
  const example = await exampleWorkspace(settings, { "sourcedata/a.csv": csv });
  return example.change(async (session) => {
    await ingest(session);
    const result = await train(session);
    const model = JSON.parse(example.read(result.model.path)) as { signature: { inputs: { name: string }[] } };
    return { ...result, inputs: model.signature.inputs.map(({ name }) => name) };
  });
}

/** Header and lines of `row`, which is given random numbers. */
function table(header: string, rows: number, row: (i: number, uniform: () => number) => string): string {
  const { uniform } = random(5);
  return `${header}\n${Array.from({ length: rows }, (_, i) => row(i, uniform)).join("\n")}\n`;
}

it("the index of to_csv is no input, on classes that the file is sorted by", async () => {
  const csv = table(",a,y", 200, (i, uniform) => `${i},${uniform().toFixed(3)},c${Math.floor(i / 50)}`);
  const { inputs, notes, value } = await trained(csv);
  expect(inputs).toEqual(["a"]);
  expect(notes).toContain(
    'column "column_1" is not used: it numbers the rows; to use it, name it in "train": { "feature_sets": … }',
  );
  expect(value).toBeGreaterThan(1); // with the row number the log loss is near 0
  const sets = { feature_sets: { mine: ["column_1", "a"] } };
  expect((await trained(csv, { train: { ...families, ...sets } })).inputs).toEqual(["column_1", "a"]);
});

it("a row number is an input if it is the only one", async () => {
  const { inputs, notes } = await trained(
    table("x,y", 60, (i) => `${i},${2 * i + (i % 3)}`),
    { train: linear },
  );
  expect([inputs, notes.filter((note) => note.includes("numbers the rows"))]).toEqual([["x"], []]);
});

it("rows in the order of a date are split by it, unless a class would be missing", async () => {
  const day = (i: number): string => new Date(Date.UTC(2024, 0, 1 + i)).toISOString().slice(0, 10);
  const numbers = table(
    "when,x,y",
    100,
    (i, uniform) => `${day(i)},${uniform().toFixed(3)},${(i + uniform()).toFixed(2)}`,
  );
  const { notes, validationRows } = await trained(numbers, { train: linear });
  expect(notes).toContain(
    'the rows are in the order of when, so the latest 20 of 100 validate; set "train": { "split": { "method": "random" } } if the rows to predict are not later ones',
  );
  expect(validationRows).toBe(20);
  const shuffled = { train: { ...linear, split: { method: "random" } } };
  expect((await trained(numbers, shuffled)).notes.join()).not.toContain("in the order of");
  const late = table("when,x,y", 100, (i, uniform) => `${day(i)},${uniform().toFixed(3)},${i < 50 ? "a" : "b"}`);
  expect((await trained(late)).notes.join()).not.toContain("in the order of");
});

it("a tuned threshold says what it is best for if the metric does not depend on it", async () => {
  const csv = table("x,y", 120, (_, uniform) => {
    const x = uniform();
    return `${x.toFixed(4)},${x + uniform() > 1.4 ? "yes" : "no"}`;
  });
  const note = (more: JsonObject) =>
    trained(csv, { train: { ...families, ...more } }).then(({ notes }) => notes.join("\n"));
  expect(await note({ metric: "roc_auc", threshold: "tune" })).toContain(
    'the threshold is tuned for f1, because roc_auc does not depend on it; "threshold": { "metric": … } names another metric',
  );
  expect(await note({ metric: "f1", threshold: "tune" })).not.toContain("threshold");
  expect(await note({ metric: "roc_auc", threshold: { metric: "recall" } })).not.toContain("threshold");
});

it("rows without a target are counted, and test rows are copies only if whole rows are equal", async () => {
  // Every row has the same text, which is not used; only the target and the id tell rows apart.
  const row = (i: number, y: string): string => `${i},k${i},${y}`;
  const lines = Array.from({ length: 80 }, (_, i) => row(i % 7, i % 4 === 3 ? "" : i % 2 ? "yes" : "no"));
  const example = await exampleWorkspace(
    { target: "y", train: families },
    {
      "sourcedata/a.csv": `x,text,y\n${lines.join("\n")}\n`,
      "testdata/t.csv": `x,text,y\n${[0, 1, 2].map((i) => row(i, "no")).join("\n")}\n90,k0,no\n1,new,yes\n`,
    },
  );
  await example.change(async (session) => {
    await ingest(session);
    const result = await train(session);
    expect([result.rowsWithoutTarget, result.trainingRows + result.validationRows]).toEqual([20, 60]);
    const { warnings } = await score(session);
    expect(warnings.filter((text) => text.includes("copies of training"))).toEqual([
      "3 of 5 test rows are copies of training rows: all 3 columns are equal",
    ]);
  });
});

it("numbers that are infinite or too large are counted", async () => {
  const csv = table("x,y", 100, (i, uniform) => `${i % 20 === 0 ? "1e400" : uniform().toFixed(3)},${i + 0.5}`);
  const { notes } = await trained(csv, { train: linear });
  expect(notes).toContain('values that are infinite, or too large for a number, count as missing: "x" (5 rows)');
});
