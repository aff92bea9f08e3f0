/** Reads the rows to monitor from files, the newest dataset or the prediction log. */
import { statSync } from "node:fs";
import type { Dataset, Run } from "../../core/records/lineage.ts";
import { MlctlError, recover } from "../../core/errors.ts";
import type { MonitorSource } from "../../core/records/monitoring.ts";
import type { Prediction } from "../../core/metric.ts";
import type { Table } from "../../core/table/table.ts";
import { readTable } from "../../data/files/readTable.ts";
import type { RejectedInput } from "../../data/files/stageFiles.ts";
import { alsoMissingNotes, missingColumns } from "../../pipeline/rows/conformTable.ts";
import { openLogReader } from "../../storage/predictionLog/sqliteReader.ts";
import { toRecordPath, sha256File } from "../../storage/files/workspacePaths.ts";
import { atLine } from "../../core/text/format.ts";
import { foundFiles } from "../ingest/inputFiles.ts";
import { rejections } from "../ingest/planIngest.ts";
import type { LoadedModel } from "../loadModel.ts";
import { readingByCell } from "../settings.ts";
import type { Session } from "../session.ts";
import { readDataset } from "../datasets.ts";
import { newRows, rowsToJudge, type NewRows } from "../health/newRows.ts";
import type { CheckedFiles } from "./ingestNews.ts";
import { rowsOfLog } from "./logRows.ts";
import type { NeededOfLog } from "./monitorWindows.ts";
import type { NamedSources } from "../ingest/askedSource.ts";

export interface WatchedRows {
  readonly source: MonitorSource;
  /** Name in the record: the files, the dataset, or "predictions". */
  readonly name: string;
  readonly file: string | null;
  readonly table: Table;
  /** The logged predictions; undefined if the model has to predict the rows now. */
  readonly predictions?: Prediction | undefined;
  readonly timeColumn: string | null;
  /** Positions of the rows to judge, where the others are only their history; all rows if left out. */
  readonly rows?: Int32Array;
  readonly label?: string;
  /** Of the dataset: its path changes with each ingestion, its rows may not. */
  readonly sha256?: string;
  /** Files that the dataset lacks, with the reason. */
  readonly rejected?: readonly string[];
  /** 1 for each row that the model was trained on, which it predicts better than new ones; null if there is none. */
  readonly trained: Uint8Array | null;
}

export interface MonitorOptions {
  readonly files: readonly string[];
  readonly asking?: Pick<NamedSources, "query" | "stdin">;
  /** Default: the files; without files, the log if it has predictions; else the newest dataset. */
  readonly source?: "dataset" | "predictions" | undefined;
  /** Name of the file in the history, if it will be moved; only for a single file. */
  readonly calledAs?: string | undefined;
  readonly model?: string | undefined;
  /** Of the history, in milliseconds; `until` is not in it. */
  readonly since?: number | undefined;
  readonly until?: number | undefined;
  readonly backfill?: boolean;
  /** Columns to use instead of `monitor.segments`. */
  readonly segments?: readonly string[] | undefined;
  readonly dryRun?: boolean;
  /** Each file is added to it, also where none can be judged. */
  readonly checked?: CheckedFiles;
}

type WatchOptions = MonitorOptions & NeededOfLog & { readonly eachFile: boolean; readonly checked: CheckedFiles };

