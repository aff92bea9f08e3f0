/**
 * Data that mlctl was never tuned for: scikit-learn's own, with a configuration of six lines, beside the best of
 * scikit-learn's default models. Both learn from the same two thirds of the rows, choose their model on five folds of
 * these, and are judged once on the same third; the split has the seed 42, fixed beforehand.
 */
import { spawnSync } from "node:child_process";
import { beforeAll, describe, expect, it } from "vitest";
import { emptyWorkspace, type LifecycleWorkspace } from "./lifecycleWorkspace.ts";
import { PYTHON } from "../testing/python.ts";

const hasPython = spawnSync(PYTHON, ["-c", "import sklearn, pandas"]).status === 0;

const config = `{
  "target": "target",
  "train": {
    "selection": { "method": "k_fold" }
  }
}
`;

/**
 * Writes sourcedata and testdata below the folder of each data set, and tells the accuracy, or RMSE, on the test rows
 * of the default model with the best mean over the folds, and its standard error. Of a share p of n rows that is √(p (1 − p) / n), with two more rows
 * right and two wrong (Agresti and Coull), so that it is not 0 where all are right; of an RMSE it is by the delta
 * method: sd(squared errors) / (2 · RMSE · √n).
 */
const code = `
import json, os, sys
import numpy as np
from sklearn import datasets
from sklearn.ensemble import GradientBoostingClassifier, GradientBoostingRegressor, RandomForestClassifier, RandomForestRegressor
from sklearn.linear_model import LinearRegression, LogisticRegression, Ridge
from sklearn.model_selection import KFold, StratifiedKFold, cross_val_score, train_test_split
from sklearn.neighbors import KNeighborsClassifier, KNeighborsRegressor
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
from sklearn.svm import SVC
def scaled(model): return make_pipeline(StandardScaler(), model)
def classifiers(): return [scaled(LogisticRegression()), RandomForestClassifier(random_state=0), GradientBoostingClassifier(random_state=0), scaled(SVC()), scaled(KNeighborsClassifier())]
def regressors(): return [LinearRegression(), scaled(Ridge()), RandomForestRegressor(random_state=0), GradientBoostingRegressor(random_state=0), scaled(KNeighborsRegressor())]
def best(name):
    bunch = getattr(datasets, "load_" + name)(as_frame=True)
    frame, is_value = bunch.frame, name == "diabetes"
    if not is_value: frame["target"] = [bunch.target_names[code] for code in bunch.target]
    train, test = train_test_split(frame, test_size=1/3, random_state=42, stratify=None if is_value else frame.target)
    for part, rows in (("sourcedata", train), ("testdata", test)):
        os.makedirs(f"{sys.argv[1]}/{name}/{part}")
        rows.to_csv(f"{sys.argv[1]}/{name}/{part}/{part}.csv", index=False)
    def on_folds(model):
        folds = (KFold if is_value else StratifiedKFold)(5, shuffle=True, random_state=0)
        scoring = "neg_root_mean_squared_error" if is_value else "accuracy"
        return cross_val_score(model, train.drop(columns="target"), train.target, cv=folds, scoring=scoring).mean()
    def judged(model):
        answers = model.fit(train.drop(columns="target"), train.target).predict(test.drop(columns="target"))
        if not is_value:
            right, n = (answers == test.target).sum(), len(test)
            p = (right + 2) / (n + 4)
            return right / n, float(np.sqrt(p * (1 - p) / n))
        errors = (answers - test.target) ** 2
        rmse = float(np.sqrt(errors.mean()))
        return rmse, float(errors.std() / (2 * rmse * np.sqrt(len(test))))
    return judged(max(regressors() if is_value else classifiers(), key=on_folds))
print(json.dumps({name: best(name) for name in ["breast_cancer", "wine", "iris", "diabetes"]}))`;

let workspace: LifecycleWorkspace;
let best: Record<string, readonly [value: number, standardError: number]> = {};

beforeAll(() => {
  if (!hasPython) return;
  workspace = emptyWorkspace();
  const { stdout, stderr } = spawnSync(PYTHON, ["-W", "ignore", "-c", code, workspace.folder], { encoding: "utf8" });
  if (stdout === "") throw new Error(stderr);
  best = JSON.parse(stdout) as typeof best;
}, 300_000);

if (!hasPython) console.info("not tested without scikit-learn: apt-get install python3-sklearn python3-pandas");

describe.runIf(hasPython)("data of strangers, by a configuration of six lines", () => {
  it.each([
    ["breast_cancer", "accuracy"],
    ["wine", "accuracy"],
    ["iris", "accuracy"],
    ["diabetes", "rmse"],
  ])("%s: %s within one standard error of scikit-learn's best default model", (name, metric) => {
    expect(config.trim().split("\n")).toHaveLength(6);
    workspace.write({ [`${name}/config.json`]: config });
    const at = (...args: string[]): string => workspace.ok("-C", name, ...args);
    at("ingest", "-q");
    at("train", "-q");
    const { metrics } = JSON.parse(at("score", "--json", "-q")) as { metrics: Record<string, number> };
    const [bar, standardError] = best[name]!;
    expect(standardError).toBeGreaterThan(0);
    if (metric === "rmse") expect(metrics[metric]).toBeLessThanOrEqual(bar + standardError);
    else expect(metrics[metric]).toBeGreaterThanOrEqual(bar - standardError);
  });
});
