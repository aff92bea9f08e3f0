/** Monitors the rows of the newest dataset that the deployed model was not trained on; a step of fullprocess. */
import type { Dataset } from "../../core/records/lineage.ts";
import { MlctlError } from "../../core/errors.ts";
import type { MonitorRecord } from "../../core/records/monitoring.ts";
import { comparedRows, notJudged } from "../../core/text/recordText.ts";
import { batchDrift, countsOf, newRows, rowsToJudge, type RowsToJudge } from "../health/newRows.ts";
import { rejections } from "../ingest/planIngest.ts";
import { loadDeployed, type LoadedModel } from "../loadModel.ts";
import type { Session } from "../session.ts";
import { judgedRows } from "./monitor.ts";
import { queueAlerts } from "./monitorAlerts.ts";
import { keepRecord } from "./monitorRecord.ts";
import { mutedIn } from "./savedAlerts.ts";
import { newRowsOf } from "./monitorRows.ts";

export type MonitoredNewRows = Awaited<ReturnType<typeof monitorNewRows>>;

/**
 * Keeps records as `mlctl monitor` does: all new rows of an ingestion are one window. An error of the settings of
 * monitoring is a warning, so that a training does not depend on them.
 */
export async function monitorNewRows(session: Session, newest: Dataset) {
  const loaded = (await loadDeployed(session))!;
  const records: MonitorRecord[] = [];
  const summaries: string[] = [];
  for await (const rows of rowsToJudge(session, loaded.run, newest)) {
    try {
      const { record, summary } = await judge(session, loaded, rows);
      if (record !== null) records.push(record);
      summaries.push(rows.dataset === newest ? summary : `${rows.fresh.files.join(", ")}: ${summary}`);
    } catch (error) {
      if (!(error instanceof MlctlError)) throw error;
      const { message: problem, hint } = error;
      const message = `the new rows were not judged: ${problem}`;
      session.context.emit({ type: "warning", stage: "drift", message, hint });
      return { records, summary: [...summaries, `not judged: ${problem}`].join("; "), problem };
    }
  }
  return { records, summary: summaries.join("; "), problem: null };
}

async function judge(session: Session, loaded: LoadedModel, rows: RowsToJudge) {
  const { dataset, table, fresh } = rows;
  const counts = { currentRows: fresh.positions.length, ...countsOf(fresh) };
  const rejected = rejections(session.paths.workspace, dataset);
  if (counts.currentRows === 0) return { record: null, summary: [comparedRows(counts), ...rejected].join("; ") };
  const { monitor, ...config } = session.config;
  const asked = { ...session, config: { ...config, monitor: { ...monitor, window: null, step: null } } };
  const record = (await judgedRows(asked, loaded, Promise.resolve([newRowsOf(session, rows)]), {}))[0]!;
  // Before the record, which the next run does not judge again: this one may be killed before it sends alerts.
  await queueAlerts(session, [record]);
  if ((await keepRecord(session, record)) !== record && !isGrown(session, dataset))
    return { record: null, summary: ["no new rows", ...rejected].join(": ") };
  let summary = `${driftSentence(record, (await mutedIn(session, record)).muted)}; ${comparedRows(counts)}`;
  if ((fresh.earlier ?? 0) > 0) {
    const unknown = await newRows(session, loaded.run, { dataset, table });
    const { tested, drifted } = batchDrift(session, { model: loaded.model, table, fresh: unknown }).dataset;
    const verdict = tested === 0 ? "not judged" : `${drifted} of ${tested}`;
    summary += `; ${verdict} on all ${unknown.positions.length} rows since the training`;
  }
  return { record, summary };
}

/** Else the newest ingestion brought no row, so that a verdict is not new either. */
function isGrown({ store }: Session, { inputFolder, createdAt, artifact }: Dataset): boolean {
  const before = store.datasets().find((each) => each.inputFolder === inputFolder && each.createdAt < createdAt);
  return before?.artifact.sha256 !== artifact.sha256;
}

function driftSentence({ drift, reference }: MonitorRecord, muted: readonly string[]): string {
  const { rules, dataset, columns, target } = drift;
  const inputs = Object.entries(columns).filter(([name]) => rules === "evidently" || name !== "prediction");
  const counted = rules === "evidently" && target ? [...inputs, ["the target", target] as const] : inputs;
  const names = counted.flatMap(([name, { drifted }]) => (drifted ? [name] : []));
  const shown = names.map((name) => (muted.includes(name) ? `${name} (muted)` : name));
  const which = names.length === 0 ? "" : `: ${shown.slice(0, 10).join(", ")}${names.length > 10 ? ", …" : ""}`;
  if (dataset.tested === 0) return notJudged(drift);
  const since =
    reference.name === "training" ? "since the deployed model was trained" : `compared with ${reference.name}`;
  return `${dataset.drifted} of ${dataset.tested} columns drifted ${since}${which}`;
}
