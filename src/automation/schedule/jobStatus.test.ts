import { hostname } from "node:os";
import { describe, expect, it } from "vitest";
import type { Execution } from "../../core/records/execution.ts";
import { exampleExecution, exampleWorkspace } from "../../testing/exampleRecords.ts";
import { save, truthOf } from "../../testing/folderTruth.ts";
import { openStore } from "../../storage/store/openStore.ts";
import { actualStatus } from "../../storage/records/recordFiles.ts";
import { retainExecutions } from "./executionLog.ts";
import { latestTime } from "./cron.ts";
import { overdueCutoff, jobStatuses, missedTimes, expectJobs, scheduleFindings, type JobStatus } from "./jobStatus.ts";
import { jitterOf } from "./runSchedule.ts";
import type { ScheduledJob } from "./scheduledJobs.ts";

const job: ScheduledJob = {
  name: "fullprocess",
  cron: "0 6 * * *",
  timezone: "UTC",
  words: ["fullprocess"],
  jitterMs: 600_000,
  missed: "run",
  timeoutMs: null,
};
const expected = { cron: job.cron, timezone: "UTC", since: "2026-01-01T00:00:00.000Z", by: "crontab" } as const;
const ran = (n: number, change: Partial<Execution> = {}) =>
  exampleExecution(n, { status: "done", endedAt: `2026-01-0${n}T06:01:00.000Z`, ...change });
/** "count, first to latest", to the hour. */
const missed = (
  executions: readonly Execution[],
  now: string,
  change: Partial<ScheduledJob> = {},
): string | undefined => {
  const changed = { ...job, ...change };
  const found = missedTimes(changed, expected, executions, overdueCutoff(changed, new Date(now)));
  if (found === undefined) return undefined;
  const [first, latest] = [found.first, found.latest].map((time) => time.toISOString().slice(5, 13));
  return `${found.count}, ${first} to ${latest}`;
};

describe("missedTimes", () => {
  it("returns the times without a run since the last run, after jitter and five minutes", () => {
    expect(missed([ran(1)], "2026-01-03T12:00:00Z")).toBe("2, 01-02T06 to 01-03T06");
    expect(missed([ran(1), ran(2)], "2026-01-03T06:14:59Z")).toBeUndefined();
    expect(missed([ran(1), ran(2)], "2026-01-03T06:15:00Z")).toBe("1, 01-03T06 to 01-03T06");
  });

  it("counts from the day the job was installed", () => {
    expect(missed([], "2026-01-01T05:00:00Z")).toBeUndefined();
    expect(missed([], "2026-01-02T12:00:00Z")).toBe("2, 01-01T06 to 01-02T06");
    // Each day of 2026.
    expect(missed([], "2027-01-01T00:00:00Z")).toBe("365, 01-01T06 to 12-31T06");
    expect(missedTimes(job, undefined, [], new Date("2027-01-01"))).toBeUndefined();
    expect(missed([], "2026-01-02T12:00:00Z", { cron: "0 7 * * *" })).toBeUndefined();
  });

  it("does not count times during a run or skipped times, but counts times covered only by manual runs", () => {
    const long = ran(1, { endedAt: "2026-01-03T07:00:00.000Z" });
    expect(missed([long], "2026-01-03T12:00:00Z")).toBeUndefined();
    expect(missed([ran(2, { status: "skipped" }), ran(1)], "2026-01-02T12:00:00Z")).toBeUndefined();
    expect(missed([ran(2, { trigger: "manual", dueAt: null }), ran(1)], "2026-01-02T12:00:00Z")).toBe(
      "1, 01-02T06 to 01-02T06",
    );
  });

  it("does not report a running job as overdue, but one whose process is gone", () => {
    const { host: _host, ...here } = exampleExecution(1);
    expect(missed([exampleExecution(1)], "2026-01-03T12:00:00Z")).toBeUndefined();
    const killed = { ...here, host: hostname(), pid: 2 ** 22 - 1 };
    expect(actualStatus(killed)).toBe("killed");
    expect(missed([killed], "2026-01-02T12:00:00Z")).toBe("1, 01-02T06 to 01-02T06");
  });
});

