/** Monitors the rows of the newest dataset that the deployed model was not trained on; a step of fullprocess. */
import type { Dataset } from "../../core/records/dataset.ts";
import { MlctlError } from "../../core/errors.ts";
import type { MonitorRecord } from "../../core/records/monitoring.ts";
import type { Table } from "../../core/table/table.ts";
import { comparedRows } from "../../core/text/recordText.ts";
import { prepareRows } from "../../monitoring/prepareRows.ts";
import { readDataset } from "../datasets.ts";
import { newestRows, newRows, type NewRows } from "../health/newRows.ts";
import { batchDrift, countsOf, warnOfUnknownColumns } from "../health/batchDrift.ts";
import { loadDeployed, type LoadedModel } from "../loadModel.ts";
import type { Session } from "../session.ts";
import { keepRecord, monitorRecord } from "./monitorRecord.ts";
import { monitorReference } from "./monitorReference.ts";
import { knownColumns } from "./monitorRows.ts";
import { monitorSettings } from "./monitorSettings.ts";
import { spanOf } from "./monitorWindows.ts";

export interface MonitoredNewRows {
  /** Null if there are no new rows, or they could not be judged. */
  readonly record: MonitorRecord | null;
  /** The drift in one sentence, or why there is none. */
  readonly summary: string;
  /** The error of the settings that prevented a verdict. */
  readonly problem: string | null;
}

/** Maximum number of files in the name of the window. */
const NAMED_FILES = 3;

/**
 * Keeps a record as `mlctl monitor` does: all new rows are one window. An error of the settings of monitoring is a
 * warning, so that a training does not depend on them.
 */
export async function monitorNewRows(session: Session, dataset: Dataset): Promise<MonitoredNewRows> {
  const loaded = (await loadDeployed(session))!;
  const table = await readDataset(session, dataset);
  const fresh = await newestRows(session, loaded.run, { dataset, table });
  const counts = { currentRows: fresh.positions.length, ...countsOf(fresh) };
  if (counts.currentRows === 0) return { record: null, summary: comparedRows(counts), problem: null };
  try {
    const record = await judged(session, loaded, { dataset, table, fresh });
    await keepRecord(session, record);
    const summary = `${driftSentence(record)}; ${comparedRows(counts)}${await withEarlier(session, loaded, { dataset, table, fresh })}`;
    return { record, summary, problem: null };
  } catch (error) {
    if (!(error instanceof MlctlError)) throw error;
    const { message, hint } = error;
    const what = `the new rows were not judged: ${message}`;
    session.context.emit({ type: "warning", stage: "drift", message: what, hint });
    return { record: null, summary: `not judged: ${message}`, problem: message };
  }
}

interface Newest {
  readonly dataset: Dataset;
  readonly table: Table;
  readonly fresh: NewRows;
}

/** The drift of all rows since the training, if some of them came earlier; else empty. */
async function withEarlier(session: Session, loaded: LoadedModel, { dataset, table, fresh }: Newest): Promise<string> {
  if ((fresh.earlier ?? 0) === 0) return "";
  const unknown = await newRows(session, loaded.run, { dataset, table });
  const { tested, drifted } = batchDrift(session, { model: loaded.model, table, fresh: unknown }).dataset;
  return `; ${drifted} of ${tested} on all ${unknown.positions.length} rows since the training`;
}

async function judged(
  session: Session,
  loaded: LoadedModel,
  { dataset, table, fresh }: Newest,
): Promise<MonitorRecord> {
  const { config } = session;
  const { time_column: timeColumn, serve } = config;
  warnOfUnknownColumns(session, loaded.model);
  const reference = await monitorReference(session, loaded);
  const { positions: rows } = fresh;
  const known = knownColumns(session, loaded, timeColumn);
  const prepared = prepareRows(loaded.model, table, { timeColumn, round: serve.round, known, asked: rows });
  const name = dataset.artifact.path;
  return monitorRecord(
    session,
    {
      watched: { source: "dataset", name, file: null, table, timeColumn },
      prepared,
      trained: null,
      window: { label: labelOf(fresh, name), ...spanOf(prepared.time, rows), rows },
      request: { window: null, step: null, backfill: false },
    },
    { loaded, reference, settings: monitorSettings(config, loaded) },
  );
}

function labelOf({ files, known }: NewRows, dataset: string): string {
  const which = known === undefined ? "rows" : "new rows";
  if (files.length === 0) return `${which} of ${dataset}`;
  return `${which} of ${files.length > NAMED_FILES ? `${files.length} files` : files.join(", ")}`;
}

function driftSentence({ drift, reference }: MonitorRecord): string {
  const { rules, dataset, columns, target } = drift;
  const inputs = Object.entries(columns).filter(([name]) => rules === "evidently" || name !== "prediction");
  const counted = rules === "evidently" && target ? [...inputs, ["the target", target] as const] : inputs;
  const names = counted.flatMap(([name, { drifted }]) => (drifted ? [name] : []));
  const which = names.length === 0 ? "" : `: ${names.slice(0, 10).join(", ")}${names.length > 10 ? ", …" : ""}`;
  if (dataset.tested === 0) return "no column could be tested for drift";
  const since =
    reference.name === "training" ? "since the deployed model was trained" : `compared with ${reference.name}`;
  return `${dataset.drifted} of ${dataset.tested} columns drifted ${since}${which}`;
}
