/** Registry of metrics, by their names in config.json and --json, in display order. */
import type { Metric } from "../core/metric.ts";
import { classificationMetrics } from "./classification.ts";
import type { Unnamed } from "./metricKinds.ts";
import { regressionMetrics } from "./regression.ts";

const all = {
  ...classificationMetrics,
  ...regressionMetrics,
} satisfies Record<string, Unnamed>;

export const metrics = named(all);

/** Adds name and `compute`, which counts each row once, so that a value and its bootstrap use the same formula. */
function named<Name extends string>(given: Readonly<Record<Name, Unnamed>>): Readonly<Record<Name, Metric>> {
  const entries = Object.entries<Unnamed>(given).map(([name, metric]): [string, Metric] => {
    const compute: Metric["compute"] = (evaluation) => {
      const rowCount = evaluation.yTrue.length;
      return rowCount === 0 ? NaN : metric.prepare(evaluation)(new Uint32Array(rowCount).fill(1));
    };
    return [name, { ...metric, name, compute }];
  });
  return Object.fromEntries(entries) as Record<Name, Metric>;
}
