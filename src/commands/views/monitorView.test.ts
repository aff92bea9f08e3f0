import { expect, it } from "vitest";
import { windowsVerdict } from "./monitorView.ts";

const windows = (...states: readonly ("pass" | "warn" | "fail" | "skipped")[]) =>
  states.map((status, i) => ({ status, label: `rows ${100 * i + 1} to ${100 * (i + 1)}` }));

it("counts all windows of a backfill, and names those that failed", () => {
  expect(windowsVerdict(windows("pass", "fail", "pass", "skipped"))).toBe(
    "1 of 4 windows failed: rows 101 to 200; 1 with too few rows",
  );
  expect(windowsVerdict(windows("pass", "warn"))).toBe("1 of 2 windows with warnings: rows 101 to 200");
  expect(windowsVerdict(windows("pass", "pass"))).toBe("none of 2 windows failed");
  expect(windowsVerdict(windows("fail", "fail", "fail", "fail"))).toBe(
    "4 of 4 windows failed: rows 101 to 200, rows 201 to 300, rows 301 to 400, …",
  );
});
