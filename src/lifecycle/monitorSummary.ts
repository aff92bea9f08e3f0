/** A window in a line, for lists and for the exit code. */
import type { MonitorArea, MonitorRecord } from "../core/monitoring.ts";

export interface WindowSummary {
  readonly monitorId: string;
  readonly label: string;
  readonly start: string | null;
  readonly end: string | null;
  readonly rows: number;
  readonly labelled: number;
  readonly status: MonitorRecord["status"];
  /** Areas with a failure, and those where nothing could be judged. */
  readonly failed: readonly MonitorArea[];
  readonly unjudged: readonly MonitorArea[];
  readonly driftShare: number | null;
  readonly metric: string;
  readonly value: number | null;
  readonly interval: readonly [number, number] | null;
  readonly asOf: string;
}

/** How findings on estimates end. */
const ESTIMATED = " (estimated)";

const areas: readonly MonitorArea[] = ["drift", "quality", "performance"];

export function summaryOf({
  monitorId,
  window,
  status,
  drift,
  performance,
  createdAt,
  findings,
}: MonitorRecord): WindowSummary {
  // An estimate is no measurement: it neither fails nor passes.
  const measured = findings.filter(({ name }) => !name.endsWith(ESTIMATED));
  const { label, start, end, rows, labelled } = window;
  const { metric, value, intervals } = performance;
  return {
    monitorId,
    label,
    start,
    end,
    rows,
    labelled,
    status,
    failed: areas.filter((area) => findings.some((each) => each.area === area && each.status === "fail")),
    unjudged: areas.filter((area) => measured.every((each) => each.area !== area || each.status === "skipped")),
    driftShare: drift.dataset.share,
    metric,
    value,
    interval: intervals[metric] ?? null,
    asOf: createdAt,
  };
}
