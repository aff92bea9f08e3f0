/** The limit of a finding as people read it: the values that pass, so that it agrees with the verdict. */
import type { Finding } from "../records/drift.ts";
import type { MonitorFinding } from "../records/monitoring.ts";
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
