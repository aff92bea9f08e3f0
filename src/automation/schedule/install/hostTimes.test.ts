import { describe, expect, it } from "vitest";
import { nextTimes } from "../cron.ts";
import { hostTimes } from "./hostTimes.ts";
import { localTime } from "../localTime.ts";

const now = new Date("2026-01-01T00:00:00Z");
const job = (cron: string, timezone = "UTC") => ({ name: "fullprocess", cron, timezone });

/**
 * Whether cron starts one of the lines at that instant. When the clock was set back and shows a time for the second time,
 * cron starts only lines with a star in minute or hour (do_command of Vixie's cron, Debian's and cronie).
 */
function fires(lines: readonly string[], instant: number, zone: string): boolean {
  const clockAt = (time: number): string => new Date(localTime(time, zone)).toISOString().slice(11, 16);
  const [hour, minute] = clockAt(instant).split(":").map(Number) as [number, number];
  const isRepeated = [30, 60].some((back) => clockAt(instant - back * 60_000) === clockAt(instant));
  return lines.some((line) => {
    const [minutes, hours] = line.split(" ") as [string, string];
    const isStarred = minutes.startsWith("*") || hours.startsWith("*");
    return (isStarred || !isRepeated) && covers(minutes, minute) && covers(hours, hour);
  });
}

function covers(field: string, value: number): boolean {
  const step = /^\*(?:\/(\d+))?$/.exec(field);
  return step === null ? field.split(",").map(Number).includes(value) : value % Number(step[1] ?? 1) === 0;
}

/** Times of the job at which none of its lines fires. */
function missedBy(cron: string, timezone: string, zone: string, count: number): string[] {
  const lines = hostTimes(job(cron, timezone), [zone], now);
  return nextTimes(job(cron, timezone), count, now)
    .filter((time) => !fires(lines, time.getTime(), zone))
    .map((time) => time.toISOString());
}

describe("hostTimes", () => {
  it("returns the same fields, written out, if the zones agree", () => {
    expect(hostTimes(job("*/10 * * * *"), ["UTC"], now)).toEqual(["*/10 * * * *"]);
    expect(hostTimes(job("0 10 1,15 * *"), ["Etc/UTC"], now)).toEqual(["0 10 1,15 * *"]);
    expect(hostTimes(job("0 30 6 * jan-mar mon-fri"), ["UTC"], now)).toEqual(["30 6 * 1,2,3 1,2,3,4,5"]);
    expect(hostTimes(job("5 4 * * 7"), ["UTC"], now)).toEqual(["5 4 * * 0"]);
    expect(hostTimes(job("30 2 * * 7", "Europe/Oslo"), ["Europe/Berlin"], now)).toEqual(["30 2 * * 0"]);
  });

  it("lists the hours of winter and of summer if the zones differ", () => {
    // 02:30 in Oslo is 01:30 UTC in winter and 00:30 in summer.
    expect(hostTimes(job("30 2 * * 1-5", "Europe/Oslo"), ["UTC"], now)).toEqual(["30 0,1 * * *"]);
    // 06:00 at UTC+05:30, all year: half past midnight.
    expect(hostTimes(job("0 6 * * *", "Asia/Kolkata"), ["UTC"], now)).toEqual(["30 0 * * *"]);
    expect(hostTimes(job("*/10 * * * *", "Europe/Oslo"), ["UTC"], now)).toEqual(["*/10 * * * *"]);
    // One line for each of the two zones that cron may use.
    expect(hostTimes(job("0 6 * * *"), ["UTC", "Asia/Kolkata"], now)).toEqual(["0 6 * * *", "30 11 * * *"]);
  });

  it("lists the hours of the days on which only one of the clocks has changed", () => {
    // Israel changes on the Friday, Europe on the Sunday: 04:30 is then 02:30 in Berlin, else 03:30.
    expect(hostTimes(job("30 4 * * *", "Asia/Jerusalem"), ["Europe/Berlin"], now)).toEqual(["30 2,3 * * *"]);
    // An hour before Chicago, New York is two hours ahead: 03:30 there is 01:30.
    expect(hostTimes(job("30 3 * * *", "America/New_York"), ["America/Chicago"], now)).toEqual(["30 1,2 * * *"]);
    // At no other time of the day.
    expect(hostTimes(job("0 12 * * *", "America/New_York"), ["America/Chicago"], now)).toEqual(["0 11 * * *"]);
  });

  it("uses a star where cron would leave out the hour that its clock shows twice", () => {
    // 07:30 UTC is 01:30 in Chicago, on 1 November 2026 for the second time.
    expect(hostTimes(job("30 7 * * *"), ["America/Chicago"], now)).toEqual(["30 * * * *"]);
    expect(hostTimes(job("30 12 * * *"), ["America/Chicago"], now)).toEqual(["30 6,7 * * *"]);
  });

  it.each([
    ["30 4 * * *", "Asia/Jerusalem", "Europe/Berlin"],
    ["30 3 * * *", "America/New_York", "America/Chicago"],
    ["30 2 * * 1-5", "Europe/Oslo", "America/Chicago"],
    ["15 23 1,15 * *", "Asia/Kolkata", "Australia/Lord_Howe"],
    ["0 */5 * * 0", "UTC", "America/New_York"],
    ["10 0 13 * 5", "Europe/Oslo", "Africa/Casablanca"],
    ["0 12 L * *", "America/New_York", "Asia/Jerusalem"],
    ["17 */2 * * *", "Australia/Lord_Howe", "Pacific/Chatham"],
    ["30 6,7 * * *", "UTC", "America/Chicago"],
  ])("fires at each time of %s %s in %s for years", (cron, timezone, zone) => {
    expect(missedBy(cron, timezone, zone, 1500)).toEqual([]);
  });

  it("returns the same lines on each day of the year", () => {
    const zones = ["Africa/Casablanca", "Europe/Berlin", "America/Chicago"];
    const on = (month: number): string[][] =>
      zones.map((zone) => hostTimes(job("30 4 * * *", "Asia/Jerusalem"), [zone], new Date(Date.UTC(2027, month, 20))));
    for (let month = 1; month < 12; month++) expect(on(month)).toEqual(on(0));
  });

  it("rejects seconds, which cron does not support", () => {
    expect(() => hostTimes(job("*/5 * * * * *"), ["UTC"], now)).toThrow(
      'schedule "fullprocess": cron does not support seconds',
    );
  });
});
