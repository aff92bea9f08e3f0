import { Chalk } from "chalk";
import { expect, it } from "vitest";
import { viewText } from "../cli/terminal.ts";
import { exampleRun } from "../testing/exampleRecords.ts";
import { memberChanges, paramRows } from "../core/text/recordText.ts";
import { changedParams, runList } from "../lifecycle/registry/runList.ts";
import { openMemoryStore } from "../storage/store/openStore.ts";
import { runsView } from "./views/runViews.ts";

it("keeps run, version and status whole on a narrow terminal, because commands take them", () => {
  const runs = [1, 2].map((n) => exampleRun(n, { family: "logistic_regression" }));
  const text = viewText(
    runsView(runs, { production: runs[0]!.runId, asked: [] }, changedParams),
    60,
    new Chalk({ level: 0 }),
  );
  for (const word of [...runs.map(({ runId }) => runId), "version", "in production", "finished"])
    expect(text).toContain(word);
  expect(Math.max(...text.split("\n").map((line) => line.length))).toBeLessThanOrEqual(60);
});

it("lists the score on the folds, and the parameters in which runs of a family differ", () => {
  const selection = { method: "k_fold", folds: 2, values: [0.5, 0.7], aggregate: "mean" as const };
  const runs = [1, 2].map((depth) => {
    const score = { ...selection, value: 0.5 + depth / 10, mean: 0.6, standardDeviation: 0.1 };
    return exampleRun(depth, { family: "xgboost", params: { max_depth: depth, learning_rate: 0.3 }, selection: score });
  });
  const view = (shown = runs) => runsView(shown, { production: null, asked: ["f1"] }, changedParams);
  const [table] = view().tables!;
  const headers = table!.columns.map((column) => (typeof column === "string" ? column : column.header));
  const cells = (header: string) => table!.rows.map((row) => row[headers.indexOf(header)]);
  expect(cells("folds")).toEqual([0.6, 0.7]);
  // 6 and 0.3 are the defaults of the family.
  expect(cells("parameters")).toEqual(["max_depth 1", "max_depth 2"]);
  expect(view(runs.slice(1)).tables![0]!.rows[0]).toContain("max_depth 2");
  expect(cells("f1, validation")).toEqual(runs.map(({ metrics }) => metrics["f1"] ?? null));
});

it("sorts by a metric, best first, and filters by limits", () => {
  const runs = [0.7, 0.9, null, 0.8].map((f1, i) =>
    exampleRun(i + 1, { metrics: { f1, log_loss: 1 - (f1 ?? 0) }, score: null }),
  );
  const store = openMemoryStore();
  store.rebuild(runs.map((record) => ({ path: record.runId, stat: "1", sha256: record.runId, record })));
  const values = (options: object) =>
    runList({ store }, { limit: 9, ...options }).runs.map(({ metrics }) => metrics["f1"]);
  expect(values({ sort: "f1" })).toEqual([0.9, 0.8, 0.7, null]);
  expect(values({ sort: "log_loss", limit: 2 })).toEqual([0.9, 0.8]);
  expect(values({ where: ["f1 >= 0.8", "log_loss<0.15"] })).toEqual([0.9]);
  expect(values({ where: ["test.f1>0"] })).toEqual([]);
  expect(() => values({ sort: "f2" })).toThrow('unknown metric "f2"');
  expect(values({ family: "naive" })).toEqual([]);
  expect(() => values({ family: "xgbost" })).toThrow('unknown model family "xgbost"');
  expect(() => values({ where: ["f1=0.8"] })).toThrow('--where takes a metric and a limit, found "f1=0.8"');
});

it("has a line for each member in which two ensembles differ", () => {
  const member = (family: string, weight: number, params: object) => ({ family, weight, params });
  const a = [member("xgboost", 0.65432, { max_depth: 6 }), member("random_forest", 0.34568, {})];
  const b = [member("xgboost", 0.65432, { max_depth: 3 }), member("logistic_regression", 0.34568, { C: 1 })];
  expect(memberChanges(a, b)).toEqual([
    ["member xgboost", "max_depth 6", "max_depth 3"],
    ["member random_forest", "weight 0.3457", "–"],
    ["member logistic_regression", "–", "weight 0.3457"],
  ]);
  expect(paramRows({ members: a })[0]).toEqual(["member xgboost", "weight 0.6543, max_depth 6"]);
});
