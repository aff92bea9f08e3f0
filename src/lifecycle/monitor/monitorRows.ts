/** Reads the rows to monitor from files, the newest dataset or the prediction log. */
import type { Dataset } from "../../core/records/dataset.ts";
import { categoryColumn } from "../../core/table/categoryColumn.ts";
import { MlctlError } from "../../core/errors.ts";
import type { Model } from "../../core/records/model.ts";
import type { MonitorSource } from "../../core/records/monitoring.ts";
import type { Prediction } from "../../core/prediction.ts";
import type { Column, Table } from "../../core/table/table.ts";
import { readTable } from "../../data/files/readTable.ts";
import { applyThreshold } from "../../pipeline/predict/applyThreshold.ts";
import { cellParserOf } from "../../pipeline/rows/cellParserOf.ts";
import type { JoinedPrediction, LogReader } from "../../storage/predictionLog/logReader.ts";
import { openLogReader } from "../../storage/predictionLog/openLogReader.ts";
import { toRecordPath } from "../../storage/files/workspacePaths.ts";
import { foundFiles } from "../ingest/inputFiles.ts";
import type { LoadedModel } from "../loadModel.ts";
import { readingOptions } from "../settings.ts";
import type { Session } from "../session.ts";
import { readDataset } from "../datasets.ts";

/** Rows that are cut into windows. */
export interface WatchedRows {
  readonly source: MonitorSource;
  /** Name in the record: the files, the dataset, or "predictions". */
  readonly name: string;
  readonly file: string | null;
  readonly table: Table;
  /** The logged predictions; undefined if the model has to predict the rows now. */
  readonly predictions?: Prediction | undefined;
  /** `time_column`, or the time column of the log. */
  readonly timeColumn: string | null;
  /** The dataset, if the rows are those of one. */
  readonly dataset?: Dataset;
  /** The files that were read, in the order of their rows, with absolute paths. */
  readonly files?: readonly { readonly path: string; readonly rows: number }[];
}

export interface WatchOptions {
  readonly files: readonly string[];
  /** Default: the files; without files, the log if it has predictions; else the newest dataset. */
  readonly source?: "dataset" | "predictions" | undefined;
  /** Judge each file separately. */
  readonly eachFile: boolean;
  /** Name of a single file in the history, if it will be moved. */
  readonly calledAs?: string | undefined;
  readonly since?: number | undefined;
  readonly until?: number | undefined;
}

/** Name of the log's time column. It starts with a space so that it cannot clash with a column of the data. */
const LOGGED_AT = " answered at";

/** Maximum number of logged predictions to read, newest first. A million takes about 2 GB. */
const MAX_LOGGED = 500_000;

/** @throws {MlctlError} kind "notReady" if there are no rows to monitor */
export async function watchedRows(
  session: Session,
  loaded: LoadedModel,
  options: WatchOptions,
): Promise<WatchedRows[]> {
  if (options.files.length > 0) return rowsOfFiles(session, loaded.model, options);
  const log = openLogReader(session.paths);
  const isLogged = async (): Promise<boolean> =>
    (await log.count({ runId: loaded.run?.runId, forecasts: false })).predictions > 0;
  if (options.source === "predictions" || (options.source === undefined && (await isLogged()))) {
    return [await rowsOfLog(log, loaded, options)];
  }
  return [await rowsOfDataset(session)];
}

/** Expected columns that are not inputs of the model: ids, the target, dropped columns and those it was trained with. */
export function knownColumns({ config, store }: Session, { run }: LoadedModel, timeColumn: string | null): string[] {
  const { target, id_columns, drop_columns } = config;
  const training = run === null ? undefined : store.dataset(run.datasetId);
  const trained = training?.columns.map(({ name }) => name) ?? [];
  return [target, ...id_columns, ...drop_columns, ...trained, timeColumn ?? target];
}

async function rowsOfFiles(
  session: Session,
  model: Model,
  { files, eachFile, calledAs }: WatchOptions,
): Promise<WatchedRows[]> {
  const found = await foundFiles(session, files);
  for (const message of found.skipped) session.context.emit({ type: "warning", stage: "monitor", message });
  if (found.files.length === 0) {
    throw new MlctlError("notReady", `${files.join(", ")} has no input files`, {
      hint: `files must match ${session.config.ingest.pattern}`,
    });
  }
  const batches = eachFile ? found.files.map((file) => [file]) : [found.files];
  const watched: WatchedRows[] = [];
  for (const batch of batches) {
    const paths = batch.map(({ absolute }) => absolute);
    const nameOf = (file: string): string => calledAs ?? toRecordPath(session.paths.workspace, file);
    const table = await readTable(paths, { ...readingOptions(session.config, model), lenient: true, nameOf });
    for (const message of table.csvNotes) session.context.emit({ type: "warning", stage: "monitor", message });
    const names = calledAs === undefined ? batch.map(({ path }) => path) : [calledAs];
    const file = names.length === 1 ? names[0]! : null;
    const timeColumn = session.config.time_column;
    watched.push({ source: "files", name: names.join(", "), file, table, timeColumn, files: table.files });
  }
  return watched;
}

