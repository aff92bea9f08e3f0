/** The rows that monitor looks at: of files, of the newest dataset, or of the prediction log. */
import { existsSync } from "node:fs";
import { categoryColumn } from "../../core/table/categoryColumn.ts";
import { MlctlError } from "../../core/errors.ts";
import type { Model } from "../../core/records/model.ts";
import type { MonitorSource } from "../../core/records/monitoring.ts";
import type { Prediction } from "../../core/prediction.ts";
import type { Column, Table } from "../../core/table/table.ts";
import { readTable } from "../../data/files/readTable.ts";
import { predictionLogPath } from "../../storage/predictionLog/predictionLogPath.ts";
import {
  countPredictions,
  readPredictions,
  type JoinedPrediction,
} from "../../storage/predictionLog/readPredictions.ts";
import { toRecordPath } from "../../storage/files/workspacePaths.ts";
import { foundFiles } from "../ingest/inputFiles.ts";
import type { LoadedModel } from "../loadModel.ts";
import { readingOptions } from "../settings.ts";
import type { Session } from "../session.ts";
import { readDataset } from "../datasets.ts";

/** Rows that are judged together or cut into windows. */
export interface WatchedRows {
  readonly source: MonitorSource;
  /** What the rows are called in the record: files, or the dataset. */
  readonly name: string;
  readonly file: string | null;
  readonly table: Table;
  /** What was answered then; undefined where the model is asked now. */
  readonly answers?: Prediction;
  /** The log's own time; else that of `time_column`. */
  readonly timeColumn: string | null;
}

export interface WatchOptions {
  readonly files: readonly string[];
  /** Left out: the files, else the log where it holds anything, else the newest dataset. */
  readonly source?: "dataset" | "predictions" | undefined;
  /** Each file by itself. */
  readonly eachFile: boolean;
  /** How the one file is called in the history, where it does not stay where it lies. */
  readonly calledAs?: string | undefined;
  readonly since?: number | undefined;
  readonly until?: number | undefined;
}

/** The name of the log's time in its table: no column of data begins with a space. */
const LOGGED_AT = " answered at";

/** So many logged answers are looked at, the newest; a million takes some 2 GB. */
const MOST_LOGGED = 500_000;

/** @throws {MlctlError} kind "notReady" where there is nothing to look at */
export async function watchedRows(
  session: Session,
  loaded: LoadedModel,
  options: WatchOptions,
): Promise<WatchedRows[]> {
  if (options.files.length > 0) return rowsOfFiles(session, options);
  const path = predictionLogPath(session.paths.database);
  const isLogged = existsSync(path) && countPredictions(path, { runId: loaded.run?.runId }).predictions > 0;
  if (options.source === "predictions" || (options.source === undefined && isLogged)) {
    return [rowsOfLog(path, loaded, options)];
  }
  return [await rowsOfDataset(session)];
}

async function rowsOfFiles(session: Session, { files, eachFile, calledAs }: WatchOptions): Promise<WatchedRows[]> {
  const found = await foundFiles(session, files);
  for (const message of found.leftOut) session.context.emit({ type: "warning", stage: "monitor", message });
  if (found.files.length === 0) {
    throw new MlctlError("notReady", `${files.join(", ")} holds no file to look at`, {
      hint: `files must fit ${session.config.ingest.pattern}`,
    });
  }
  const batches = eachFile ? found.files.map((file) => [file]) : [found.files];
  const watched: WatchedRows[] = [];
  for (const batch of batches) {
    const table = await readTable(
      batch.map(({ absolute }) => absolute),
      {
        ...readingOptions(session.config),
        lenient: true,
        nameOf: (file) => calledAs ?? toRecordPath(session.paths.workspace, file),
      },
    );
    const names = calledAs === undefined ? batch.map(({ path }) => path) : [calledAs];
    const timeColumn = session.config.time_column;
    watched.push({
      source: "files",
      name: names.join(", "),
      file: names.length === 1 ? names[0]! : null,
      table,
      timeColumn,
    });
  }
  return watched;
}

async function rowsOfDataset(session: Session): Promise<WatchedRows> {
  const { store, config, context } = session;
  const dataset = store.latestDataset(config.input_folder_path) ?? store.datasets()[0];
  if (dataset === undefined) {
    throw new MlctlError("notReady", "there is nothing to look at: no dataset, and no logged prediction", {
      hint: "run `mlctl ingest`, or name files: mlctl monitor new.csv",
    });
  }
  const message = `looking at the newest dataset, ${dataset.artifact.path}`;
  context.emit({ type: "stage", stage: "monitor", message });
  const table = await readDataset(session, dataset);
  return {
    source: "dataset",
    name: dataset.artifact.path,
    file: dataset.artifact.path,
    table,
    timeColumn: config.time_column,
  };
}

function rowsOfLog(path: string, { model, run }: LoadedModel, { since, until }: WatchOptions): WatchedRows {
  const filter = { since, until, runId: run?.runId, limit: MOST_LOGGED, newestFirst: true };
  const logged = [...readPredictions(path, filter)].toReversed();
  if (logged.length === 0) {
    const which = run === null ? "" : ` of run ${run.runId}`;
    throw new MlctlError("notReady", `no prediction${which} is logged`, {
      hint: "`mlctl serve` logs what it answers; or name files: mlctl monitor new.csv",
    });
  }
  const answers = loggedAnswers(logged, model);
  const table = tableOfLog(logged, model);
  return {
    source: "predictions",
    name: "predictions",
    file: null,
    table,
    timeColumn: LOGGED_AT,
    ...(answers === undefined ? {} : { answers }),
  };
}

/** Inputs as they came, read as texts where they are not all numbers; the truth under the target's name. */
function tableOfLog(logged: readonly JoinedPrediction[], { signature }: Model): Table {
  const names = new Set(logged.flatMap(({ inputs }) => Object.keys(inputs)));
  names.delete(signature.target.name);
  const nothing = new Set<unknown>([...signature.reading.nullValues, undefined]);
  const columns = [...names].map((name) => {
    const values = logged.map(({ inputs }) => (Object.hasOwn(inputs, name) ? inputs[name] : null));
    return columnOf(
      name,
      values.map((value) => (nothing.has(value) ? null : value!)),
    );
  });
  const labels = columnOf(
    signature.target.name,
    logged.map(({ label }) => label),
  );
  const at: Column = { kind: "date", name: LOGGED_AT, values: Float64Array.from(logged, (each) => each.at) };
  return { rowCount: logged.length, columns: [...columns, labels, at] };
}

function columnOf(name: string, values: readonly (string | number | boolean | null)[]): Column {
  if (values.every((value) => value === null || typeof value === "number")) {
    return { kind: "number", name, values: Float64Array.from(values, (value) => value ?? NaN) };
  }
  return categoryColumn(
    name,
    values.map((value) => (value === null ? null : String(value))),
  );
}

/** Undefined for several classes: only the probability of the answer was kept, so the model is asked again. */
function loggedAnswers(logged: readonly JoinedPrediction[], { signature }: Model): Prediction | undefined {
  const { task, classes = [] } = signature.target;
  if (task === "multiclass") return undefined;
  if (task === "regression")
    return { yPred: Float64Array.from(logged, ({ prediction }) => Number(prediction)), probabilities: null };
  const yPred = Float64Array.from(logged, ({ prediction }) => {
    const code = classes.indexOf(String(prediction));
    return code < 0 ? NaN : code;
  });
  return { yPred, probabilities: Float64Array.from(logged, ({ probability }) => probability ?? NaN) };
}
