import { describe, expect, it } from "vitest";
import { neededOfLog, planWindows, type WindowRequest } from "./monitorWindows.ts";

const DAY = 86_400_000;
const at = (text: string): number => Date.parse(text.includes("T") ? text : `${text}T00:00:00Z`);
/** One row at noon of each day, starting on 2024-01-01. */
const noons = (days: number): Float64Array =>
  Float64Array.from({ length: days }, (_, i) => at("2024-01-01") + (i + 0.5) * DAY);

function plan(time: Float64Array | null, request: Partial<WindowRequest>, rowCount = time?.length ?? 0) {
  const planned = planWindows(time, rowCount, { window: null, step: null, backfill: false, ...request });
  return planned.map(({ label, rows }) => `${label}: ${rows.length === 0 ? "none" : `${rows[0]}-${rows.at(-1)}`}`);
}

describe("planWindows", () => {
  it("returns all rows, or those between two dates", () => {
    expect(plan(noons(10), {})).toEqual(["all rows: 0-9"]);
    expect(plan(noons(10), { since: at("2024-01-03"), until: at("2024-01-05") })).toEqual(["all rows: 2-3"]);
    expect(plan(null, {}, 4)).toEqual(["all rows: 0-3"]);
  });

  it("returns the newest window of a length, up to the newest row, a date, or now", () => {
    expect(plan(noons(10), { window: "3d" })).toEqual(["2024-01-07T12:00:00Z to 2024-01-10T12:00:00Z: 7-9"]);
    expect(plan(noons(10), { window: "3d", until: at("2024-01-06") })).toEqual(["2024-01-03 to 2024-01-06: 2-4"]);
    expect(plan(noons(10), { window: "1d", now: at("2024-01-20") })).toEqual(["2024-01-19 to 2024-01-20: none"]);
  });

  it("tiles the history, and keeps an incomplete last window", () => {
    expect(plan(noons(10), { window: "4d", backfill: true })).toEqual([
      "2024-01-01 to 2024-01-05: 0-3",
      "2024-01-05 to 2024-01-09: 4-7",
      "2024-01-09 to 2024-01-13: 8-9",
    ]);
  });

  it("moves a window by a step; the first window starts before --since", () => {
    const request = { window: "3d", step: "1d", since: at("2024-01-05"), until: at("2024-01-07") };
    expect(plan(noons(10), request)).toEqual(["2024-01-03 to 2024-01-06: 2-4", "2024-01-04 to 2024-01-07: 3-5"]);
  });

  it("supports UTC days, weeks from Monday, and months", () => {
    // 2024-01-10 is a Wednesday.
    expect(plan(noons(10), { window: "day" })).toEqual(["2024-01-10: 9-9"]);
    expect(plan(noons(10), { window: "week" })).toEqual(["week of 2024-01-08: 7-9"]);
    expect(plan(noons(40), { window: "month", backfill: true })).toEqual(["2024-01: 0-30", "2024-02: 31-39"]);
  });

  it("returns the newest complete day of a log", () => {
    expect(plan(noons(10), { window: "day", now: at("2024-01-10T06:00:00Z") })).toEqual(["2024-01-09: 8-8"]);
  });

  it("returns windows of a number of rows, ordered by time", () => {
    const shuffled = Float64Array.of(3, 1, 2, 5, 4).map((day) => at("2024-01-01") + day * DAY);
    const planned = planWindows(shuffled, 5, { window: "2 rows", step: null, backfill: true });
    expect(planned.map(({ label, rows }) => [label, [...rows]])).toEqual([
      ["rows 1 to 2", [1, 2]],
      ["rows 3 to 4", [0, 4]],
      ["rows 5 to 5", [3]],
    ]);
    expect(plan(null, { window: "2 rows" }, 5)).toEqual(["newest 2 rows: 3-4"]);
  });

  it("excludes rows without a time from time windows", () => {
    const time = noons(4);
    time[1] = NaN;
    expect(planWindows(time, 4, { window: "30d", step: null, backfill: false })[0]!.rows).toEqual(
      Int32Array.of(0, 2, 3),
    );
  });

  it("rejects time windows without a time column, and too many windows", () => {
    expect(() => plan(null, { window: "7d" }, 3)).toThrow("windows of 7d need a time column");
    expect(() => plan(null, { since: 0 }, 3)).toThrow("--since and --until need a time column");
    expect(() => plan(noons(400), { window: "1m", backfill: true })).toThrow("windows of 1m are too many");
  });

  it("returns the rows of a log that are needed", () => {
    const base = { step: null, backfill: false, now: at("2024-03-06T09:00:00Z") };
    const needed = (request: Partial<WindowRequest>) => neededOfLog({ ...base, window: null, ...request });
    expect(needed({ window: "14d" })).toEqual({ from: at("2024-02-21T09:00:00Z") });
    expect(needed({ window: "day" })).toEqual({ from: at("2024-03-05"), until: at("2024-03-06") });
    expect(needed({ window: "week" })).toEqual({ from: at("2024-02-26"), until: at("2024-03-04") });
    expect(needed({ window: "month" })).toEqual({ from: at("2024-02-01"), until: at("2024-03-01") });
    expect(needed({ window: "day", until: at("2024-03-05") })).toEqual({ from: at("2024-03-04") });
    expect(needed({ window: "500 rows" })).toEqual({ newest: 500 });
    for (const all of [{}, { window: "14d", backfill: true }, { window: "500 rows", backfill: true }])
      expect(needed(all)).toEqual({});
  });

  it.each(["day", "week", "month", "5d", "3 rows"])("needs no other rows of a log for the window %s", (window) => {
    const time = Float64Array.from({ length: 400 }, (_, i) => at("2024-01-01") + i * 0.3 * DAY);
    for (let hour = 0; hour < 24 * 70; hour += 7) {
      const request = { window, step: null, backfill: false, now: at("2024-02-20") + (hour * DAY) / 24 };
      const { from = -Infinity, until = Infinity, newest = Infinity } = neededOfLog(request);
      const logged = time.filter((each) => each < request.now);
      const read = logged.filter((each) => each >= from && each < until).slice(-newest);
      const [all] = planWindows(logged, logged.length, request);
      const [few] = planWindows(read, read.length, request);
      expect(few!.label).toBe(all!.label);
      expect([...few!.rows].map((row) => read[row])).toEqual([...all!.rows].map((row) => time[row]));
    }
  });
});
