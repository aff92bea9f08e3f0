import { Chalk } from "chalk";
import { expect, it } from "vitest";
import { viewText } from "../cli/viewText.ts";
import { exampleRun } from "../testing/exampleRecords.ts";
import { runsView } from "./runs.ts";

it("keeps run, version and status whole on a narrow terminal, because commands take them", () => {
  const runs = [1, 2].map((n) => exampleRun(n, { family: "logistic_regression" }));
  const text = viewText(runsView(runs, runs[0]!.runId), 60, new Chalk({ level: 0 }));
  for (const word of [...runs.map(({ runId }) => runId), "version", "in production", "finished"])
    expect(text).toContain(word);
  expect(Math.max(...text.split("\n").map((line) => line.length))).toBeLessThanOrEqual(60);
});

it("lists the score on the folds, and the parameters in which runs of a family differ", () => {
  const selection = { method: "k_fold", folds: 2, values: [0.5, 0.7], aggregate: "mean" as const };
  const runs = [1, 2].map((depth) => {
    const score = { ...selection, value: 0.5 + depth / 10, mean: 0.6, standardDeviation: 0.1 };
    return exampleRun(depth, { family: "xgboost", params: { max_depth: depth, eta: 0.3 }, selection: score });
  });
  const [table] = runsView(runs, null).tables!;
  const headers = table!.columns.map((column) => (typeof column === "string" ? column : column.header));
  const cells = (header: string) => table!.rows.map((row) => row[headers.indexOf(header)]);
  expect(cells("folds")).toEqual([0.6, 0.7]);
  expect(cells("parameters")).toEqual(["max_depth 1", "max_depth 2"]);
  expect(runsView(runs.slice(0, 1), null).tables![0]!.columns).not.toContainEqual(
    expect.objectContaining({ header: "parameters" }),
  );
});
