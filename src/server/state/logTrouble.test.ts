import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import type { PredictionLogStats } from "../../core/records/predictionLog.ts";
import { logTrouble } from "./logTrouble.ts";

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

function recorder() {
  const lines: string[] = [];
  const tell = logTrouble(100, (line) => void lines.push(line));
  const fine: PredictionLogStats = { queued: 0, written: 0, dropped: 0, late: 0, lastError: null, trouble: null };
  return {
    lines,
    tell: (changes: Partial<PredictionLogStats>, isClosed = false) => tell({ ...fine, ...changes }, isClosed),
  };
}

describe("a trouble of the prediction log", () => {
  it("is reported when it begins, when it loses predictions, when it ends, and at exit", () => {
    const { lines, tell } = recorder();
    tell({ queued: 1, trouble: "full" });
    tell({ queued: 100, dropped: 1, trouble: "full" });
    tell({ dropped: 7, late: 100 });
    vi.advanceTimersByTime(10_000);
    tell({ dropped: 7, late: 100, queued: 3, trouble: "full" });
    tell({ dropped: 7, late: 103 });
    vi.advanceTimersByTime(10_000);
    tell({ dropped: 7, late: 103 }, true);
    expect(lines).toEqual([
      "predictions are answered but not logged: full; up to 100 are kept in memory (serve.log.queue_rows)",
      "predictions are answered but not logged: full; 100 wait in memory (serve.log.queue_rows), others are lost to the log",
      "predictions are logged again: 100 were written late, 7 were not logged",
      "predictions are answered but not logged: full; up to 100 are kept in memory (serve.log.queue_rows)",
      "predictions are logged again: 3 were written late, 0 were not logged",
      "7 predictions were not logged: full",
    ]);
  });

  it("that comes and goes within seconds is one", () => {
    const { lines, tell } = recorder();
    for (let i = 1; i <= 50; i++) {
      tell({ queued: 100, dropped: i, trouble: "slow" });
      tell({ dropped: i, late: i });
      vi.advanceTimersByTime(200);
    }
    tell({ dropped: 50, late: 50 }, true);
    expect(lines).toEqual([
      "predictions are answered but not logged: slow; 100 wait in memory (serve.log.queue_rows), others are lost to the log",
      "predictions are logged again: 50 were written late, 50 were not logged",
      "50 predictions were not logged: slow",
    ]);
  });

  it("that never was is not reported", () => {
    const { lines, tell } = recorder();
    tell({}, true);
    expect(lines).toEqual([]);
  });
});
