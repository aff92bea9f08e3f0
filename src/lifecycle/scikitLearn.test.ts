/**
 * Compares mlctl with scikit-learn on the shipped sample: mlctl ingests, splits, trains and scores, then writes its
 * training rows, test rows and predictions to CSV files. Python fits and computes its own values from those files.
 */
import { execFileSync, spawnSync } from "node:child_process";
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { beforeAll, describe, expect, it } from "vitest";
import type { JsonObject } from "../core/json.ts";
import { selectRows, type Table } from "../core/table/table.ts";
import { evaluate } from "../pipeline/judge/evaluate.ts";
import { PYTHON } from "../testing/python.ts";
import { exampleWorkspace } from "../testing/exampleWorkspace.ts";
import { ingest } from "./ingest/ingest.ts";
import { loadModel } from "./loadModel.ts";
import { score } from "./score/score.ts";
import { readTestData } from "./testData.ts";
import { train } from "./train/train.ts";
import { prepareData } from "./train/trainingData.ts";

const hasScikitLearn = spawnSync(PYTHON, ["-c", "import sklearn, pandas"]).status === 0;
const root = resolve(import.meta.dirname, "../..");

/** Fits on train.csv; computes every metric of mlctl's predictions for the test rows. */
const SCRIPT = `
import json, sys, numpy as np, pandas as pd
from sklearn import metrics as m
from sklearn.impute import SimpleImputer
from sklearn.linear_model import LinearRegression, LogisticRegression
from sklearn.pipeline import Pipeline
from sklearn.preprocessing import StandardScaler, label_binarize

def fitted(path, task):
    # tol: scikit-learn's default of 1e-4 stops before the fourth digit is exact
    last = LinearRegression() if task == "regression" else LogisticRegression(C=1, tol=1e-8, max_iter=10000)
    data = pd.read_csv(path, float_precision="round_trip")
    pipeline = Pipeline([("i", SimpleImputer(strategy="median")), ("s", StandardScaler()), ("m", last)])
    pipeline.fit(data.drop(columns="y").to_numpy(), data["y"].to_numpy())
    return {"coefficients": np.atleast_2d(last.coef_).tolist(), "intercepts": np.atleast_1d(last.intercept_).tolist()}

def computed_metrics(path, task):
    data = pd.read_csv(path, float_precision="round_trip")
    t, h = data["y"], data["yhat"]
    if task == "regression":
        return {
            "mse": m.mean_squared_error(t, h), "rmse": m.mean_squared_error(t, h) ** 0.5, "mae": m.mean_absolute_error(t, h),
            "mape": m.mean_absolute_percentage_error(t, h), "r2": m.r2_score(t, h),
            "median_absolute_error": m.median_absolute_error(t, h), "max_error": m.max_error(t, h),
            "smape": np.mean(2 * np.abs(t - h) / (np.abs(t) + np.abs(h))),
        }
    p = data.filter(like="p").to_numpy()
    k = p.shape[1]
    average = "binary" if k == 2 else "macro"
    s = p[:, 1] if k == 2 else p
    b = t if k == 2 else label_binarize(t, classes=range(k))
    return {
        "accuracy": m.accuracy_score(t, h), "balanced_accuracy": m.balanced_accuracy_score(t, h),
        "precision": m.precision_score(t, h, average=average), "recall": m.recall_score(t, h, average=average),
        "f1": m.f1_score(t, h, average=average), "roc_auc": m.roc_auc_score(t, s, multi_class="ovr"),
        "average_precision": m.average_precision_score(b, s, average="macro"), "log_loss": m.log_loss(t, p),
        "brier": m.brier_score_loss(t, s) if k == 2 else ((p - b) ** 2).sum(axis=1).mean(),
        "mcc": m.matthews_corrcoef(t, h), "kappa": m.cohen_kappa_score(t, h),
    }

jobs = json.load(sys.stdin)
print(json.dumps([
    {**(fitted(j["train"], j["task"]) if j["linear"] else {}), "metrics": computed_metrics(j["test"], j["task"])} for j in jobs
]))
`;

interface PythonResult {
  readonly coefficients: readonly (readonly number[])[];
  readonly intercepts: readonly number[];
  readonly metrics: Readonly<Record<string, number>>;
}

interface Job {
  readonly task: string;
  readonly linear: boolean;
  /** CSV: the model's input columns, and y. */
  readonly train: string;
  /** CSV: y, the prediction as yhat, and the probability of each class as p0, p1, … */
  readonly test: string;
}

/** mlctl's results for one case. */
interface Case {
  readonly job: Job;
  readonly coefficients: readonly number[];
  readonly intercepts: readonly number[];
  readonly metrics: Readonly<Record<string, number | null>>;
}

/** State of the linear families; tree models have none of these. */
interface LinearState {
  readonly coefficients?: readonly number[] | readonly (readonly number[])[];
  readonly intercepts?: readonly number[];
  readonly intercept?: number;
}

const common: JsonObject = {
  input_folder_path: "practicedata",
  test_data_path: "testdata",
  target: "exited",
  id_columns: ["corporation"],
};
const regression: JsonObject = { ...common, target: "lastyear_activity", task: "regression" };
const threeClasses: JsonObject = {
  ...common,
  target: "band",
  drop_columns: ["lastyear_activity"],
  ingest: {
    select: {
      band: "CASE WHEN lastyear_activity < 300 THEN 'low' WHEN lastyear_activity < 700 THEN 'mid' ELSE 'high' END",
    },
  },
};

