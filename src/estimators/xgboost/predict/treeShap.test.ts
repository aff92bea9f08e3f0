import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import type { Matrix } from "../../../core/table/table.ts";
import { random } from "../../../core/random.ts";
import { hasPython, python } from "../../../testing/python.ts";
import { type Tree, readEnsemble } from "../ensemble.ts";
import { importModel } from "../../../testing/importModel.ts";
import { treePredictor } from "./treePredictor.ts";
import { treeShap } from "./treeShap.ts";

const canCompare = hasPython("xgboost");
const folder = mkdtempSync(join(tmpdir(), "mlctl-shap-"));
const [modelFile, rowsFile] = [join(folder, "model.json"), join(folder, "rows.bin")];
afterAll(() => rmSync(folder, { recursive: true }));

/** Multiples of 0.5 and normal values, a tenth missing. */
function matrix(rowCount: number, width: number): Matrix {
  const { uniform, normal } = random(4);
  const values = Float64Array.from({ length: rowCount * width }, () => {
    if (uniform() < 0.1) return Number.NaN;
    return uniform() < 0.5 ? normal() : Math.round(normal() * 2) / 2;
  });
  return { rowCount, columnNames: Array.from({ length: width }, (_, j) => `f${j}`), values };
}

/** pred_contribs by row and output: one value per column, then the base value. */
function pythonContributions(X: Matrix, { classes, params }: { classes: number; params: string }): number[] {
  const width = X.columnNames.length;
  writeFileSync(rowsFile, X.values);
  const code = `
import json, sys, numpy, xgboost
X = numpy.fromfile(sys.argv[2]).reshape(-1, ${width})
s = numpy.nan_to_num(X)
y = s[:, 0] * s[:, 1] + s[:, 2] - s[:, -1]
y = ${{ 0: "y", 2: "(y > 0).astype(int)", 3: "numpy.digitize(y, [-1, 1])" }[classes]}
booster = xgboost.train(dict(verbosity=0, ${params}), xgboost.DMatrix(X, y), 20)
booster.save_model(sys.argv[1])
print(json.dumps(booster.predict(xgboost.DMatrix(X), pred_contribs=True).astype(float).ravel().tolist()))`;
  return JSON.parse(python(code, modelFile, rowsFile)) as number[];
}

