/** Parts of records as people read them: limits, compared rows, who deployed, folds, estimates. */
import type { DeploymentOrigin } from "../records/deployment.ts";
import type { Finding, DriftReport } from "../records/drift.ts";
import type { MonitorFinding, PerformanceEstimate } from "../records/monitoring.ts";
import type { Selection } from "../records/run.ts";
import { formatNumber } from "./format.ts";

type Judged = Pick<Finding | MonitorFinding, "name" | "status" | "value" | "limit" | "message"> & {
  readonly passes?: "at_most" | "at_least" | null;
};

/** "<" for a share of columns or a distance, which are drift from the limit on; null without a side. */
export function passingSide({ name, passes }: Pick<Judged, "name" | "passes">): "<" | "≤" | "≥" | null {
  if (passes === undefined || passes === null) return null;
  return passes === "at_least" ? "≥" : name.endsWith("drift") ? "<" : "≤";
}

/**
 * "≤ 0.1", "≥ 0.05 or psi < 0.1"; null if there is no limit. If value and limit alone do not give the verdict, says what
 * else decided.
 */
export function limitText(finding: Judged, format: (limit: number) => string = formatNumber): string | null {
  const { limit, value, status } = finding;
  if (typeof limit !== "number") return limit;
  const side = passingSide(finding);
  if (side === null) return format(limit);
  const text = `${side} ${format(limit)}`;
  if (typeof value !== "number" || status === "skipped") return text;
  const isWithin = side === "<" ? value < limit : side === "≤" ? value <= limit : value >= limit;
  return isWithin === (status === "pass") ? text : `${text}${exceptionOf(finding)}`;
}

function exceptionOf({ name, message }: Judged): string {
  if (message.includes("small")) return " or psi < 0.1";
  if (name.endsWith("drift")) return " or as in earlier years";
  return message.includes("not significantly") ? " or by chance" : ", see message";
}

/** "1,200 new rows (the other 4,000 rows of the dataset are training data)". @param format formats a number of rows */
export function comparedRows(
  { currentRows, knownRows, earlierRows = 0 }: Pick<DriftReport, "currentRows" | "knownRows" | "earlierRows">,
  format: (count: number) => string = String,
): string {
  const rows = (kind: string): string => `${format(currentRows)} ${kind}${currentRows === 1 ? "row" : "rows"}`;
  if (knownRows === undefined) return rows("");
  if (earlierRows > 0)
    return `${rows("new ")} (of the others, ${format(earlierRows)} came earlier and ${format(knownRows)} are training data)`;
  if (knownRows === 0) return rows("new ");
  if (currentRows === 0) return `no new rows (all ${format(knownRows)} rows of the dataset are training data)`;
  return `${rows("new ")} (the other ${format(knownRows)} rows of the dataset are training data)`;
}

/** "ada on web1, commit 1a2b3c4d5e6f: before the new tariff"; "" for a record of an earlier version. */
export function originText({ by, host, commit, dirty, message }: DeploymentOrigin): string {
  const who = [by, host].filter((each) => each !== undefined).join(" on ");
  const changed = dirty === true ? " with uncommitted changes" : "";
  const where = commit === undefined ? who : `${who}, commit ${commit.slice(0, 12)}${changed}`;
  return message === undefined ? where : `${where}: ${message}`;
}

/** "5 folds", "median of 5 folds", "trimmed mean of 5 folds". */
export function selectionLabel({ folds, aggregate }: Selection): string {
  return aggregate === "mean" ? `${folds} folds` : `${aggregate.replace("_", " ")} of ${folds} folds`;
}

/** Why an estimate may be wrong; empty if nothing speaks against it. */
export function estimateDoubt({ calibrated, drifted = 0 }: PerformanceEstimate): string {
  const inputs = drifted === 1 ? "1 input has" : `${drifted} inputs have`;
  const doubts = [
    calibrated ? "" : "the model's probabilities are not calibrated",
    drifted === 0 ? "" : `${inputs} drifted, so the probabilities may be wrong`,
  ];
  return doubts.filter((doubt) => doubt !== "").join("; ");
}
