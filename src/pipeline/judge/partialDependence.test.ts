import { describe, expect, it } from "vitest";
import { categoryColumn, type Column, type Table } from "../../core/table/table.ts";
import type { Model } from "../../core/records/model.ts";
import { hasPython, python } from "../../testing/python.ts";
import { fitCandidate } from "../fit/fitCandidate.ts";
import { signatureOf } from "../rows/signatureOf.ts";
import { referenceOf } from "../../stats/referenceOf.ts";
import { mean } from "../../stats/descriptive.ts";
import { predictor } from "../predict/predictor.ts";
import { partialDependence } from "./partialDependence.ts";

const ROWS = 240;
const at = <T>(valueOf: (i: number) => T): T[] => Array.from({ length: ROWS }, (_, i) => valueOf(i));
const few = at((i) => (i * 37) % 7);
const many = at((i) => ((i * 53) % 89) / 10);
const city = at((i) => ["oslo", "rome", "lima"][(i * i) % 3]!);
const number = (name: string, values: readonly number[]): Column => ({
  kind: "number",
  name,
  values: Float64Array.from(values),
});
const inputs: Table = {
  rowCount: ROWS,
  columns: [
    number("few", few),
    number("many", many),
    categoryColumn("city", city),
    number(
      "constant",
      at(() => 1),
    ),
  ],
};

/** Trained on all rows of `table`. */
async function fitted(family: string, table: Table, y: readonly number[], classes?: readonly string[]): Promise<Model> {
  const task = classes === undefined ? "regression" : classes.length === 2 ? "binary" : "multiclass";
  const target = { name: "y", task, ...(classes === undefined ? {} : { classes }) } as const;
  const all = Int32Array.from({ length: ROWS }, (_, i) => i);
  const settings = { featureSet: "all", featurePatterns: null, features: null, threshold: 0.5, seed: 1 };
  const candidate = { family, params: {}, metric: classes === undefined ? "rmse" : "log_loss", ...settings };
  const data = { inputs: table, y: Float64Array.from(y), target };
  const model = await fitCandidate(candidate, data, { training: all, validation: all });
  const signature = signatureOf(table, target, { nullValues: [""], normalizeNames: false });
  return { ...model, signature, reference: referenceOf(table, { seed: 1 }) } as unknown as Model;
}

/** scikit-learn's brute partial dependence of the same logistic regression; all seven values of "few" are its grid. */
const SCRIPT = `
import json, sys, numpy as np
from sklearn.inspection import partial_dependence
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
few, many, y = (np.array(v) for v in json.loads(sys.argv[1]))
X = np.c_[few, many]
model = make_pipeline(StandardScaler(), LogisticRegression(C=1, tol=1e-8, max_iter=10000)).fit(X, y)
found = partial_dependence(model, X, [0], kind="average", method="brute", grid_resolution=50, percentiles=(0, 1))
print(json.dumps({"values": np.unique(few).tolist(), "means": found["average"][0].tolist()}))
`;

