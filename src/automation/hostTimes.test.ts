import { describe, expect, it } from "vitest";
import { nextTimes } from "./cron.ts";
import { hostTimes } from "./hostTimes.ts";

const now = new Date("2026-01-01T00:00:00Z");
const job = (cron: string, timezone = "UTC") => ({ name: "fullprocess", cron, timezone });

describe("hostTimes", () => {
  it("gives the fields back where the zones agree, written out", () => {
    expect(hostTimes(job("*/10 * * * *"), "UTC", now)).toEqual(["*/10 * * * *"]);
    expect(hostTimes(job("0 10 1,15 * *"), "Etc/UTC", now)).toEqual(["0 10 1,15 * *"]);
    expect(hostTimes(job("0 30 6 * jan-mar mon-fri"), "UTC", now)).toEqual(["30 6 * 1,2,3 1,2,3,4,5"]);
    expect(hostTimes(job("5 4 * * 7"), "UTC", now)).toEqual(["5 4 * * 0"]);
  });

  it("names the hours of winter and of summer where the zones differ", () => {
    // 02:30 in Oslo is 01:30 UTC in winter and 00:30 in summer.
    expect(hostTimes(job("30 2 * * 1-5", "Europe/Oslo"), "UTC", now)).toEqual(["30 0,1 * * *"]);
    // 06:00 at UTC+05:30, all year: half past midnight.
    expect(hostTimes(job("0 6 * * *", "Asia/Kolkata"), "UTC", now)).toEqual(["30 0 * * *"]);
    expect(hostTimes(job("*/10 * * * *", "Europe/Oslo"), "UTC", now)).toEqual(["*/10 * * * *"]);
  });

  it("fires at every time of the job, whatever the zones", () => {
    for (const cron of ["30 2 * * 1-5", "15 23 1,15 * *", "0 */5 * * 0", "10 0 13 * 5", "0 12 L * *"]) {
      for (const [timezone, zone] of [
        ["Europe/Oslo", "America/Chicago"],
        ["Asia/Kolkata", "Australia/Lord_Howe"],
        ["UTC", "UTC"],
      ] as const) {
        const lines = hostTimes(job(cron, timezone), zone, now);
        const fired = new Set(
          lines.flatMap((line) => nextTimes(job(line, zone), 800, now).map((time) => time.getTime())),
        );
        const last = Math.max(...fired);
        const wanted = nextTimes(job(cron, timezone), 40, now).filter((time) => time.getTime() <= last);
        expect(wanted.length).toBeGreaterThan(0);
        expect(
          wanted.filter((time) => !fired.has(time.getTime())),
          `${cron} ${timezone} in ${zone}`,
        ).toEqual([]);
      }
    }
  });

  it("refuses seconds, which cron does not have", () => {
    expect(() => hostTimes(job("*/5 * * * * *"), "UTC", now)).toThrow('schedule "fullprocess": cron has no seconds');
  });
});
