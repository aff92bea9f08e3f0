import { describe, expect, it } from "vitest";
import { nextTimes, onSchedule } from "./cron.ts";

describe("nextTimes", () => {
  it("gives the coming times in order, on the minute", () => {
    const times = nextTimes({ name: "fullprocess", cron: "*/10 * * * *", timezone: "UTC" }, 5);
    expect(times).toHaveLength(5);
    expect(times.every((time) => time.getUTCMinutes() % 10 === 0 && time.getUTCSeconds() === 0)).toBe(true);
    const gaps = times.slice(1).map((time, i) => time.getTime() - times[i]!.getTime());
    expect(new Set(gaps)).toEqual(new Set([600_000]));
    expect(times[0]!.getTime()).toBeGreaterThan(Date.now());
  });

  it("reads the fields in the job's time zone", () => {
    const [time] = nextTimes({ name: "fullprocess", cron: "30 6 * * *", timezone: "Asia/Kolkata" }, 1);
    expect([time!.getUTCHours(), time!.getUTCMinutes()]).toEqual([1, 0]); // 06:30 at UTC+05:30, without summer time
  });

  it("refuses what is no expression and no time zone", () => {
    expect(() => nextTimes({ name: "train", cron: "61 * * * *", timezone: "UTC" }, 1)).toThrow(
      expect.objectContaining({ kind: "usage", message: expect.stringContaining('"train": "61 * * * *"') }),
    );
    expect(() => nextTimes({ name: "train", cron: "* * * * *", timezone: "Oslo" }, 1)).toThrow(/no time zone "Oslo"/);
  });
});

describe("onSchedule", () => {
  it("runs the work at its times, never twice at once, until it is stopped", async () => {
    let [started, running, most] = [0, 0, 0];
    const stop = onSchedule({ name: "fullprocess", cron: "* * * * * *", timezone: "UTC" }, async () => {
      started++;
      most = Math.max(most, ++running);
      await new Promise((resolve) => setTimeout(resolve, 1500));
      running--;
    });
    await new Promise((resolve) => setTimeout(resolve, 3600));
    await stop();
    const atStop = started;
    expect(started).toBeGreaterThanOrEqual(1);
    expect(most).toBe(1);
    await new Promise((resolve) => setTimeout(resolve, 1500));
    expect(started).toBe(atStop);
  });
});
