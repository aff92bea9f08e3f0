/** Deployments as vertical lines in the charts of windows. */
import type { WindowLine } from "../../../storage/store/browse.ts";
import type { RunStore } from "../../../storage/store/runStore.ts";
import type { ChartEvent } from "./timeChart.ts";

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