async function rowsOfDataset(session: Session): Promise<WatchedRows> {
  const { store, config, context } = session;
  const dataset = store.latestDataset(config.input_folder_path) ?? store.datasets()[0];
  if (dataset === undefined) {
    throw new MlctlError("notReady", "there is nothing to monitor: no dataset and no logged predictions", {
      hint: "run `mlctl ingest`, or pass files: `mlctl monitor new.csv`",
    });
  }
  const message = `monitoring the newest dataset, ${dataset.artifact.path}`;
  context.emit({ type: "stage", stage: "monitor", message });
  const table = await readDataset(session, dataset);
  const { path } = dataset.artifact;
  return { source: "dataset", name: path, file: path, table, timeColumn: config.time_column, dataset };
}

async function rowsOfLog(
  log: LogReader,
  { model, run }: LoadedModel,
  { since, until }: WatchOptions,
): Promise<WatchedRows> {
  const logged = await log.rows({ since, until, runId: run?.runId, forecasts: false, limit: MAX_LOGGED });
  if (logged.length === 0) {
    const which = run === null ? "" : ` of run ${run.runId}`;
    throw new MlctlError("notReady", `no predictions${which} have been logged`, {
      hint: "`mlctl serve` logs its predictions; or pass files: `mlctl monitor new.csv`",
    });
  }
  const predictions = loggedPredictions(logged, model);
  const table = tableOfLog(logged, model);
  return { source: "predictions", name: "predictions", file: null, table, timeColumn: LOGGED_AT, predictions };
}

/** Logged inputs as a table. Columns with any non-number become categories; labels get the name of the target. */
function tableOfLog(logged: readonly JoinedPrediction[], { signature }: Model): Table {
  const names = new Set(logged.flatMap(({ inputs }) => Object.keys(inputs)));
  names.delete(signature.target.name);
  const missing = new Set<unknown>([...signature.reading.nullValues, undefined]);
  const numbers = new Set(signature.inputs.flatMap(({ name, kind }) => (kind === "number" ? [name] : [])));
  const columns = [...names].map((name) => {
    const values = logged.map(({ inputs }) => (Object.hasOwn(inputs, name) ? inputs[name]! : null));
    const present = values.map((value) => (missing.has(value) ? null : value));
    return columnOf(name, numbers.has(name) ? present.map(numberReader(signature, name)) : present);
  });
  const labels = logged.map(({ label }) => label);
  const at: Column = { kind: "date", name: LOGGED_AT, values: Float64Array.from(logged, (each) => each.at) };
  return { rowCount: logged.length, columns: [...columns, columnOf(signature.target.name, labels), at] };
}

type Logged = string | number | boolean | null;

/** Reads text as the model does: some callers send "1.234,5", others 1234.5. What is no number stays text. */
function numberReader(signature: Model["signature"], name: string): (value: Logged) => Logged {
  const parse = cellParserOf(signature, name, "number");
  return (value) => {
    const number = typeof value === "string" ? parse(value) : undefined;
    return number === undefined ? value : Number.isNaN(number) ? null : number;
  };
}

function columnOf(name: string, values: readonly Logged[]): Column {
  if (values.every((value) => value === null || typeof value === "number")) {
    return { kind: "number", name, values: Float64Array.from(values, (value) => value ?? NaN) };
  }
  const texts = values.map((value) => (value === null ? null : String(value)));
  return categoryColumn(name, texts);
}

/** Undefined for multiclass: the log has only the probability of the predicted class, so the model predicts again. */
function loggedPredictions(logged: readonly JoinedPrediction[], model: Model): Prediction | undefined {
  const { signature } = model;
  const { task, classes = [] } = signature.target;
  if (task === "multiclass") return undefined;
  if (task === "regression")
    return { yPred: Float64Array.from(logged, ({ prediction }) => Number(prediction)), probabilities: null };
  const probabilities = Float64Array.from(logged, ({ probability }) => probability ?? NaN);
  // The model is judged by its own threshold, whichever a caller of serve asked for.
  const { yPred } = applyThreshold(probabilities, { task, classCount: 2, threshold: model.threshold });
  return {
    yPred: yPred.map((code, row) => (classes.includes(String(logged[row]!.prediction)) ? code : NaN)),
    probabilities,
  };
}