export async function watchedRows(
  session: Session,
  loaded: LoadedModel,
  options: WatchOptions,
): Promise<WatchedRows[]> {
  if (options.files.length > 0) return rowsOfFiles(session, loaded, options);
  const log = openLogReader(session.paths);
  const isLogged = async (): Promise<boolean> =>
    (await log.count({ runId: loaded.run?.runId, forecasts: false })).predictions > 0;
  if (options.source === "predictions" || (options.source === undefined && (await isLogged()))) {
    return [await rowsOfLog(session, log, loaded, options)];
  }
  const { store, config, context } = session;
  const dataset = store.latestDataset(config.input_folder_path) ?? store.datasets()[0];
  if (dataset === undefined) {
    throw new MlctlError("notReady", "there is nothing to monitor: no dataset and no logged predictions", {
      hint: "run `mlctl ingest`, or pass files: `mlctl monitor new.csv`",
    });
  }
  const say = (what: string): void =>
    context.emit({ type: "stage", stage: "monitor", message: `monitoring ${what}, ${dataset.artifact.path}` });
  for (const message of rejections(session.paths.workspace, dataset))
    context.emit({ type: "warning", stage: "monitor", message });
  if (options.backfill !== true && options.since === undefined) {
    const watched: WatchedRows[] = [];
    for await (const rows of rowsToJudge(session, loaded.run, dataset)) {
      if (rows.fresh.positions.length > 0) watched.push(newRowsOf(session, rows));
    }
    if (watched.length > 0) {
      say("the new rows of the newest dataset");
      return watched;
    }
  }
  say("the newest dataset");
  return [await wholeDataset(session, loaded, { dataset, table: await readDataset(session, dataset) })];
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
  { model, run }: LoadedModel,
  { files, eachFile, calledAs, checked }: WatchOptions,
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
    const rejected: RejectedInput[] = [];
    const needs = { needed: model.signature.inputs.map(({ name }) => name), none: OTHER_COLUMNS };
    const options = { ...readingByCell(session.config, model), lenient: true, nameOf, needs };
    const read = await readTable(paths, options, (file) => void rejected.push(file)).catch(
      recover((error) => {
        if (rejected.length === 0) throw error;
      }),
    );
    const table = read && hasInputs(read, model) ? read : undefined;
    if (read !== undefined && table === undefined)
      for (const { path } of read.files) rejected.push({ path: nameOf(path), ...OTHER_COLUMNS });
    const names = calledAs === undefined ? batch.map(({ path }) => path) : [calledAs];
    for (const name of names) checked.set(name, rejected.find(({ path }) => path === name) ?? null);
    if (table === undefined) continue;
    for (const message of [...table.textNotes, ...alsoMissingNotes(table, model.signature)])
      session.context.emit({ type: "warning", stage: "monitor", message });
    const good = names.filter((name) => rejected.every(({ path }) => path !== name));
    const file = good.length === 1 ? good[0]! : null;
    const timeColumn = session.config.time_column;
    const trained = await trainedRows(session, run, table);
    const reasons = rejected.map(({ path, line, reason }) => atLine(path, line, reason));
    watched.push({ source: "files", name: good.join(", "), file, table, timeColumn, trained, rejected: reasons });
  }
  return watched;
}

const OTHER_COLUMNS = {
  reason: "it has none of the columns that the model needs",
  hint: "provide the columns listed by `mlctl models show`",
};

function hasInputs({ columns }: Table, { signature }: LoadedModel["model"]): boolean {
  const { length } = signature.inputs;
  const names = columns.map(({ name }) => name);
  return length === 0 || missingColumns(signature, names).length < length;
}

/** Maximum number of files in the name of new rows. */
const NAMED_FILES = 3;

/** Datasets accumulate: among the rows of the training, a change of the new ones would be lost. */
export function newRowsOf(
  { config, paths }: Pick<Session, "config" | "paths">,
  { dataset, table, fresh }: { readonly dataset: Dataset; readonly table: Table; readonly fresh: NewRows },
): WatchedRows {
  const { positions, files, known } = fresh;
  const { path: name } = dataset.artifact;
  const from = files.length === 0 ? name : files.length > NAMED_FILES ? `${files.length} files` : files.join(", ");
  const label = `${known === undefined ? "rows" : "new rows"} of ${from}`;
  const { time_column: timeColumn } = config;
  const rejected = rejections(paths.workspace, dataset);
  const of = { source: "dataset", name, sha256: dataset.artifact.sha256, rejected } as const;
  return { ...of, label, file: null, table, timeColumn, rows: positions, trained: null };
}

async function wholeDataset(
  session: Session,
  { run }: LoadedModel,
  newest: { readonly dataset: Dataset; readonly table: Table },
): Promise<WatchedRows> {
  const { table, dataset } = newest;
  const { positions, known = 0 } = await newRows(session, run, newest);
  const trained = known === 0 ? null : new Uint8Array(table.rowCount).fill(1);
  for (const row of positions) trained?.fill(0, row, row + 1);
  const { path, sha256 } = dataset.artifact;
  const of = { source: "dataset", name: path, sha256, rejected: rejections(session.paths.workspace, dataset) } as const;
  return { ...of, file: path, table, timeColumn: session.config.time_column, trained };
}

/**
 * A file is known by its content. Rows of a new file that happen to be equal to training rows do not count.
 * @param table of files in the order of its rows, with absolute paths
 * @returns 1 for each row of the training data, validation rows included; null if there are none or it is unknown
 */
async function trainedRows(
  { store }: Session,
  run: Run | null,
  { rowCount, files }: Pick<Awaited<ReturnType<typeof readTable>>, "rowCount" | "files">,
): Promise<Uint8Array | null> {
  const training = (run && store.dataset(run.datasetId)?.files) ?? [];
  const sizes = new Set(training.map(({ bytes }) => bytes));
  const contents = new Set(training.map(({ sha256 }) => sha256));
  const known = await Promise.all(
    // Only a file of the same size can have the same content.
    files.map(async ({ path }) => sizes.has(statSync(path).size) && contents.has(await sha256File(path))),
  );
  const marks = new Uint8Array(rowCount);
  if (known.every(Boolean)) return marks.fill(1);
  const isInOrder = files.reduce((total, { rows }) => total + rows, 0) === rowCount;
  if (!isInOrder || !known.includes(true)) return null;
  let start = 0;
  files.forEach(({ rows }, i) => marks.fill(known[i]! ? 1 : 0, start, (start += rows)));
  return marks;
}
