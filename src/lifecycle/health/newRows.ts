/** Finds the rows of the newest dataset that a model does not know from its training. */
import type { Dataset, Run } from "../../core/records/lineage.ts";
import { type Table, selectRows } from "../../core/table/table.ts";
import { rowsWithout } from "../../pipeline/leakage/splitDuplicates.ts";
import { readableDataset, readDataset } from "../datasets.ts";
import type { Session } from "../session.ts";
import type { DriftReport } from "../../core/records/monitoring.ts";
import type { Model } from "../../core/records/model.ts";
import { predictionsAndLabels, prepareRows, selectPrepared } from "../../monitoring/prepareRows.ts";
import { driftReport } from "../../monitoring/driftReport.ts";
import { driftOptions } from "../settings.ts";
import { didYouMean } from "../../core/text/suggest.ts";

export interface NewRows {
  /** Ascending positions in the table. */
  readonly positions: Int32Array;
  /** Number of the other rows; undefined if the training data no longer exists, so that any row may be old. */
  readonly known: number | undefined;
  /** Paths of the files that the training data did not have. */
  readonly files: readonly string[];
  /** Number of rows that the model does not know either, but that the dataset before this one had. */
  readonly earlier?: number;
}

type Trained = Pick<Run, "datasetId" | "datasetSha256"> | null;

interface Newest {
  readonly dataset: Dataset;
  readonly table: Table;
}

/**
 * A dataset that repeats less than this share of the training rows replaces them; rows that are equal are then new
 * rows that happen to be equal, and leaving them out would make the others look unusual.
 */
const REPEATED = 0.9;

/** Datasets accumulate: the newest one repeats rows of the training data, among which a change of the new rows is lost. */
export async function newRows(session: Session, run: Trained, { dataset, table }: Newest): Promise<NewRows> {
  if (run?.datasetSha256 === dataset.artifact.sha256)
    return { positions: new Int32Array(0), known: table.rowCount, files: [] };
  const all = Int32Array.from({ length: table.rowCount }, (_, row) => row);
  const training = run === null ? undefined : session.store.dataset(run.datasetId);
  const trained = await readableDataset(session, training);
  if (training === undefined || trained === undefined) return { positions: all, known: undefined, files: [] };
  const contents = new Set(training.files.map(({ sha256 }) => sha256));
  const fresh = dataset.files.filter(({ sha256 }) => !contents.has(sha256));
  const files = fresh.map(({ path }) => path);
  const shared = new Set(dataset.files.flatMap(({ sha256 }) => (contents.has(sha256) ? [sha256] : [])));
  const [own, others] = [rowsOfOtherFiles(dataset, shared), rowsOfOtherFiles(training, shared)];
  // Rows of the same file are the same rows, even if other settings read them as other values.
  const positions =
    own === undefined || others === undefined
      ? rowsWithout(table, trained)
      : rowsWithout(selectRows(table, own), selectRows(trained, others)).map((row) => own[row]!);
  const known = table.rowCount - positions.length;
  const isGrown = fresh.length < dataset.files.length || known >= REPEATED * trained.rowCount;
  return isGrown ? { positions, known, files } : { positions: all, known: 0, files };
}

/** Ascending positions of the rows that are from no file with one of these contents; undefined if rows were left out. */
function rowsOfOtherFiles({ files, rows }: Dataset, contents: ReadonlySet<string>): number[] | undefined {
  if (files.reduce((total, file) => total + file.rows, 0) !== rows) return undefined;
  let start = 0;
  return files.flatMap((file) => {
    const first = start;
    start += file.rows;
    return contents.has(file.sha256) ? [] : Array.from({ length: file.rows }, (_, row) => first + row);
  });
}

/**
 * Of the rows that the model does not know, those of the newest ingestion: a change of the last month would be lost among
 * the months before, if the model is older. All of them if the newest ingestion brought none.
 */
