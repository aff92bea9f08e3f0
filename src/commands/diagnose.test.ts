import { expect, it } from "vitest";
import type { DiagnoseResult } from "../lifecycle/health/diagnose.ts";
import { atOnce } from "../core/inTurns.ts";
import { summarizeInTurns } from "../lifecycle/health/dataFindings.ts";
import { diagnoseView } from "./diagnose.ts";

const never = { runs: 0, last: null, median: null, maximum: null };

function cellsOf(name: string, times: readonly string[]) {
  const values = Float64Array.from(times, (text) => Date.parse(text));
  const table = { rowCount: values.length, columns: [{ kind: "date", name, values } as const] };
  const result: DiagnoseResult = {
    runId: null,
    dataset: { path: "finaldata.csv", rows: values.length },
    dateColumns: [name],
    predictions: { rows: 0, values: { distinct: 0, top: [] } },
    ...atOnce(summarizeInTurns(table)),
    timing: { ingest: never, train: never },
    drift: {
      rules: "calibrated",
      referenceRows: 0,
      currentRows: 0,
      columns: {},
      dataset: { tested: 0, drifted: 0, share: null, limit: 0.5, detected: false },
    },
    packages: [],
    packageStatus: "unknown",
    findings: [],
  };
  return diagnoseView(result).tables![1]!.rows[0]!.slice(2, 7);
}

it("shows days without a time, and their standard deviation in days", () => {
  // 1, 2 and 9 January: the mean is the 4th; deviations −3, −2 and 5 days, √(38 / 2) = 4.359.
  expect(cellsOf("day", ["2024-01-01", "2024-01-02", "2024-01-09"])).toEqual([
    "2024-01-04",
    "2024-01-02",
    "4.359 days",
    "2024-01-01",
    "2024-01-09",
  ]);
  // Their mean is noon of the first day: half a day is rounded up.
  expect(cellsOf("day", ["2024-01-01", "2024-01-02"])[0]).toBe("2024-01-02");
});

it("shows timestamps with their time of day", () => {
  expect(cellsOf("at", ["2024-01-01T06:00Z", "2024-01-01T18:00Z"])).toEqual([
    "2024-01-01T12:00:00.000Z",
    "2024-01-01T12:00:00.000Z",
    "0.3536 days", // 6 h × √2 = 8.485 h
    "2024-01-01T06:00:00.000Z",
    "2024-01-01T18:00:00.000Z",
  ]);
  expect(cellsOf("at", [])).toEqual([null, null, null, null, null]);
});
