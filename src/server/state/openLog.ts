/** Opens the prediction log with the settings of `serve.log`. */
import type { PredictionLog } from "../../core/records/predictionLog.ts";
import type { Workspace } from "../../lifecycle/workspace.ts";
import { predictionLog } from "../../storage/predictionLog/predictionLog.ts";

/** @param changed see PredictionLogOptions */
export function openLog({ config, paths }: Workspace, changed: () => void): PredictionLog {
  const { enabled, flush_ms, queue_rows, retention } = config.serve.log;
  if (!enabled) return NO_LOG;
  return predictionLog({
    place: paths,
    flushMs: flush_ms,
    queueRows: queue_rows,
    retention,
    changed,
  });
}

/** Used if serve.log.enabled is false. */
const NO_LOG: PredictionLog = {
  append() {},
  flush() {},
  close() {},
  stats: () => ({ queued: 0, written: 0, dropped: 0, late: 0, lastError: null, trouble: null }),
};
