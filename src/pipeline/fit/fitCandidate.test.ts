import { describe, expect, it } from "vitest";
import { categoryColumn, type TargetSpec, type Column } from "../../core/table/table.ts";
import type { JsonObject } from "../../core/json.ts";
import { random } from "../../core/random.ts";
import type { TransformRequest } from "../../core/transform.ts";
import { findMetric } from "../../metrics/findMetric.ts";
import { fitCandidate, type Candidate } from "./fitCandidate.ts";
import { splitRows, type TrainingData } from "./splitRows.ts";

const target: TargetSpec = { name: "y", task: "binary", classes: ["no", "yes"] };
const candidate: Candidate = {
  family: "logistic_regression",
  params: {},
  featureSet: "all",
  featurePatterns: null,
  features: null,
  threshold: "tune",
  metric: "f1",
  seed: 1,
};

/** 150 rows: two numbers (one with gaps), a date and a category; the class depends on the first and the last. */
function exampleData(): TrainingData {
  const { normal, integer } = random(5);
  const rows = Array.from({ length: 150 }, (_, row) => ({
    a: normal(),
    b: row % 9 === 0 ? NaN : 10 + normal(),
    when: Date.UTC(2026, integer(12), 1 + integer(28)),
    city: ["oslo", "rome", "lima"][integer(3)]!,
    noise: normal(),
  }));
  const column = (kind: "number" | "date", name: "a" | "b" | "when"): Column => ({
    kind,
    name,
    values: Float64Array.from(rows, (row) => row[name]),
  });
  const city = categoryColumn(
    "city",
    rows.map((row) => row.city),
  );
  return {
    inputs: { rowCount: 150, columns: [column("number", "a"), column("number", "b"), column("date", "when"), city] },
    y: Float64Array.from(rows, ({ a, city: place, noise }) => (a + (place === "rome" ? 1 : 0) + noise > 0.8 ? 1 : 0)),
    target,
  };
}

const data = exampleData();
const split = splitRows(data.inputs, data.y, {
  method: "stratified",
  validationSize: 0.2,
  seed: 1,
  classCount: 2,
});

/** The same data with other values, categories and classes in the validation rows. */
function otherValidation(): TrainingData {
  const { inputs, y } = exampleData();
  const codes = y.slice();
  for (const row of split.validation) codes[row] = 1 - codes[row]!;
  const columns = inputs.columns.map((column): Column => {
    if (column.kind === "category") {
      const changed = column.codes.slice();
      for (const row of split.validation) changed[row] = column.categories.length;
      return { ...column, codes: changed, categories: [...column.categories, "never seen in training"] };
    }
    const values = column.values.slice();
    for (const row of split.validation) values[row] = 1e6 + values[row]!;
    return { ...column, values };
  });
  return { inputs: { ...inputs, columns }, y: codes, target };
}

describe("the fitted model", () => {
  it.each<[string, JsonObject]>([
    ["logistic_regression", {}],
    ["xgboost", { n_estimators: 5 }],
  ])(
    "does not depend on validation rows: features, %s and its tuned threshold stay exactly the same",
    async (family, params) => {
      const chosen = { ...candidate, family, params };
      const fitted = await fitCandidate(chosen, data, split);
      const other = await fitCandidate(chosen, otherValidation(), split);
      expect(JSON.stringify(other.transforms)).toBe(JSON.stringify(fitted.transforms));
      expect(JSON.stringify(other.estimator)).toBe(JSON.stringify(fitted.estimator));
      expect(other.threshold).toBe(fitted.threshold);
      expect(other.importance).toEqual(fitted.importance);
      expect(other.evaluation).not.toEqual(fitted.evaluation);
    },
  );

  it("depends on training rows", async () => {
    const fitted = await fitCandidate(candidate, data, split);
    const swapped = { training: split.validation, validation: split.training };
    const other = await fitCandidate({ ...candidate, threshold: 0.5 }, data, swapped);
    expect(other.transforms).not.toEqual(fitted.transforms);
    expect(other.estimator.state).not.toEqual(fitted.estimator.state);
  });

  it("is evaluated on the validation rows, in their order", async () => {
    const { evaluation } = await fitCandidate({ ...candidate, threshold: 0.3 }, data, split);
    expect(evaluation).toMatchObject({ task: "binary", classCount: 2 });
    expect([...evaluation.yTrue]).toEqual(Array.from(split.validation, (row) => data.y[row]!));
    expect([...evaluation.yPred]).toEqual(Array.from(evaluation.probabilities!, (share) => (share >= 0.3 ? 1 : 0)));
  });

  it("has the importance of each feature, in descending order", async () => {
    const { importance, estimator } = await fitCandidate({ ...candidate, threshold: 0.5 }, data, split);
    expect(importance.map(([name]) => name).toSorted()).toEqual([...estimator.featureNames].toSorted());
    const values = importance.map(([, value]) => value);
    expect(values).toEqual(values.toSorted((a, b) => b - a));
    expect(importance[0]![0]).toBe("a");
  });
});

