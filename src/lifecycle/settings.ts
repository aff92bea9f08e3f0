/** The `costs` of config.json as metrics take them, and in words. */
import type { Config } from "../config/schema/schema.ts";
import type { Costs } from "../core/costs.ts";
import type { Task } from "../core/task.ts";
import { findMetric } from "../metrics/findMetric.ts";
import type { ReadOptions } from "../data/readOptions.ts";
import type { JsonObject } from "../core/json.ts";
import type { TransformRequest } from "../core/transform.ts";
import type { DriftOptions } from "../monitoring/driftReport.ts";
import { metrics } from "../metrics/index.ts";
import type { MetricLabel } from "../reporting/reportInput.ts";

type Configured = Pick<Config, "costs">;

/** Undefined where none are configured. */
export function costsOf({ costs }: Configured): Costs | undefined {
  if (costs === null) return undefined;
  return {
    truePositive: costs.true_positive,
    falsePositive: costs.false_positive,
    falseNegative: costs.false_negative,
    trueNegative: costs.true_negative,
    over: costs.over,
    under: costs.under,
  };
}

/** Of the metric "cost": "EUR per 1,000 rows"; null where none are configured. */
export function costUnit({ costs }: Configured): string | null {
  return costs === null ? null : `${costs.currency ?? "money"} per 1,000 rows`;
}

/** What a person of the field looks at first, where config.json names none. */
const usual = { regression: "rmse", binary: "f1", multiclass: "f1" } as const;

/** Its name in the registry. @throws {MlctlError} kind "usage" for a metric that the task does not have */
export function decidingMetric(config: Config, task: Task): string {
  return findMetric(config.train.metric ?? usual[task], task).name;
}

/** The same for ingest, score and monitor, so that a column means the same everywhere. */
export function readingOptions({ ingest, id_columns, drop_columns }: Config): ReadOptions {
  return {
    normalizeNames: ingest.normalize_names,
    nullValues: ingest.null_values,
    types: ingest.types,
    ...(ingest.records === null ? {} : { records: ingest.records }),
    select: ingest.select,
    ...(ingest.where === null ? {} : { where: ingest.where }),
    textColumns: [...id_columns, ...drop_columns],
  };
}

/** Null where they are chosen from the kinds of the columns. */
export function transformRequests({ features }: Pick<Config, "features">): TransformRequest[] | null {
  return features?.map(({ type, ...options }) => ({ type, options: options as JsonObject })) ?? null;
}

/** The same for diagnose, fullprocess, monitor and report, so that they agree. */
export function driftOptions({ monitor }: Config): DriftOptions {
  const { rules, dataset_share: datasetShare, columns } = monitor.drift;
  return { rules, datasetShare, columns, minimumRows: monitor.minimum_rows };
}

/** One that the registry does not know, of another version of mlctl, goes by its name. */
export function metricLabel(config: Config, name: string, task: Task): MetricLabel {
  const metric = Object.values(metrics).find((each) => each.name === name && each.tasks.includes(task));
  if (metric === undefined) return { name, label: name, greaterIsBetter: true };
  const { label, greaterIsBetter } = metric;
  return { name, label: name === "cost" ? `Cost in ${costUnit(config) ?? label}` : label, greaterIsBetter };
}
