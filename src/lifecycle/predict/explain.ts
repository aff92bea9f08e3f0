/** explain: SHAP values or permutation importance, over many rows and for single ones. */
import type { Readable } from "node:stream";
import { alsoMissingNotes } from "../../pipeline/rows/conformTable.ts";
import { MlctlError } from "../../core/errors.ts";
import { selectRows, selectValues, sliceRows, cellText, type Table, findColumn } from "../../core/table/table.ts";
import { historyGaps } from "../../features/compileTransforms.ts";
import { counted } from "../../core/text/format.ts";
import { continuedRows } from "../../pipeline/predict/forecaster.ts";
import { sampledRows } from "../../stats/samplePositions.ts";
import type { Model } from "../../core/records/model.ts";
import { byInputColumn, explain as explainTable, quickRows, type Explained } from "../../pipeline/predict/explain.ts";
import { unseenNote, unseenSeries, historyFromBatch, rowsInReach } from "../../pipeline/rows/rowsInReach.ts";
import { permutationImportance } from "../../pipeline/judge/partialDependence.ts";
import { conformAsked, rowPlaces, withStdinFile } from "./inputStream.ts";
import { explainedRows, type ExplainedRow } from "./explainedRows.ts";
import { costsOf, decidingMetric, withMissing } from "../settings.ts";
import { loadDeployed, loadModel, type LoadedModel } from "../loadModel.ts";
import type { Session } from "../session.ts";
import { readAskedRows, readTestData } from "../testData.ts";

/** Maximum number of rows that are explained one by one. */
const MOST_ROWS = 1000;

/** SHAP importance is over a sample of more rows: it hardly changes, and each row takes as long as many predictions. */
const IMPORTANCE_ROWS = 10_000;

const REPEATS = 5;

export type ExplainMethod = "shap" | "permutation";

export interface ExplainOptions {
  readonly model?: string | undefined;
  /** A file or folder whose rows are explained one by one, or "-" for `stdin`; else the test data, as a whole. */
  readonly rows?: string | undefined;
  readonly stdin?: Readable | undefined;
  readonly method?: ExplainMethod | undefined;
  readonly repeats?: number | undefined;
}

interface Importance {
  /** permutation: an input column. */
  readonly feature: string;
  /** shap: mean size of the contributions. permutation: how much worse the metric is when the column is shuffled. */
  readonly importance: number;
  readonly standardDeviation?: number;
}

export interface ExplainResult {
  readonly runId: string | null;
  readonly family: string;
  readonly method: ExplainMethod;
  readonly classes: readonly string[] | null;
  /** What the contributions add up to; permutation: the metric. */
  readonly unit: string;
  /** Largest first. */
  readonly importance: readonly Importance[];
  /** The same by input column, for features that are made of columns; permutation: empty, as features are columns. */
  readonly columns: readonly { readonly column: string; readonly importance: number }[];
  /** shap: the mean prediction, before any feature is added; several for several classes, in the order of `classes`. */
  readonly baseValue: number | readonly number[] | null;
  /** permutation: the metric of the rows as they are. */
  readonly value: number | null;
  readonly repeats: number | null;
  readonly rowCount: number;
  /** shap: the number of rows that importance is the mean of, if they are fewer. */
  readonly sampledRows: number | null;
  /** Empty without `rows` in the options. Contributions, largest first. */
  readonly rows: readonly ExplainedRow[];
}

type Found = Pick<ExplainResult, "unit" | "importance"> & Partial<ExplainResult>;

const nothing = { columns: [], baseValue: null, value: null, repeats: null, rowCount: 0, sampledRows: null, rows: [] };

/** @throws {MlctlError} kind "usage" for a family without SHAP values, "data" for rows that do not fit */
export async function explain(session: Session, options: ExplainOptions = {}): Promise<ExplainResult> {
  const method = options.method ?? "shap";
  if (options.repeats !== undefined && method !== "permutation") {
    throw new MlctlError("usage", `--repeats is for --method permutation, not ${method}`, {
      hint: "mlctl explain --method permutation --repeats 20",
    });
  }
  if (options.model !== undefined) requireModel(options.model);
  const { rows, stdin } = options;
  if (rows === "-" && stdin)
    return withStdinFile(session, stdin, (path) => explain(session, { ...options, rows: path }));
  const deployed = options.model === undefined ? await loadDeployed(session) : undefined;
  const loaded = deployed ?? (await loadModel(session, options.model ?? "latest"));
  const { estimator, signature } = loaded.model;
  const common = { runId: loaded.run?.runId ?? null, family: estimator.family, method };
  const { classes = null } = signature.target;
  return { ...common, classes, ...nothing, ...(await explainBy(method, session, loaded, options)) };
}

async function explainBy(
  method: ExplainMethod,
  session: Session,
  loaded: LoadedModel,
  options: ExplainOptions,
): Promise<Found> {
  const model = withMissing(loaded.model, session.config);
  const data =
    options.rows === undefined
      ? await readTestData(session, [model])
      : await readAskedRows(session, model, options.rows);
  const { table } = data;
  if (table.rowCount === 0) throw new MlctlError("data", "there is no row to explain");
  const placesOf = () => rowPlaces(session, data, model.signature);
  const inputs = await conformAsked(data, model.signature, placesOf);
  for (const message of [...unseenNote(unseenSeries(model, inputs)), ...alsoMissingNotes(table, model.signature)])
    session.context.emit({ type: "warning", stage: "explain", message });
  return method === "shap"
    ? shap(session, loaded, { table, inputs, isAsked: options.rows !== undefined })
    : permuted(session, loaded, table, options);
}

