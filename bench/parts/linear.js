/** Seconds that a linear family needs to fit 1 M × 20. */
import { findEstimator } from "../../dist/estimators/findEstimator.js";
import { numbers } from "./numbers.js";

const [family] = process.argv.slice(2);
const classes = family === "logistic_regression";
const { X, y } = numbers({ rowCount: 1_000_000, width: 20, classes });
const options = { task: classes ? "binary" : "regression", classCount: classes ? 2 : 0, params: {}, seed: 42 };
const start = performance.now();
await findEstimator(family).fit(X, y, options);
console.log((performance.now() - start) / 1000);