describe("treeShap", () => {
  it.skipIf(!canCompare).each([
    ["regression", 400, 6, 0, "max_depth=6"],
    ["binary", 400, 6, 2, "max_depth=4, objective='binary:logistic', base_score=0.3"],
    ["multiclass", 400, 6, 3, "max_depth=5, objective='multi:softprob', num_class=3, base_score=0.5"],
    ["few rows of deep trees, leaf by leaf", 60, 6, 0, "max_depth=20, min_child_weight=0"],
    ["a stump a round", 400, 3, 0, "max_depth=1"],
    ["weights of nothing", 400, 6, 2, "max_depth=6, objective='binary:logistic', min_child_weight=0, eta=10"],
  ])("equals XGBoost's pred_contribs: %s", (_, rowCount, width, classes, params) => {
    const X = matrix(rowCount, width);
    const expected = pythonContributions(X, { classes, params });
    const { outputCount, values, baseValues } = treeShap(readEnsemble(importModel(readFileSync(modelFile))), X);
    expect(expected).toHaveLength((values.length / width) * (width + 1));
    let scale = 1;
    for (const value of expected) scale = Math.max(scale, Math.abs(value));
    expected.forEach((theirs, at) => {
      const [place, column] = [Math.floor(at / (width + 1)), at % (width + 1)];
      const ours = column === width ? baseValues[place % outputCount]! : values[place * width + column]!;
      expect(Math.abs(ours - theirs)).toBeLessThan(1e-5 * scale); // theirs is float32
    });
  });

  it("explains paths with more features than a mask has bits, where XGBoost's float32 is off by whole units", () => {
    // a comb: node 2k tests feature k, its left child is a leaf, nine in ten rows go right
    const width = 40;
    const inner = Array.from({ length: 2 * width + 1 }, (_, node) => (node % 2 === 0 && node < 2 * width ? 1 : 0));
    const tree: Tree = {
      feature: inner.map((isInner, node) => (isInner ? node / 2 : -1)),
      value: inner.map((isInner, node) => (isInner ? 0 : (node * 7) % 11)),
      left: inner.map((isInner, node) => (isInner ? node + 1 : 0)),
      missingLeft: inner.map(() => 0),
      gain: inner,
      cover: inner.map((_, node) => 1000 * (node % 2 === 0 ? 0.9 ** (node / 2) : 0.1 * 0.9 ** ((node - 1) / 2))),
    };
    const ensemble = { objective: "reg:squarederror", baseMargin: 0.5, outputCount: 1, trees: [tree] } as const;
    const columnNames = Array.from({ length: width }, (_, j) => `f${j}`);
    const { integer } = random(1);
    const X = { rowCount: 20, columnNames, values: Float64Array.from({ length: 20 * width }, () => integer(30) - 1) };
    const { values, baseValues } = treeShap(ensemble, X);
    treePredictor(ensemble)
      .predict(X)
      .forEach((margin, i) => {
        const own = values.slice(i * width, (i + 1) * width);
        expect(own.reduce((total, value) => total + value, baseValues[0]!)).toBeCloseTo(margin, 12); // whole numbers
        const expected = combContributions(X.values.subarray(i * width, (i + 1) * width), tree.value);
        own.forEach((value, j) => expect(value).toBeCloseTo(expected[j]!, 12)); // values of about 10
      });
  });

  it("gives the Shapley values of a tree with two features, computed by hand", () => {
    // 10 rows; x0 < 0: 4 rows, value 1. Else x1 < 0: 3 rows, value 2; else 3 rows, value 6.
    const tree: Tree = {
      feature: [0, -1, 1, -1, -1],
      value: [0, 1, 0, 2, 6],
      left: [1, 0, 3, 0, 0],
      missingLeft: [1, 0, 0, 0, 0],
      gain: [1, 0, 1, 0, 0],
      cover: [10, 4, 6, 3, 3],
    };
    const ensemble = { objective: "reg:squarederror", baseMargin: 0.5, outputCount: 1, trees: [tree] } as const;
    const X = { rowCount: 1, columnNames: ["a", "b"], values: Float64Array.of(1, Number.NaN) };
    const { values, baseValues } = treeShap(ensemble, X);
    // nothing known: 0.4 · 1 + 0.6 · (2 + 6) / 2 = 2.8; a known: 4; b known: 0.4 · 1 + 0.6 · 6 = 4; both: 6
    expect(baseValues[0]).toBeCloseTo(2.8 + 0.5, 14);
    expect(values[0]).toBeCloseTo((4 - 2.8 + (6 - 4)) / 2, 14);
    expect(values[1]).toBeCloseTo((4 - 2.8 + (6 - 4)) / 2, 14);
  });
});

/**
 * The definition, leaf by leaf: Σ over coalitions of s! (d − 1 − s)! / d! times the change by the feature. Coalitions
 * of each size are collected as coefficients of a polynomial. Leaf k is the left child of the test of feature k; the
 * last leaf is right of all tests.
 */
function combContributions(row: Float64Array, leafValues: readonly number[]): Float64Array {
  const width = row.length;
  const result = new Float64Array(width);
  for (let leaf = 0; leaf <= width; leaf++) {
    const slots = Math.min(leaf + 1, width);
    const goesRight = (k: number): boolean => k !== leaf;
    const passes = Array.from({ length: slots }, (_, k) => (row[k]! >= 0 === goesRight(k) ? 1 : 0));
    const shares = passes.map((_, k) => (goesRight(k) ? 0.9 : 0.1));
    for (let k = 0; k < slots; k++) {
      let coalitions = [1];
      for (let j = 0; j < slots; j++) {
        if (j === k) continue;
        const [without, withIt] = [
          [...coalitions, 0],
          [0, ...coalitions],
        ];
        coalitions = without.map((value, s) => value * shares[j]! + withIt[s]! * passes[j]!);
      }
      const weighted = coalitions.map(
        (value, s) => (value * factorial(s) * factorial(slots - 1 - s)) / factorial(slots),
      );
      const leafValue = leafValues[leaf < width ? 2 * leaf + 1 : 2 * width]!;
      result[k]! += leafValue * (passes[k]! - shares[k]!) * weighted.reduce((sum, value) => sum + value, 0);
    }
  }
  return result;
}

function factorial(n: number): number {
  return n < 2 ? 1 : n * factorial(n - 1);
}
