/** Settings of config.json in the form that the steps use. */
import { didYouMean } from "../core/text/suggest.ts";
import { isMissingMarker } from "../core/text/valueFormat.ts";
import { importanceUnit } from "../estimators/findEstimator.ts";
import { featuresByColumn } from "../features/inputColumns.ts";
import type { Config } from "../config/schema/schema.ts";
import type { Costs, Metric } from "../core/metric.ts";
import type { Model } from "../core/records/model.ts";
import type { Signature, Task } from "../core/table/table.ts";
import { findMetric } from "../metrics/findMetric.ts";
import { isOwnType } from "../data/duckdb/columnTypes.ts";
import type { CsvSettings, ReadOptions } from "../data/readOptions.ts";
import type { JsonObject } from "../core/json.ts";
import type { TransformRequest } from "../core/transform.ts";
import type { DriftOptions } from "../monitoring/driftReport.ts";
import { metrics } from "../metrics/index.ts";
import type { MetricLabel } from "../reporting/reportInput.ts";

type Configured = Pick<Config, "costs">;

/** The configured costs in the form that metrics use; undefined if `costs` is not set. */
export function costsOf({ costs }: Configured): Costs | undefined {
  if (costs === null) return undefined;
  const { true_positive, false_positive, false_negative, true_negative, over, under } = costs;
  const binary = { truePositive: true_positive, falsePositive: false_positive };
  return { ...binary, falseNegative: false_negative, trueNegative: true_negative, over, under };
}

export function costUnit({ costs }: Configured): string | null {
  return costs === null ? null : `${costs.currency ?? "money"} per 1,000 rows`;
}

/** What `dearerThanConstant` needs to know. */
export function pricing(config: Config, { task, classes }: Model["signature"]["target"]) {
  return { costs: costsOf(config), unit: costUnit(config), metric: decidingMetric(config, task), classes };
}

/** Unit of a metric that is computed from `costs`; null for others. */
export function metricUnit(config: Configured, { needsCosts }: Metric): string | null {
  return needsCosts === true ? costUnit(config) : null;
}

/** The metric that ranks models when config.json does not set `train.metric`: F1 prefers overfitted trees to calibrated models. */
const defaultMetrics = { regression: "rmse", binary: "log_loss", multiclass: "log_loss" } as const;

/** Registry name of the metric that ranks models. @throws {MlctlError} kind "usage" if the task has no such metric */
export function decidingMetric(config: Config, task: Task): string {
  return findMetric(config.train.metric ?? defaultMetrics[task], task).name;
}

/** Strings that mean "missing" in every column: the empty one, and those of `ingest.null_values`. */
export function nullStrings({ ingest }: Pick<Config, "ingest">): string[] {
  return [...new Set(["", ...ingest.null_values])];
}

/**
 * How to read data files. Ingest, score and monitor share it, so that a column means the same everywhere.
 * @param models that will see the rows: they decide which columns are text, and how numbers and dates are written, not
 *   the values of the files
 */
export function readingOptions(config: Config, ...models: readonly Pick<Model, "signature">[]): ReadOptions {
  const { ingest, id_columns, drop_columns } = config;
  const { nullValues, normalizeNames } = models[0]?.signature.reading ?? {
    normalizeNames: ingest.normalize_names,
    nullValues: nullStrings(config),
  };
  const computed = new Set(Object.keys(ingest.select).map((name) => name.toLowerCase()));
  const all = models.flatMap(({ signature }) => textsOf(signature));
  const texts = all.filter((name) => !computed.has(name.toLowerCase()));
  // Of two models with a format for a column, the first decides.
  const formats: Readonly<Record<string, string>> = Object.fromEntries(
    models.toReversed().flatMap(({ signature }) => Object.entries(signature.reading.formats ?? {})),
  );
  return {
    csv: models[0] === undefined ? csvSettings(config) : csvOfModel(config, models[0].signature),
    normalizeNames,
    nullValues,
    ...(texts.length === 0 ? {} : { categoryColumns: [...new Set(texts)] }),
    types: ingest.types,
    ...(ingest.decimal === null ? {} : { decimal: ingest.decimal }),
    ...(ingest.thousands === null ? {} : { thousands: ingest.thousands }),
    ...(models.length === 0 ? {} : { formats }),
    ...(ingest.records === null ? {} : { records: ingest.records }),
    select: ingest.select,
    ...(ingest.where === null ? {} : { where: ingest.where }),
    textColumns: [...id_columns, ...drop_columns],
    idColumns: id_columns,
  };
}

/**
 * How to read rows that a model predicts or that are compared with its training: `ingest.types` does not refuse a file for
 * a cell of an input that is no number or date. The caller reads cell by cell and says which cannot be read.
 */