describe("partialDependence", () => {
  it("has the share of missing values, and the mean if all were missing", async () => {
    const sparse = number(
      "sparse",
      at((i) => (i % 4 === 0 ? i % 3 : NaN)),
    );
    const rare = categoryColumn(
      "rare",
      at((i) => (i % 2 === 0 ? null : i % 3 === 0 ? "a" : "b")),
    );
    const table = { rowCount: ROWS, columns: [number("few", few), sparse, rare] };
    const y = at((i) => (i % 4 === 0 ? 0 : 10) + (i % 2 === 0 ? 0 : 3) + few[i]!);
    const model = await fitted("xgboost", table, y);
    const options = { columns: ["few", "sparse", "rare"], classes: [], rows: ROWS };
    const [whole, ofNumber, ofCategory] = partialDependence(model, table, options);
    expect(whole).not.toHaveProperty("missing");
    const empty = { ...sparse, values: new Float64Array(ROWS).fill(NaN) };
    const { yPred } = predictor(model)({ ...table, columns: [table.columns[0]!, empty, rare] });
    expect(ofNumber!.missing!.share).toBe(0.75);
    expect(ofNumber!.missing!.means[0]).toBeCloseTo(mean(yPred), 9);
    expect(ofCategory!.missing!.share).toBe(0.5);
    expect([ofNumber, ofCategory].map((each) => each!.means[0]!.length)).toEqual([3, 2]);
  });

  it.skipIf(!hasPython("sklearn"))("equals scikit-learn's partial_dependence of a probability", async () => {
    const y = at((i) => Number(few[i]! + many[i]! + 3 * Math.sin(i) > 8));
    const numbers = { rowCount: ROWS, columns: inputs.columns.slice(0, 2) };
    const model = await fitted("logistic_regression", numbers, y, ["no", "yes"]);
    const [found] = partialDependence(model, numbers, { columns: ["few"], classes: [1], rows: 1000 });
    const expected = JSON.parse(python(SCRIPT, JSON.stringify([few, many, y]))) as {
      values: number[];
      means: number[];
    };
    expect(found!.values).toEqual(expected.values);
    // Both solvers stop at a gradient of about 1e-8.
    found!.means[0]!.forEach((each, i) => expect(each).toBeCloseTo(expected.means[i]!, 6));
  });

  it("is the effect of a linear model, of numbers and of categories", async () => {
    const y = at((i) => 2 * few[i]! + (city[i] === "rome" ? 3 : 0));
    const model = await fitted("linear_regression", inputs, y);
    const [ofFew, ofCity] = partialDependence(model, inputs, { columns: ["few", "city"], classes: [], rows: 1000 });
    const ofRome = (3 * city.filter((name) => name === "rome").length) / ROWS;
    expect(ofFew!.values).toEqual([0, 1, 2, 3, 4, 5, 6]);
    ofFew!.means[0]!.forEach((each, value) => expect(each).toBeCloseTo(2 * value + ofRome, 8));
    const byCity = Object.fromEntries(ofCity!.values.map((name, i) => [name, ofCity!.means[0]![i]!]));
    const ofFewAlone = (2 * few.reduce((sum, value) => sum + value, 0)) / ROWS;
    // (i * i) % 3 is never 2, so lima does not occur.
    expect(Object.keys(byCity).toSorted()).toEqual(["oslo", "rome"]);
    expect(byCity["oslo"]).toBeCloseTo(ofFewAlone, 8);
    expect(byCity["rome"]).toBeCloseTo(ofFewAlone + 3, 8);
  });

  it("tries quantiles that occur, on some of the rows, and leaves out columns with nothing to vary", async () => {
    const model = await fitted("linear_regression", inputs, many);
    const columns = ["constant", "many", "y", "unknown"];
    const found = partialDependence(model, inputs, { columns, classes: [], rows: 10 });
    expect(found.map(({ column }) => column)).toEqual(["many"]);
    const [{ values, means }] = found as [(typeof found)[0]];
    expect(values).toHaveLength(11);
    expect(values.every((value) => many.includes(value as number))).toBe(true);
    const sorted = many.toSorted((a, b) => a - b);
    expect([values[0], values[10]]).toEqual([sorted[12], sorted[227]]); // round(0.05 · 239), round(0.95 · 239)
    values.forEach((value, i) => expect(means[0]![i]).toBeCloseTo(value as number, 8));
  });

  it("has a mean probability for each class that is asked for", async () => {
    const model = await fitted("logistic_regression", inputs, at((i) => few[i]! % 3), ["a", "b", "c"]); // prettier-ignore
    const [all] = partialDependence(model, inputs, { columns: ["few"], classes: [0, 1, 2], rows: 1000 });
    const [last] = partialDependence(model, inputs, { columns: ["few"], classes: [2], rows: 1000 });
    all!.values.forEach((_, i) => expect(all!.means.reduce((sum, each) => sum + each[i]!, 0)).toBeCloseTo(1, 12));
    expect(last!.means[0]).toEqual(all!.means[2]);
  });
});
