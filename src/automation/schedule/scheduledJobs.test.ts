import { describe, expect, it } from "vitest";
import { configSchema } from "../../config/schema/schema.ts";
import { jobNamed, scheduledJobs } from "./scheduledJobs.ts";

const now = new Date("2026-01-01T00:00:00Z");
const jobsOf = (schedule: readonly object[]) => scheduledJobs(configSchema().parse({ target: "y", schedule }), now);

describe("scheduledJobs", () => {
  it("fills in defaults, and adds --wait unless it is given", () => {
    const jobs = jobsOf([
      { name: "fullprocess", cron: "*/10 * * * *" },
      {
        name: "week",
        command: "monitor",
        args: ["--wait", "1h"],
        cron: "0 6 * * 0",
        jitter: "5m",
        timeout: "1.5h",
        missed: "skip",
      },
      { name: "verify", cron: "0 0 * * *", timezone: "Europe/Oslo" },
    ]);
    expect(jobs).toMatchObject([
      { words: ["fullprocess", "--wait", "10m"], timezone: "UTC", jitterMs: 0, missed: "run", timeoutMs: null },
      { words: ["monitor", "--wait", "1h"], jitterMs: 300_000, missed: "skip", timeoutMs: 5_400_000 },
      { words: ["verify"], timezone: "Europe/Oslo" },
    ]);
  });

  it.each([
    [[], "has no scheduled jobs"],
    [[{ name: "nope", cron: "0 0 * * *" }], '"nope" is not a command that can run unattended'],
    [[{ name: "watch", cron: "0 0 * * *" }], "watch without --once never ends"],
    [[{ name: "a", command: "verify", cron: "0 0 8 * 1#1" }], "matches no date"],
    [[{ name: "verify", cron: "0 0 30 2 *" }], "is not a cron expression"],
    [[1, 2].map(() => ({ name: "verify", cron: "0 0 * * *" })), 'two jobs have the name "verify"'],
    [[{ name: "verify", cron: "0 0 * * *", args: ["-C", "/"] }], "args must not contain -C"],
    [[{ name: "verify", cron: "0 0 * * *", timezone: "Oslo" }], '"Oslo" is not a valid time zone'],
  ])("rejects %j", (schedule, message) => {
    expect(() => jobsOf(schedule)).toThrow(message);
  });

  it("rejects a name that could leave its folder when used in a path", () => {
    for (const name of ["../verify", "a/b", "", ".", "a b", "-x"])
      expect(configSchema().safeParse({ target: "y", schedule: [{ name, cron: "0 0 * * *" }] }).success, name).toBe(
        false,
      );
  });

  it("suggests the job that was meant", () => {
    const jobs = jobsOf([{ name: "verify", cron: "0 0 * * *" }]);
    expect(jobNamed(jobs, "verify").name).toBe("verify");
    expect(() => jobNamed(jobs, "verfy")).toThrow(expect.objectContaining({ hint: "did you mean verify?" }));
  });
});
