/** What the steps of fullprocess report, each in one line. */
import { counted, formatNumber } from "../../core/text/format.ts";
import type { DeployResult } from "../deploy/deploy.ts";
import type { Step } from "./fullprocessResult.ts";
import type { IngestResult } from "../ingest/ingest.ts";
import type { ScoreResult } from "../score/score.ts";
import type { TrainResult } from "../train/train.ts";

export function describeIngest(result: IngestResult): string {
  const { status, dataset, files, duplicatesRemoved, duplicatesKept, reason } = result;
  if (status === "nothing_new" || dataset === null) return reason;
  const equal = duplicatesKept > 0 ? `${duplicatesKept} equal rows kept` : `${duplicatesRemoved} duplicates removed`;
  return `${dataset.rows} rows from ${counted(files.length, "file")}, ${equal}`;
}

export function describeTraining({
  leaderboard,
  trainingRows,
  validationRows,
  rowsWithoutTarget,
}: TrainResult): string {
  const models = counted(leaderboard.length, "model");
  const rows =
    rowsWithoutTarget === 0
      ? ""
      : ` on ${trainingRows + validationRows} rows (${rowsWithoutTarget} rows without target were left out)`;
  return `${models}${rows}, best ${leaderboard[0]!.family}`;
}

export function describeScore({ metric, value, rows }: ScoreResult): string {
  return `${metric} ${formatNumber(value)} on ${rows} test ${rows === 1 ? "row" : "rows"}`;
}

const SWITCHED = "switched to ";

/** Whether the step moved production to another model. */
export function isSwitch({ name, reason }: Pick<Step, "name" | "reason">): boolean {
  return name === "deploy" && reason.startsWith(SWITCHED);
}

/** With the reasons of a rejection, because in a pipe only the table of the steps is printed. */
export function describeVerdict({ status, runId, previousRunId, reasons }: DeployResult): string {
  if (status === "deployed") return `${SWITCHED}${runId}`;
  const kept =
    previousRunId === null ? "not deployed; no model is in production" : `kept the deployed model ${previousRunId}`;
  return reasons.length === 0 ? kept : `${kept}: ${reasons.join("; ")}`;
}