export async function newestRows(session: Session, run: Trained, newest: Newest): Promise<NewRows> {
  const unknown = await newRows(session, run, newest);
  const { inputFolder, artifact, createdAt } = newest.dataset;
  const others = session.store.datasets().filter((each) => each.inputFolder === inputFolder);
  const before = others.find((each) => each.createdAt < createdAt && each.artifact.sha256 !== artifact.sha256);
  if (before === undefined || before.datasetId === run?.datasetId || unknown.known === undefined) return unknown;
  const known = { datasetId: before.datasetId, datasetSha256: before.artifact.sha256 };
  const { positions, files } = await newRows(session, known, newest);
  const isUnknown = new Set(unknown.positions);
  const latest = positions.filter((row) => isUnknown.has(row));
  if (latest.length === 0) return unknown;
  return { positions: latest, known: unknown.known, files, earlier: unknown.positions.length - latest.length };
}

export interface RowsToJudge extends Newest {
  readonly fresh: NewRows;
}

/**
 * The new rows to judge, of one dataset after the other: of those since the training that no record is about, because a
 * run died after its ingestion, and of the newest, also if it has none. A dataset that is no longer readable is left out.
 */
export async function* rowsToJudge(session: Session, run: Trained, newest: Dataset): AsyncGenerator<RowsToJudge> {
  const { store } = session;
  const training = run === null ? undefined : store.dataset(run.datasetId);
  const records = store.monitorings({ source: "dataset" });
  const judged = new Set([newest.artifact.sha256, ...records.map(({ datasetSha256 }) => datasetSha256)]);
  const { createdAt: since } = training ?? newest;
  const isMissed = ({ inputFolder, createdAt, artifact }: Dataset): boolean =>
    inputFolder === newest.inputFolder &&
    createdAt > since &&
    createdAt < newest.createdAt &&
    !judged.has(artifact.sha256);
  for (const dataset of store.datasets().filter(isMissed).toReversed()) {
    const table = await readableDataset(session, dataset);
    const fresh = table && (await newestRows(session, run, { dataset, table }));
    if (fresh?.known !== undefined && fresh.positions.length > 0) yield { dataset, table: table!, fresh };
  }
  const table = await readDataset(session, newest);
  yield { dataset: newest, table, fresh: await newestRows(session, run, { dataset: newest, table }) };
}

/** Computes the drift of new rows by the rules of config.json. Shared by diagnose and report. */
export function batchDrift(
  session: Pick<Session, "config" | "context">,
  { model, table, fresh }: { readonly model: Model; readonly table: Table; readonly fresh: NewRows },
): DriftReport {
  warnOfUnknownColumns(session, model);
  const { positions } = fresh;
  const { round } = session.config.serve;
  const all = prepareRows(model, table, { timeColumn: null, round, known: [], asked: positions });
  const rows = positions.length === table.rowCount ? all : selectPrepared(all, positions);
  const options = { ...driftOptions(session.config), ...predictionsAndLabels(rows, model.signature.target) };
  return { ...driftReport(model.reference, rows.inputs, options), ...countsOf(fresh) };
}

export function countsOf({ known, earlier = 0 }: NewRows): Pick<DriftReport, "knownRows" | "earlierRows"> {
  if (known === undefined) return {};
  return { knownRows: known, ...(earlier === 0 ? {} : { earlierRows: earlier }) };
}

/** Warns about configured columns that the model does not have. Not an error, because the model may be older than the column. */
export function warnOfUnknownColumns({ config, context }: Pick<Session, "config" | "context">, model: Model): void {
  const known = [...Object.keys(model.reference.columns), model.signature.target.name, "prediction"];
  for (const name of Object.keys(config.monitor.drift.columns)) {
    if (known.includes(name)) continue;
    const message = `config.json: monitor.drift.columns has "${name}", but the model was not trained on that column`;
    const hint = didYouMean(name, known, 'use an input of the model, its target, or "prediction"');
    context.emit({ type: "warning", stage: "drift", message, hint });
  }
}