/** Users of `mlctl predict FILE` may give rows where the model is expected. */
function requireModel(reference: string): void {
  if (reference === "-") {
    throw new MlctlError("usage", "- is not a model", { hint: "`mlctl explain --rows -` reads rows from stdin" });
  }
  if (!/\.(csv|tsv|txt|jsonl|ndjson|parquet)(\.gz)?$/i.test(reference)) return;
  throw new MlctlError("usage", `${reference} is a file of rows, not a model`, {
    hint: `\`mlctl explain --rows ${/^[\w./-]+$/.test(reference) ? reference : JSON.stringify(reference)}\``,
  });
}

function shap(
  { config, context }: Session,
  { model }: LoadedModel,
  { table, inputs, isAsked }: { readonly table: Table; readonly inputs: Table; readonly isAsked: boolean },
): Found {
  const { withHistory, continued } = isAsked
    ? asPredicted(model, inputs)
    : { withHistory: labelled(model, inputs, table), continued: 0 };
  const warn = (message: string): void => context.emit({ type: "warning", stage: "explain", message });
  if (continued > 0)
    warn(
      `${counted(continued, "row")} after the end of the history, so each looks back on the predictions before it, as with \`mlctl predict\``,
    );
  const reached = rowsInReach(withHistory, inputs);
  const missed = inputs.rowCount - reached.length;
  if (missed > 0)
    warn(
      `${counted(missed, "row")} not explained: the history of the model does not reach ${missed === 1 ? "it" : "them"}`,
    );
  const places = sampledRows(reached.length, quickRows(model, IMPORTANCE_ROWS)).map((place) => reached[place]!);
  const isSample = places.length < inputs.rowCount;
  const explained = explainTable(withHistory, isSample ? selectRows(inputs, places) : inputs);
  if (places.length < reached.length)
    warn(`importance is the mean over a sample of ${places.length} of the ${inputs.rowCount} rows`);
  const { task } = model.signature.target;
  // Contributions of the features of one column may cancel out, so they are added up before their size is taken.
  const columns = byInputColumn(explained);
  const first = (): Explained => byInputColumn(explainTable(withHistory, sliceRows(inputs, 0, MOST_ROWS)));
  return {
    unit: explained.unit ?? { regression: "target", binary: "log_odds", multiclass: "margin" }[task],
    importance: importanceOf(explained, places.length),
    columns: importanceOf(columns, places.length).map(({ feature: column, importance }) => ({ column, importance })),
    baseValue: explained.outputCount === 1 ? explained.baseValues[0]! : explained.baseValues,
    rowCount: inputs.rowCount,
    sampledRows: isSample ? places.length : null,
    rows: isAsked
      ? explainedRows(withHistory, isSample ? first() : columns, {
          inputs: sliceRows(inputs, 0, MOST_ROWS),
          table,
          ids: config.id_columns,
        })
      : [],
  };
}

function permuted(
  { config, context }: Session,
  { model, run }: LoadedModel,
  table: Table,
  options: ExplainOptions,
): Found {
  const metric = run?.metric ?? decidingMetric(config, model.signature.target.task);
  const repeats = options.repeats ?? REPEATS;
  if (repeats < 1) throw new MlctlError("usage", `--repeats is ${repeats}`, { hint: "shuffle at least once" });
  const { value, rowCount, columns } = permutationImportance(model, table, {
    metric,
    repeats,
    seed: config.train.seed,
    costs: costsOf(config),
    signal: context.signal,
    onProgress: (share) =>
      context.emit({ type: "progress", stage: "explain", done: 100 * share, total: 100, unit: "%" }),
  });
  const importance = columns.map(({ column, mean, standardDeviation }) => ({
    feature: column,
    importance: mean,
    standardDeviation,
  }));
  return { unit: metric, importance, value, repeats, rowCount };
}

/** The model with the labelled rows in its history, as `score` judges it. */
function labelled(model: Model, inputs: Table, table: Table): Model {
  const { name, task } = model.signature.target;
  const labels = findColumn(table, name);
  const all = [...Array(table.rowCount).keys()];
  const rows = labels === undefined ? [] : all.filter((row) => cellText(labels, row) !== null);
  if (rows.length === 0) return model;
  const y =
    labels?.kind === "number" && task === "regression" ? labels.values : new Float64Array(table.rowCount).fill(NaN);
  return historyFromBatch(model, {
    inputs: selectRows(inputs, rows),
    table: selectRows(table, rows),
    y: selectValues(y, Int32Array.from(rows)),
  });
}

/** As `predict`, which reads no labels: the model that looks back on its own predictions of rows after its history. */
function asPredicted(model: Model, inputs: Table): { withHistory: Model; continued: number } {
  const isLacking = historyGaps(model.transforms)?.(inputs).some((gap) => gap !== null && gap.unseen === undefined);
  const followed = isLacking ? continuedRows(model)?.().follow(inputs) : undefined;
  if (followed === undefined) return { withHistory: model, continued: 0 };
  return {
    withHistory: followed.model(),
    continued: followed.predicted.filter((value) => !Number.isNaN(value)).length,
  };
}

function importanceOf({ featureNames, outputCount, values }: Explained, rowCount: number): Importance[] {
  const width = featureNames.length;
  const sums = new Float64Array(width);
  values.forEach((value, i) => (sums[i % width]! += Math.abs(value)));
  return Array.from(sums, (sum, i) => ({
    feature: featureNames[i]!,
    importance: sum / (rowCount * outputCount),
  })).toSorted((a, b) => b.importance - a.importance || (a.feature < b.feature ? -1 : 1));
}
