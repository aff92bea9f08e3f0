/** Turns changed findings into the alert that people read. */
import type { Alert, AlertArea, AlertChange, AlertItem, AlertNews } from "../core/records/alert.ts";
import { formatNumber } from "../core/text/format.ts";
import { passingSide } from "../core/text/recordText.ts";
import type { Change } from "./alertState.ts";

const sides = { "<": "below", "≤": "at most", "≥": "at least" } as const;

/** Most urgent first. */
const order: readonly AlertChange[] = ["open", "worse", "resolved"];

/** One alert for all changes in an area. */
export function alertOf(
  area: AlertArea,
  changes: readonly Change[],
  { project, record, at }: { readonly project: string; readonly record: AlertNews; readonly at: string },
): Alert {
  const items = changes.map(itemOf).toSorted((a, b) => order.indexOf(a.change) - order.indexOf(b.change));
  const { window, runId, modelVersion, monitorId } = record;
  const model = modelVersion === null ? "" : `, model v${modelVersion} (run ${runId})`;
  return {
    change: items[0]!.change,
    area,
    project,
    source: record.source,
    at,
    subject: subjectOf(project, area, items),
    lines: [
      ...items.map(lineOf),
      "",
      ...(window === null ? [] : [`window: ${window.label}, ${window.rows} rows${model}`]),
      `judged at ${at}`,
    ],
    items,
    window: window === null ? null : windowOf(window),
    runId,
    modelVersion,
    next:
      record.source === "watch"
        ? "mlctl watch --once"
        : monitorId === null
          ? "mlctl schedule list"
          : `mlctl monitor --show ${monitorId}`,
  };
}

/** Without the number of labels, which is of performance only. */
function windowOf({ label, start, end, rows, file }: NonNullable<AlertNews["window"]>): Alert["window"] {
  return { label, start, end, rows, file };
}

function itemOf({ change, entry }: Change): AlertItem {
  const { name, status, value, limit, passes, message } = entry.finding;
  return { change, name, status, value, limit, passes, message, since: entry.since };
}

/** "[churn] drift: dataset drift 0.62, limit 0.5", "[churn] performance: 3 findings", "[churn] drift resolved: …". */
function subjectOf(project: string, area: AlertArea, items: readonly AlertItem[]): string {
  const urgent = items.filter(({ change }) => change !== "resolved");
  const reported = urgent.length > 0 ? urgent : items;
  const state = urgent.length === 0 ? " resolved" : urgent.some(({ change }) => change === "open") ? "" : " got worse";
  const [first] = reported;
  const summary =
    reported.length === 1
      ? `${first!.name} ${valueText(first!) || first!.message}`
      : `${reported.length} findings: ${reported.map(({ name }) => name).join(", ")}`;
  return `[${project}] ${area}${state}: ${summary}`.trim();
}

function lineOf(item: AlertItem): string {
  const word = item.change === "open" ? (item.status === "warn" ? "WARN" : "FAIL") : item.change.toUpperCase();
  const parts = [valueText(item), item.message].filter((part) => part !== "");
  return `${word} ${item.name}: ${parts.join(" – ")}`;
}

function valueText(item: AlertItem): string {
  const { value, limit } = item;
  const side = passingSide(item);
  if (value === null) return limit === null ? "" : "no value";
  if (limit === null || side === null) return formatNumber(value);
  return `${formatNumber(value)} (limit: ${sides[side]} ${formatNumber(limit)})`;
}
