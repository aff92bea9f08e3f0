/** Seconds for 95 % intervals of F1 and AUC from 1,000 resamples of 100 k rows. */
import { bootstrapInterval } from "../../dist/metrics/bootstrapInterval.js";
import { findMetric } from "../../dist/metrics/findMetric.js";

const rowCount = 100_000;
let state = 1;
const next = () => (state = (state * 48_271) % 2_147_483_647) / 2_147_483_647;
const probabilities = Float64Array.from({ length: rowCount }, next);
const yTrue = probabilities.map((p) => Number(next() < p));
const yPred = probabilities.map((p) => Number(p >= 0.5));
const evaluation = { task: "binary", classCount: 2, yTrue, yPred, probabilities };
const start = performance.now();
for (const name of ["f1", "roc_auc"])
  bootstrapInterval(evaluation, findMetric(name, "binary"), { seed: 42, resamples: 1000 });
console.log((performance.now() - start) / 1000);
