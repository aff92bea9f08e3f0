/** Seconds for predictions (one thread) or SHAP values of 100 trees of depth 6. */
import { findEstimator } from "../../dist/estimators/findEstimator.js";
import { numbers } from "./numbers.js";

const [what] = process.argv.slice(2);
const xgboost = findEstimator("xgboost");
const { X, y } = numbers({ rowCount: what === "shap" ? 10_000 : 500_000, width: 11, classes: false });
const rows = 10_000;
const sample = { ...X, rowCount: rows, values: X.values.slice(0, rows * 11) };
const params = { n_estimators: 100, max_depth: 6, learning_rate: 0.3 };
const fitted = await xgboost.fit(sample, y.slice(0, rows), { task: "regression", classCount: 0, params, seed: 42 });
const predictor = xgboost.load(fitted);
predictor.predict(sample); // what a server has done before: the code is warm
const start = performance.now();
if (what === "shap") xgboost.contributions(fitted, X);
else predictor.predict(X);
console.log((performance.now() - start) / 1000);