describe("jobStatuses", () => {
  /** The job is installed on January 1 and runs each day at six. */
  async function statusAt(now: string, executions: readonly Execution[]): Promise<JobStatus> {
    const paths = exampleWorkspace();
    const { records } = truthOf(paths);
    await expectJobs({ records }, [job], { by: "crontab", now: new Date(expected.since) });
    const store = openStore(paths.database);
    for (const execution of executions) await save(paths, store, execution);
    const [status] = await jobStatuses([job], { records, store }, { now: new Date(now), count: 1 });
    store.close();
    return status!;
  }
  const byHand = (n: number, status: Execution["status"] = "done") =>
    exampleExecution(n, { status, trigger: "manual", dueAt: null, startedAt: `2026-01-04T07:0${n}:00.000Z` });

  it("still sees the scheduled runs after many manual runs", async () => {
    const hands = [5, 6, 7, 8, 9].map((n) => byHand(n));
    const status = await statusAt("2026-01-04T12:00:00Z", [ran(1), ran(2), ran(3), ran(4), ...hands]);
    expect([status.status, status.missed, status.last.map(({ trigger }) => trigger)]).toEqual([
      "ok",
      0,
      Array(5).fill("manual"),
    ]);
    expect((await statusAt("2026-01-05T12:00:00Z", [ran(4), ...hands])).status).toBe("overdue");
  });

  it("reports the outcome of the newest run, scheduled or manual", async () => {
    expect((await statusAt("2026-01-04T12:00:00Z", [ran(4), byHand(5, "failed")])).status).toBe("failed");
    expect((await statusAt("2026-01-04T12:00:00Z", [byHand(5, "failed"), ran(4)])).status).toBe("failed");
    // Of --fail-on drift: it ran.
    const found = await statusAt("2026-01-04T12:00:00Z", [ran(4, { status: "failed", exitCode: 11 })]);
    expect([found.status, found.last[0]!.status]).toEqual(["findings", "findings"]);
    expect(scheduleFindings([found])).toMatchObject([
      {
        name: "job fullprocess",
        status: "warn",
        message: expect.stringMatching(/^ran at .*, and found a problem in drift/),
      },
    ]);
  });
});

describe("latestTime", () => {
  it("is the latest time within the span, or undefined", () => {
    const at = (text: string, within: number): string | undefined =>
      latestTime(job, new Date(text), within)?.toISOString();
    expect(at("2026-01-05T06:00:00Z", 900_000)).toBe("2026-01-05T06:00:00.000Z");
    expect(at("2026-01-05T06:14:00Z", 900_000)).toBe("2026-01-05T06:00:00.000Z");
    expect(at("2026-01-05T06:16:00Z", 900_000)).toBeUndefined();
    expect(at("2026-01-05T05:59:59Z", 31 * 86_400_000)).toBe("2026-01-04T06:00:00.000Z");
    const seconds = latestTime({ ...job, cron: "* * * * * *" }, new Date("2026-01-05T06:00:00.500Z"), 31 * 86_400_000);
    expect(seconds?.toISOString()).toBe("2026-01-05T06:00:00.000Z");
  });
});

describe("jitterOf", () => {
  it("is distributed over the span, and the same for the same job, time and folder", () => {
    const at = (n: number): Date => new Date(Date.UTC(2026, 0, n, 6));
    const delays = Array.from({ length: 400 }, (_, n) => jitterOf(job, at(n), "/srv/a"));
    expect(delays).toEqual(Array.from({ length: 400 }, (_, n) => jitterOf(job, at(n), "/srv/a")));
    expect(delays).not.toEqual(Array.from({ length: 400 }, (_, n) => jitterOf(job, at(n), "/srv/b")));
    expect(Math.max(...delays)).toBeLessThan(600_000);
    // The mean of 400 uniform values of 0 to 600 s: 300 s ± 5 standard errors of 600/√12/√400 = 8.7 s.
    expect(Math.abs(delays.reduce((sum, delay) => sum + delay, 0) / 400 - 300_000)).toBeLessThan(43_300);
    expect(jitterOf({ name: "x", jitterMs: 0 }, at(1), "/srv/a")).toBe(0);
  });
});

describe("retainExecutions", () => {
  it("keeps the newest, the recent and the running executions", async () => {
    const paths = exampleWorkspace();
    const store = openStore(paths.database);
    for (const n of [1, 2, 3, 4, 5]) await save(paths, store, n === 1 ? exampleExecution(1) : ran(n));
    const left = (): string[] => store.executions().map(({ executionId }) => executionId);
    const now = new Date("2026-01-05T12:00:00Z");
    expect(await retainExecutions(truthOf(paths), { keep: null, days: null }, now)).toBe(0);
    expect(await retainExecutions(truthOf(paths), { keep: 2, days: 2 }, now)).toBe(2);
    expect(left()).toEqual(["job_5", "job_4", "job_1"]);
    expect(await retainExecutions(truthOf(paths), { keep: 1, days: null }, now)).toBe(1);
    expect(left()).toEqual(["job_5", "job_1"]);
    store.close();
  });

  it("keeps the last unattended run of each job, even if many others came after it", async () => {
    const paths = exampleWorkspace();
    const store = openStore(paths.database);
    const monthly = { job: "monthly", trigger: "missed" } as const;
    const all = [
      ran(1, { ...monthly, executionId: "ran" }),
      ran(2, { ...monthly, executionId: "skipped", status: "skipped" }),
      ran(3, { ...monthly, executionId: "hand", trigger: "manual", dueAt: null }),
      ...[4, 5, 6, 7].map((n) => ran(n)),
    ];
    for (const execution of all) await save(paths, store, execution);
    expect(await retainExecutions(truthOf(paths), { keep: 2, days: null }, new Date("2026-02-01"))).toBe(3);
    expect(store.executions().map(({ executionId }) => executionId)).toEqual(["job_7", "job_6", "skipped", "ran"]);
    store.close();
  });
});
