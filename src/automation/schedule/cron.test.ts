import { afterEach, describe, expect, it, vi } from "vitest";
import { createTask } from "node-cron";
import { shortestInterval, nextTimes, onSchedule, timesAfter, type MissedTimes } from "./cron.ts";

const at = (text: string): Date => new Date(text);
const job = (cron: string, timezone = "UTC") => ({ name: "fullprocess", cron, timezone });
const times = (cron: string, timezone: string, after: string, count: number): string[] =>
  nextTimes(job(cron, timezone), count, at(after)).map((time) => time.toISOString().slice(0, 19));

afterEach(() => void vi.useRealTimers());

describe("nextTimes", () => {
  it("returns the next times in order, on the minute", () => {
    expect(times("*/10 * * * *", "UTC", "2026-01-01T10:10:00Z", 3)).toEqual([
      "2026-01-01T10:20:00",
      "2026-01-01T10:30:00",
      "2026-01-01T10:40:00",
    ]);
  });

  it("reads the fields in the job's time zone", () => {
    // 06:30 at UTC+05:30, without daylight saving time
    expect(times("30 6 * * *", "Asia/Kolkata", "2026-01-01T00:00:00Z", 1)).toEqual(["2026-01-01T01:00:00"]);
  });

  it("follows daylight saving time: leaves out a skipped time and returns a repeated time once", () => {
    // Europe/Oslo: 2026-03-29 02:00 → 03:00 (UTC+2), 2026-10-25 03:00 → 02:00 (UTC+1)
    expect(times("30 2 * * *", "Europe/Oslo", "2026-03-28T00:00:00Z", 2)).toEqual([
      "2026-03-28T01:30:00",
      "2026-03-30T00:30:00",
    ]);
    expect(times("30 2 * * *", "Europe/Oslo", "2026-10-24T12:00:00Z", 2)).toEqual([
      "2026-10-25T00:30:00",
      "2026-10-26T01:30:00",
    ]);
  });

  it("lists each time once on the nights when clocks change, in order", () => {
    const halfHours = (zone: string, after: string, count: number) =>
      times("*/30 * * * *", zone, after, count)
        .map((time) => time.slice(11, 16))
        .join(" ");
    // Europe/Berlin, 01:50 local time: 02:00 and 02:30 do not exist, or occur twice.
    expect(halfHours("Europe/Berlin", "2026-03-29T00:50:00Z", 4)).toBe("01:00 01:30 02:00 02:30");
    expect(halfHours("Europe/Berlin", "2026-10-24T23:50:00Z", 4)).toBe("00:00 00:30 02:00 02:30");
    // Between the two 02:30, in the second 02:10.
    expect(halfHours("Europe/Berlin", "2026-10-25T01:10:00Z", 2)).toBe("02:00 02:30");
    // Australia/Lord_Howe changes by half an hour: 02:00 → 02:30 on 2026-10-04, UTC+10:30 → UTC+11.
    expect(halfHours("Australia/Lord_Howe", "2026-10-03T15:10:00Z", 3)).toBe("15:30 16:00 16:30");
    // America/Santiago: 2026-09-06 00:00 → 01:00, so that the day has no midnight.
    expect(times("0 0,1 * * *", "America/Santiago", "2026-09-05T12:00:00Z", 2)).toEqual([
      "2026-09-06T04:00:00",
      "2026-09-07T03:00:00",
    ]);
  });

  it("requires a day that matches both the day of the month and the weekday, also years ahead", () => {
    expect(times("0 0 13 * 5", "UTC", "2026-01-01T00:00:00Z", 2)).toEqual([
      "2026-02-13T00:00:00",
      "2026-03-13T00:00:00",
    ]);
    expect(times("0 0 29 2 *", "UTC", "2026-01-01T00:00:00Z", 1)).toEqual(["2028-02-29T00:00:00"]);
    // The first Monday of a month is never the 8th.
    expect(times("0 0 8 * 1#1", "UTC", "2026-01-01T00:00:00Z", 1)).toEqual([]);
    expect(times("0 12 L * *", "UTC", "2026-02-01T00:00:00Z", 1)).toEqual(["2026-02-28T12:00:00"]);
  });

  it("agrees with node-cron, away from the nights when clocks change", () => {
    for (const cron of ["*/7 3-5 * * 1-5", "15 10 1,15 * *", "0 0 * * 0", "*/20 * * * * *", "0 10 L * *"]) {
      for (const timezone of ["UTC", "America/Chicago", "Asia/Kolkata", "Australia/Lord_Howe"]) {
        const task = createTask(cron, () => {}, { timezone });
        // Right before node-cron looks at the clock: a time of the job may pass between them.
        const now = new Date();
        const expected = task.getNextRuns(40);
        const found = nextTimes(
          { name: "x", cron, timezone },
          40,
          new Date(Math.min(now.getTime(), expected[0]!.getTime() - 1)),
        );
        expect(found, `${cron} ${timezone}`).toEqual(expected);
        void task.destroy();
      }
    }
  });

  it("finds the next time of a job that runs every second", () => {
    const [first] = timesAfter(job("* * * * * *"), at("2026-01-01T23:59:58.500Z"));
    expect(first).toEqual(at("2026-01-01T23:59:59Z"));
  });

  it("rejects an invalid expression and an invalid time zone", () => {
    expect(() => nextTimes({ name: "train", cron: "61 * * * *", timezone: "UTC" }, 1, at("2026-01-01"))).toThrow(
      expect.objectContaining({ kind: "usage", message: expect.stringContaining('"train": "61 * * * *"') }),
    );
    expect(() => nextTimes({ name: "train", cron: "* * * * *", timezone: "Oslo" }, 1, at("2026-01-01"))).toThrow(
      /"Oslo" is not a valid time zone/,
    );
  });
});

