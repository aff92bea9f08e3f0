/** Monitored windows as points of a chart. */
import type { WindowLine, WindowValue } from "../../../storage/store/browse.ts";
import { windowName } from "./columnMatrix.ts";
import type { TimePoint, ChartEvent } from "./timeChart.ts";
import type { RunStore } from "../../../storage/store/runStore.ts";

/** The point of a monitored window: a value with its limit and status, as the index stores it. */
export function windowPoint(
  window: Pick<WindowLine, "label" | "file" | "end" | "status">,
  found: Pick<WindowValue, "value" | "bound" | "status"> | undefined,
): TimePoint {
  const { value = null, bound: limit = null, status = null } = found ?? {};
  // Its values are those of chance, and would set the scale of the chart.
  const own = { label: windowName(window), tick: tickOf(window.end) };
  return window.status === "skipped" ? { ...own, value: null, isOmitted: true } : { ...own, value, limit, status };
}

/** The end of a window: the last day that it contains, or a time of the day. */
function tickOf(end: string | null): string | undefined {
  if (end === null) return undefined;
  const last = new Date(Date.parse(end) - 1).toISOString();
  return /T(?:23:59:59\.999|00:00:00\.000)Z$/.test(last) ? last.slice(0, 10) : last.slice(0, 16).replace("T", " ");
}

/**
 * A deployment stands between the last window that ended before it and the next one; of several in one place, the
 * newest is named. Deployments before the first window and after the last are left out.
 * @param windows oldest first
 */
export function deploymentEvents(
  store: RunStore,
  windows: readonly Pick<WindowLine, "end" | "createdAt">[],
): ChartEvent[] {
  const ends = windows.map(({ end, createdAt }) => end ?? createdAt);
  const byPlace = new Map<number, string>();
  for (const { deployedAt, runId } of store.deployments().toReversed()) {
    const next = ends.findIndex((end) => end > deployedAt);
    const version = store.run(runId)?.modelVersion;
    if (next > 0) byPlace.set(next, version === undefined || version === null ? "deployed" : `v${version}`);
  }
  return [...byPlace].map(([next, label]) => ({ at: next - 0.5, label }));
}
