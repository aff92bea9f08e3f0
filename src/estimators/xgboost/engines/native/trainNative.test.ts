/** Bins instead of values, which give the same bytes, and sorted rows. */
import { describe, expect, it } from "vitest";
import { random } from "../../../../core/random.ts";
import { leavesOf } from "../../../../testing/importModel.ts";
import { parseJsonModel } from "../../formats/treeFormat.ts";
import type { TrainingJob } from "../engine.ts";
import { findLibraries } from "./findLibrary.ts";
import { orderRows } from "./orderRows.ts";
import { trainNative } from "./trainNative.ts";

const library = findLibraries()[0]?.path;

describe.skipIf(library === undefined)("the matrix of bins", () => {
  it.each([
    ["binary:logistic", {}],
    ["reg:squarederror", { max_bin: "16" }],
    ["multi:softprob", { num_class: "3" }],
  ] as const)("leads to the same %s model, with missing values and weights", (objective, own) => {
    const [rowCount, columnCount] = [3000, 5];
    const { uniform, integer } = random(1);
    const values = Float32Array.from({ length: rowCount * columnCount }, (_, i) =>
      uniform() < 0.1 ? NaN : i % columnCount === 0 ? integer(4) : uniform(),
    );
    const score = (row: number): number => (values[row * columnCount] || 0) + 2 * (values[row * columnCount + 1] || 0);
    const labels = Float32Array.from({ length: rowCount }, (_, row) =>
      objective === "reg:squarederror"
        ? score(row)
        : Math.min(objective === "multi:softprob" ? 2 : 1, score(row) / 2) | 0,
    );
    const weights = Float32Array.from({ length: rowCount }, () => 0.5 + uniform());
    const params = {
      objective,
      tree_method: "hist",
      subsample: "0.8",
      colsample_bytree: "0.7",
      seed: "3",
      nthread: "1",
    };
    const all = { ...params, ...own };
    const job = { rowCount, columnCount, values, labels, weights, params: all, rounds: 8, library: library! };
    const [kept, binned] = [Infinity, 0].map((least) => trainNative(job, () => undefined, { binned: least }));
    expect(kept!.length).toBeGreaterThan(1000);
    expect(Buffer.from(binned!).equals(kept!)).toBe(true);
  });
});

const grow = (job: TrainingJob): Uint8Array => trainNative(job, () => undefined, { sorted: Infinity });

describe.skipIf(library === undefined)("sorted rows", () => {
  it.each(["binary:logistic", "reg:squarederror", "multi:softprob"])(
    "keep values, label and weight together, those of a leaf next to each other, for %s",
    (objective) => {
      const { job, together } = rowsFor(objective);
      const before = together();
      let grown: Uint8Array | undefined;
      orderRows(job, (sample) => (grown = grow(sample)), 0);
      const after = together();
      expect(after).not.toEqual(before);
      expect(after.toSorted()).toEqual(before.toSorted());
      const { rowCount, columnCount, values } = job;
      const columnNames = Array.from({ length: columnCount }, (_, column) => `x${column}`);
      const X = { rowCount, columnNames, values: Float64Array.from(values) };
      const leaves = [...leavesOf(parseJsonModel(grown!).trees, X)];
      expect(new Set(leaves).size).toBeGreaterThan(10);
      expect(leaves).toEqual(leaves.toSorted((a, b) => a - b));
    },
  );

  it("lead to a model that is as good", () => {
    const [plain, sorted] = [Infinity, 0].map((least) => {
      const { job, watch } = rowsFor("binary:logistic");
      const line = trainNative({ ...job, watch }, () => undefined, { sorted: least });
      return (JSON.parse(new TextDecoder().decode(line)) as { score: number }).score;
    });
    expect(sorted).toBeCloseTo(plain!, 3);
  });

  it("are left as they are if there are few, or with a method that does not use bins", () => {
    const never = (): never => expect.unreachable();
    const { job } = rowsFor("binary:logistic");
    orderRows(job, never);
    orderRows({ ...job, params: { ...job.params, tree_method: "exact" } }, never, 0);
  });
});

function rowsFor(objective: string) {
  const [rowCount, columnCount] = [3000, 4];
  const { uniform } = random(1);
  const values = Float32Array.from({ length: rowCount * columnCount }, () => (uniform() < 0.1 ? NaN : uniform()));
  const score = (row: number): number => (values[row * columnCount] || 0) + 2 * (values[row * columnCount + 1] || 0);
  const labels = Float32Array.from({ length: rowCount }, (_, row) =>
    objective === "reg:squarederror"
      ? score(row)
      : Math.min(objective === "multi:softprob" ? 2 : 1, score(row) + uniform()) | 0,
  );
  const weights = Float32Array.from({ length: rowCount }, () => 0.5 + uniform());
  const params = {
    objective,
    tree_method: "hist",
    seed: "3",
    nthread: "1",
    ...(objective === "multi:softprob" ? { num_class: "3" } : {}),
    eval_metric: "logloss",
  };
  const job: TrainingJob = { rowCount, columnCount, values, labels, weights, params, rounds: 8, library: library! };
  const watch = {
    rowCount,
    values: values.slice(),
    labels: labels.slice(),
    weights: weights.slice(),
    metric: "logloss",
    patience: 8,
    objective: "binary:logistic" as const,
    treesPerRound: 1,
    tweedieVariancePower: 1.5,
    huberSlope: 1,
  };
  const together = (): string[] =>
    Array.from(labels, (label, row) =>
      [...values.subarray(row * columnCount, (row + 1) * columnCount), label, weights[row]].join(),
    );
  return { job, watch, together };
}
