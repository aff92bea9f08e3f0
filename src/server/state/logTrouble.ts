/** Reports troubles of the prediction log: once when one begins, when it loses rows, when it ends, and at exit. */
import { counted } from "../../core/text/format.ts";
import type { PredictionLogStats } from "../../core/records/predictionLog.ts";

/** Called at each change, and when the log is closed; with the sums of all workers, if there are several. */
export type TellLog = (stats: PredictionLogStats, isClosed: boolean) => unknown;

/** Troubles that follow each other within this time are reported as one. */
const CALM_MS = 5000;

export function logTrouble(queueRows: number, warn: (message: string) => void): TellLog {
  let reason = "";
  let state: "fine" | "waits" | "loses" = "fine";
  let reported = { late: 0, dropped: 0 };
  let calm: NodeJS.Timeout | undefined;
  const end = ({ late, dropped }: PredictionLogStats): void => {
    const lost = dropped - reported.dropped;
    warn(`predictions are logged again: ${late - reported.late} were written late, ${lost} were not logged`);
    reported = { late, dropped };
    state = "fine";
  };
  return (stats, isClosed) => {
    clearTimeout(calm);
    const { trouble, queued, dropped } = stats;
    if (trouble !== null) {
      reason = trouble;
      const loses = dropped > reported.dropped;
      const kept = loses
        ? `${queued} wait in memory (serve.log.queue_rows), others are lost to the log`
        : `up to ${queueRows} are kept in memory (serve.log.queue_rows)`;
      if (state === "fine" || (loses && state === "waits" && !isClosed)) {
        warn(`predictions are answered but not logged: ${reason}; ${kept}`);
      }
      state = loses ? "loses" : "waits";
    } else if (state !== "fine") {
      if (isClosed) end(stats);
      else calm = setTimeout(end, CALM_MS, stats).unref();
    }
    if (isClosed && dropped > 0)
      warn(`${counted(dropped, "prediction")} ${dropped === 1 ? "was" : "were"} not logged: ${reason}`);
  };
}