const cases: readonly (readonly [name: string, config: JsonObject, family: string])[] = [
  ["logistic regression of two classes", common, "logistic_regression"],
  ["linear regression", regression, "linear_regression"],
  ["logistic regression of three classes", threeClasses, "logistic_regression"],
  ["xgboost of two classes", common, "xgboost"],
  ["xgboost regression", regression, "xgboost"],
  ["xgboost of three classes", threeClasses, "xgboost"],
];

function sampleFiles(): Record<string, string> {
  const paths = ["practicedata", "testdata"].flatMap((folder) =>
    readdirSync(join(root, folder)).map((name) => `${folder}/${name}`),
  );
  return Object.fromEntries(paths.map((path) => [path, readFileSync(join(root, path), "utf8")]));
}

async function run(config: JsonObject, family: string): Promise<Case> {
  const params: JsonObject = family === "xgboost" ? { n_estimators: 10 } : {};
  const example = await exampleWorkspace({ ...config, train: { models: [{ family, params }] } }, sampleFiles());
  return example.change(async (session) => {
    const { dataset } = await ingest(session);
    const data = await prepareData(session, session.store.dataset(dataset!.sha256)!);
    await train(session);
    const { metrics, task } = await score(session);
    const { model } = await loadModel(session, "latest");
    const { evaluation } = evaluate(model, (await readTestData(session, [model])).table);
    const path = (name: string): string => join(example.folder, name);
    const training = selectRows(data.inputs, data.split.training);
    const inputs = model.signature.inputs.map(({ name }) => [name, numbersOf(training, name)] as const);
    writeCsv(path("train.csv"), [...inputs, ["y", Array.from(data.split.training, (row) => data.y[row]!)]]);
    const { yTrue, yPred, probabilities } = evaluation;
    const classes = probabilities === null ? [] : probabilityColumns(probabilities, yTrue.length);
    writeCsv(path("test.csv"), [["y", [...yTrue]], ["yhat", [...yPred]], ...classes]);
    const state = model.estimator.state as unknown as LinearState;
    return {
      job: { task, linear: family !== "xgboost", train: path("train.csv"), test: path("test.csv") },
      // One row of coefficients for regression and for two classes; otherwise one per class.
      coefficients: (state.coefficients ?? []).flat(),
      intercepts: state.intercepts ?? (state.intercept === undefined ? [] : [state.intercept]),
      metrics,
    };
  });
}

function numbersOf(table: Table, name: string): number[] {
  const column = table.columns.find((candidate) => candidate.name === name)!;
  if (column.kind === "category") throw new TypeError(`${name} is not a number`);
  return [...column.values];
}

function probabilityColumns(probabilities: Float64Array, rows: number): (readonly [string, number[]])[] {
  const of = (index: number, step: number): number[] => [...probabilities].filter((_, i) => i % step === index);
  const count = probabilities.length / rows;
  if (count > 1) return Array.from({ length: count }, (_, k) => [`p${k}`, of(k, count)] as const);
  return [
    ["p0", of(0, 1).map((share) => 1 - share)],
    ["p1", of(0, 1)],
  ];
}

/** JavaScript writes the shortest string that parses to the same double. */
function writeCsv(path: string, columns: readonly (readonly [string, readonly number[]])[]): void {
  const rows = columns[0]![1].map((_, row) =>
    columns.map(([, values]) => (Number.isNaN(values[row]!) ? "" : values[row])),
  );
  writeFileSync(path, [columns.map(([name]) => name), ...rows].map((cells) => cells.join(",")).join("\n"));
}

describe.skipIf(!hasScikitLearn)("the shipped sample (skipped without Debian's python3-sklearn)", () => {
  let ours: Case[];
  let theirs: PythonResult[];

  beforeAll(async () => {
    ours = [];
    for (const [, config, family] of cases) ours.push(await run(config, family));
    const input = JSON.stringify(ours.map(({ job }) => job));
    theirs = JSON.parse(execFileSync(PYTHON, ["-c", SCRIPT], { input, encoding: "utf8" })) as PythonResult[];
  });

  it.each(cases.map(([name], index) => [name, index] as const).filter(([name]) => !name.startsWith("xgboost")))(
    "matches the coefficients of scikit-learn: %s",
    (_, index) => {
      const [{ coefficients, intercepts }, expected] = [ours[index]!, theirs[index]!];
      const found = [...coefficients, ...intercepts];
      const wanted = [...expected.coefficients.flat(), ...expected.intercepts];
      expect(found).toHaveLength(wanted.length);
      // Tolerance: 1e-4 relative to the coefficient, or to 1 if the coefficient is smaller.
      found.forEach((value, i) =>
        expect(Math.abs(value - wanted[i]!)).toBeLessThan(1e-4 * Math.max(1, Math.abs(wanted[i]!))),
      );
    },
  );

  it.each(cases.map(([name], index) => [name, index] as const))(
    "matches every metric of scikit-learn: %s",
    (_, index) => {
      const [{ metrics }, expected] = [ours[index]!, theirs[index]!];
      const names = Object.keys(expected.metrics);
      expect(names.toSorted()).toEqual(Object.keys(metrics).toSorted());
      for (const name of names) {
        const [value, wanted] = [metrics[name]!, expected.metrics[name]!];
        expect(Math.abs(value - wanted) / Math.max(1, Math.abs(wanted)), name).toBeLessThan(1e-9);
      }
    },
  );

  it("learns something in every case, otherwise the comparison would prove little", () => {
    for (const { metrics } of ours) expect(metrics["r2"] ?? 2 * metrics["roc_auc"]! - 1).toBeGreaterThan(0.2);
  });
});