describe("onSchedule", () => {
  it("runs the work at its times, never two runs at once, and reports overlaps until it is stopped", async () => {
    let [running, most] = [0, 0];
    const started: Date[] = [];
    const overlapped: Date[] = [];
    const stop = onSchedule(job("* * * * * *"), {
      due: async (time) => {
        started.push(time);
        most = Math.max(most, ++running);
        await new Promise((resolve) => setTimeout(resolve, 1200));
        running--;
      },
      overlap: (time) => overlapped.push(time),
      missed: () => {},
    });
    await new Promise((resolve) => setTimeout(resolve, 2600));
    stop();
    const atStop = started.length;
    expect(started.length).toBeGreaterThanOrEqual(1);
    expect(started.every((time) => time.getUTCMilliseconds() === 0)).toBe(true);
    expect(overlapped.every((time) => !started.some((other) => other.getTime() === time.getTime()))).toBe(true);
    expect(most).toBe(1);
    await new Promise((resolve) => setTimeout(resolve, 1100));
    expect(started).toHaveLength(atStop);
  });

  const nights = [
    ["2026-03-28T22:00:00Z", "Europe/Berlin"],
    ["2026-10-24T22:00:00Z", "Europe/Berlin"],
    ["2026-03-08T05:00:00Z", "America/New_York"],
    ["2026-11-01T04:00:00Z", "America/New_York"],
  ] as const;
  it.each(nights)("starts the listed times, each once, through the night after %s in %s", async (from, timezone) => {
    vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout", "Date"], now: at(from) });
    for (const cron of ["*/30 * * * *", "30 2 * * *", "15 1-3 * * *", "0 0 * * *"]) {
      vi.setSystemTime(at(from));
      const hours = 8;
      const until = new Date(at(from).getTime() + hours * 3_600_000);
      const listed = [...nextTimes(job(cron, timezone), 40, at(from))].filter((time) => time <= until);
      const started: Date[] = [];
      const odd: unknown[] = [];
      const stop = onSchedule(job(cron, timezone), {
        due: async (time) => {
          expect(Math.abs(Date.now() - time.getTime())).toBeLessThanOrEqual(1000);
          started.push(time);
        },
        overlap: (time) => odd.push(time),
        missed: (missed) => odd.push(missed),
      });
      for (let minute = 0; minute < hours * 60; minute++) await vi.advanceTimersByTimeAsync(60_000);
      stop();
      expect(started, cron).toEqual(listed);
      expect(odd).toEqual([]);
    }
  });

  it("reports the times that passed while the machine slept once, and goes on with the next", async () => {
    vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout", "Date"], now: at("2026-03-29T00:10:00Z") });
    const [started, missed]: [Date[], MissedTimes[]] = [[], []];
    const stop = onSchedule(job("*/30 * * * *", "Europe/Berlin"), {
      due: async (time) => void started.push(time),
      overlap: () => {},
      missed: (each) => missed.push(each),
    });
    // Asleep: the clock moves on, timers do not.
    vi.setSystemTime(at("2026-03-29T03:10:00Z"));
    await vi.advanceTimersByTimeAsync(25 * 60_000);
    stop();
    // 01:30, then 03:00 to 05:00 by the local clock.
    expect(missed).toEqual([{ first: at("2026-03-29T00:30:00Z"), latest: at("2026-03-29T03:00:00Z"), count: 6 }]);
    expect(started).toEqual([at("2026-03-29T03:30:00Z")]);
  });
});

it("returns the shortest interval between the times of a job, across the hour and midnight", () => {
  const least = (cron: string): number => shortestInterval({ name: "train", cron, timezone: "UTC" });
  expect(["*/2 * * * *", "0,57 * * * *", "0,58 0,23 * * *"].map(least)).toEqual([2, 3, 2]);
  expect(["0,57 3 * * *", "*/5 * * * *", "0 * * * *", "0 3 * * *"].map(least)).toEqual([57, 5, 60, 1440]);
});