export function readingByCell(config: Config, model: Pick<Model, "signature">): ReadOptions {
  const values = new Set(model.signature.inputs.flatMap(({ name, kind }) => (kind === "category" ? [] : [name])));
  const kept = Object.entries(config.ingest.types).filter(([name, type]) => !values.has(name) || !isOwnType(type));
  return { ...readingOptions(config, model), types: Object.fromEntries(kept) };
}

/** The model, with the values that config.json declares missing now; see `alsoMissing`. */
export function withMissing(model: Model, { ingest }: Pick<Config, "ingest">): Model {
  const { signature } = model;
  const { nullValues } = signature.reading;
  const alsoMissing = ingest.null_values.filter((text) => !nullValues.includes(text) && !isMissingMarker(text));
  if (alsoMissing.length === 0) return model;
  return { ...model, signature: { ...signature, reading: { ...signature.reading, alsoMissing } } };
}

/** Columns that are text for a model. A target with classes such as 0 and 1 may be numbers. */
function textsOf({ inputs, target }: Signature): string[] {
  const { classes = [] } = target;
  const isText = classes.some((label) => String(Number(label)) !== label);
  return [...inputs.flatMap(({ name, kind }) => (kind === "category" ? [name] : [])), ...(isText ? [target.name] : [])];
}

/** How to read CSV; the reader detects what is not set. */
export function csvSettings({ ingest }: Pick<Config, "ingest">): CsvSettings {
  const { delimiter, quote, encoding, skip_lines: skipLines, names, trim } = ingest;
  return {
    quote,
    trim,
    ...(delimiter === null ? {} : { delimiter }),
    ...(encoding === null ? {} : { encoding }),
    ...(skipLines === null ? {} : { skipLines }),
    ...(names === null ? {} : { names }),
  };
}

/** How to read rows to predict: `trim` as in the training of the model, the rest as the files are now. */
export function csvOfModel(config: Pick<Config, "ingest">, { reading, target }: Signature): CsvSettings {
  // Models from before `ingest.trim` were trained on values with their blanks.
  const optional = config.ingest.names === null ? {} : { optional: target.name };
  return { ...csvSettings(config), ...optional, trim: reading.trim ?? false };
}

/** The columns that identify a row: ids and time. */
export function keyColumns({ id_columns, time_column }: Pick<Config, "id_columns" | "time_column">): string[] {
  return [...new Set([...id_columns, ...(time_column === null ? [] : [time_column])])];
}

/** A warning for each name in id_columns or drop_columns that no column has: if it is misspelt, the column becomes a feature. */
export function unknownNames(
  columns: readonly { readonly name: string }[],
  config: Pick<Config, "id_columns" | "drop_columns">,
): string[] {
  const names = columns.map(({ name }) => name);
  return (["id_columns", "drop_columns"] as const).flatMap((key) =>
    config[key]
      .filter((name) => !names.includes(name))
      .map((name) => {
        const hint = didYouMean(name, names);
        return `${key}: the data has no column "${name}"${hint === undefined ? "" : `; ${hint}`}`;
      }),
  );
}

export function transformRequests({ features }: Pick<Config, "features">): TransformRequest[] | null {
  return features?.map(({ type, ...options }) => ({ type, options: options as JsonObject })) ?? null;
}

/** Drift settings shared by diagnose, fullprocess, monitor and report, so that their results agree. */
export function driftOptions({ monitor }: Config): DriftOptions {
  const { rules, dataset_share: datasetShare, columns } = monitor.drift;
  return { rules, datasetShare, columns, minimumRows: monitor.minimum_rows };
}

/** Label of a metric for reports. An unknown metric (from another version of mlctl) is labelled with its name. */
export function metricLabel(config: Config, name: string, task: Task): MetricLabel {
  const metric = Object.values<Metric>(metrics).find((each) => each.name === name && each.tasks.includes(task));
  if (metric === undefined) return { name, label: name, greaterIsBetter: true };
  const { label, greaterIsBetter } = metric;
  const unit = metricUnit(config, metric);
  const average = task === "multiclass" && macroAverages.has(name) ? " (macro)" : "";
  return { name, label: unit === null ? `${label}${average}` : `Cost in ${unit}`, greaterIsBetter };
}

/** Metrics of one class that are averaged over the classes. */
const macroAverages = new Set(["precision", "recall", "f1", "roc_auc", "average_precision"]);

export function importanceLabel(family: string): string {
  return importanceUnit(family).label;
}

/** A model's importance by input column: the sums over the features of each, largest first. */
export function importanceByColumn({ importance, transforms }: Pick<Model, "importance" | "transforms">) {
  const names = importance.map(([feature]) => feature);
  return Array.from(featuresByColumn(names, transforms), ([column, places]) => {
    return [column, places.reduce((sum, place) => sum + importance[place]![1], 0)] as [string, number];
  }).toSorted((a, b) => b[1] - a[1]);
}
