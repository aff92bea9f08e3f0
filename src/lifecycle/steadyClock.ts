/** A clock that never shows a time before the newest record, whatever the machine's clock does. */
import type { RunStore } from "../storage/store/runStore.ts";

/**
 * "Newest" is decided by time: with a clock set back (or records from a machine whose clock is ahead), new data would
 * look older than old data and be ingested and trained again for ever.
 */
export function steadyClock(store: Pick<RunStore, "datasets" | "runs" | "deployments">, now: () => Date): () => Date {
  const newest = [
    store.datasets()[0]?.createdAt,
    store.runs({ limit: 1 })[0]?.createdAt,
    store.deployments()[0]?.deployedAt,
  ];
  let last = Math.max(...newest.map((time) => (time === undefined ? 0 : Date.parse(time))));
  return () => {
    last = Math.max(last + 1, now().getTime());
    return new Date(last);
  };
}
