/** From changes of findings to what people read. */
import type { Alert, AlertChange, AlertItem } from "../core/records/alert.ts";
import { formatNumber } from "../core/text/format.ts";
import type { MonitorArea, MonitorRecord } from "../core/records/monitoring.ts";
import type { Change } from "./alertState.ts";

/** The most pressing first. */
const order: readonly AlertChange[] = ["open", "worse", "resolved"];

/** One alert for all changes of an area. */
export function alertOf(
  area: MonitorArea,
  changes: readonly Change[],
  { project, record, at }: { readonly project: string; readonly record: MonitorRecord; readonly at: string },
): Alert {
  const items = changes.map(itemOf).toSorted((a, b) => order.indexOf(a.change) - order.indexOf(b.change));
  const { window, runId, modelVersion, monitorId } = record;
  const { label, start, end, rows, file } = window;
  const model = modelVersion === null ? "" : `, model v${modelVersion} (run ${runId})`;
  return {
    change: items[0]!.change,
    area,
    project,
    at,
    subject: subjectOf(project, area, items),
    lines: [...items.map(lineOf), "", `window: ${label}, ${rows} rows${model}`, `judged at ${at}`],
    items,
    window: { label, start, end, rows, file },
    runId,
    modelVersion,
    next: `mlctl monitor --show ${monitorId}`,
  };
}

function itemOf({ change, entry }: Change): AlertItem {
  const { name, status, value, limit, passes, message } = entry.finding;
  return { change, name, status, value, limit, passes, message, since: entry.since };
}

/** "[churn] drift: dataset drift 0.62, limit 0.5", "[churn] performance: 3 findings", "[churn] drift resolved: …". */
function subjectOf(project: string, area: MonitorArea, items: readonly AlertItem[]): string {
  const pressing = items.filter(({ change }) => change !== "resolved");
  const told = pressing.length > 0 ? pressing : items;
  const state =
    pressing.length === 0 ? " resolved" : pressing.some(({ change }) => change === "open") ? "" : " got worse";
  const [first] = told;
  const what =
    told.length === 1
      ? `${first!.name} ${figureOf(first!)}`
      : `${told.length} findings: ${told.map(({ name }) => name).join(", ")}`;
  return `[${project}] ${area}${state}: ${what}`.trim();
}

function lineOf(item: AlertItem): string {
  const words = { open: item.status === "warn" ? "WARN" : "FAIL", worse: "WORSE", resolved: "RESOLVED", test: "TEST" };
  return `${words[item.change]} ${item.name}: ${figureOf(item)}${item.message === "" ? "" : ` – ${item.message}`}`;
}

function figureOf({ value, limit, passes }: AlertItem): string {
  if (value === null) return "no figure";
  if (limit === null || passes === null) return formatNumber(value);
  return `${formatNumber(value)} (limit: ${passes === "at_most" ? "at most" : "at least"} ${formatNumber(limit)})`;
}
