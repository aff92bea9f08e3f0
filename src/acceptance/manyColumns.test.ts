/** 10,000 columns: queries that grow with the square of the columns would take minutes, and end in a timeout. */
import { expect, it } from "vitest";
import { emptyWorkspace } from "./lifecycleWorkspace.ts";

const COLUMNS = 10_000;

it(`${COLUMNS} columns go through ingest, train, score and predict`, () => {
  const names = Array.from({ length: COLUMNS }, (_, i) => `c${i}`);
  const wide = (count: number): string => {
    const line = (row: number): string =>
      [...names.map((_, i) => String((row * 7919 + i * 31 + row * i) % 97)), row % 2].join();
    return [[...names, "y"].join(), ...Array.from({ length: count }, (_, row) => line(row))].join("\n") + "\n";
  };
  const workspace = emptyWorkspace({ target: "y", train: { models: [{ family: "logistic_regression" }] } });
  workspace.write({ "sourcedata/a.csv": wide(40), "testdata/a.csv": wide(10) });
  expect(workspace.json("ingest")).toMatchObject({ dataset: { rows: 40, columns: COLUMNS + 1 } });
  workspace.ok("train");
  expect(workspace.json("score")).toMatchObject({ rows: 10 });
  const predicted = workspace.ok("predict", "sourcedata/a.csv", "--model", "latest", "-q").trimEnd().split("\n");
  expect(predicted.map((line) => line.split(",").length)).toEqual(Array.from({ length: 41 }, () => COLUMNS + 3));
});