async function featuresOf(featurePatterns: readonly string[]): Promise<readonly string[]> {
  const chosen = { ...candidate, threshold: 0.5, featureSet: "some", featurePatterns };
  return (await fitCandidate(chosen, data, split)).estimator.featureNames;
}

describe("feature sets", () => {
  it("select features by name and wildcard, in the order of the features", async () => {
    expect(await featuresOf(["city*", "a"])).toEqual(["a", "city=lima", "city=oslo", "city=rome"]);
    // No feature has this name: those that are made of the column.
    expect(await featuresOf(["city"])).toEqual(["city=lima", "city=oslo", "city=rome"]);
    expect(await featuresOf(["*"])).toEqual((await fitCandidate(candidate, data, split)).estimator.featureNames);
  });

  it("report a pattern that matches no feature, and list the features", async () => {
    await expect(featuresOf(["a", "town*"])).rejects.toMatchObject({
      kind: "usage",
      message: `train.feature_sets.some: no feature of ${candidate.family} matches "town*"`,
      hint: expect.stringMatching(
        /^name a column, as all families have them: a, .*city.*; its features are .*city=lima/,
      ),
    });
  });
});

describe("configured features", () => {
  it("replace the automatic ones", async () => {
    const features: TransformRequest[] = [
      { type: "select", options: { columns: ["a", "b"] } },
      { type: "impute", options: { strategy: "constant", value: 0 } },
    ];
    const { estimator, transforms } = await fitCandidate({ ...candidate, threshold: 0.5, features }, data, split);
    expect(estimator.featureNames).toEqual(["a", "b"]);
    // The first transform selects the required columns.
    expect(transforms.slice(1).map(({ type }) => type)).toEqual(["select", "impute"]);
  });

  it("report why no columns are left to train on", async () => {
    const constant: TrainingData = {
      ...data,
      inputs: {
        rowCount: 150,
        columns: [
          categoryColumn(
            "only",
            Array.from({ length: 150 }, () => "one"),
          ),
        ],
      },
    };
    await expect(fitCandidate({ ...candidate, threshold: 0.5 }, constant, split)).rejects.toMatchObject({
      kind: "data",
      message: "no columns left to train on",
      hint: 'column "only" is not used: every row has the same value',
    });
    const baseline = await fitCandidate({ ...candidate, threshold: 0.5, family: "baseline" }, constant, split);
    expect(baseline.estimator.featureNames).toEqual([]);
  });
});

it("tunes no threshold for regression", async () => {
  const quantities: TrainingData = { ...data, target: { name: "y", task: "regression" } };
  const { threshold, evaluation } = await fitCandidate(
    { ...candidate, family: "linear_regression" },
    quantities,
    split,
  );
  expect(threshold).toBeNull();
  expect(evaluation.probabilities).toBeNull();
});

describe("calibration", () => {
  const calibration = "sigmoid" as const;
  const chosen = { ...candidate, calibration, family: "xgboost", params: { n_estimators: 20, max_depth: 6 } };

  it("does not depend on validation rows, and the threshold is tuned on calibrated probabilities", async () => {
    const fitted = await fitCandidate(chosen, data, split);
    const other = await fitCandidate(chosen, otherValidation(), split);
    expect(fitted.calibration).toMatchObject({ method: calibration });
    expect(other.calibration).toEqual(fitted.calibration);
    expect(other.threshold).toBe(fitted.threshold);
  });

  it("improves the probabilities of an overfitted model on unseen rows", async () => {
    const brier = async (method: typeof calibration | null): Promise<number> => {
      const { evaluation } = await fitCandidate({ ...chosen, threshold: 0.5, calibration: method }, data, split);
      return findMetric("brier", "binary").compute(evaluation);
    };
    expect(await brier(calibration)).toBeLessThan(await brier(null));
  });
});

it("class weights raise the probability of a class, but do not change the baseline", async () => {
  const positives = async (family: string, classWeight: Candidate["classWeight"]): Promise<number> => {
    const { evaluation } = await fitCandidate({ ...candidate, family, threshold: 0.5, classWeight }, data, split);
    return evaluation.probabilities!.reduce((sum, share) => sum + share, 0);
  };
  const usual = await positives("logistic_regression", null);
  expect(await positives("logistic_regression", { yes: 10 })).toBeGreaterThan(usual + 1);
  // Weights of 1 are the same as no weights; 6 decimals allow for the tolerance of the optimizer.
  expect(await positives("logistic_regression", { yes: 1, no: 1 })).toBeCloseTo(usual, 6);
  expect(await positives("baseline", "balanced")).toBe(await positives("baseline", null));
});
