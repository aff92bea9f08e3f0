/** Jobs at their times: the daemon, a crontab (a program of the same name stands in for the real one), and the dead-man check. */
import { existsSync, rmSync } from "node:fs";
import { spawn, spawnSync } from "node:child_process";
import { hostname } from "node:os";
import { join } from "node:path";
import { beforeAll, describe, expect, it } from "vitest";
import { hostTimes } from "../automation/schedule/install/hostTimes.ts";
import { systemZone } from "../automation/schedule/localTime.ts";
import { acquireLock } from "../storage/lock.ts";
import { fakeCrontab, type FakeCrontab } from "./fakeCrontab.ts";
import { sampleWorkspace, type Finished, type LifecycleWorkspace } from "./lifecycleWorkspace.ts";

interface JobJson {
  readonly name: string;
  readonly status: string;
  readonly scheduler: string | null;
  readonly missed: number;
  readonly overdue_since: string | null;
  readonly last: readonly {
    status: string;
    trigger: string;
    due_at: string | null;
    exit_code: number | null;
    log: string | null;
    reason: string | null;
  }[];
}

const schedule = [
  { name: "verify", cron: "*/5 * * * *", missed: "run" },
  { name: "nightly", command: "fullprocess", cron: "30 2 * * 1-5", timezone: "Europe/Oslo", missed: "skip" },
];

let workspace: LifecycleWorkspace;
let table: FakeCrontab;
beforeAll(() => {
  workspace = sampleWorkspace();
  workspace.configure({ schedule });
  table = fakeCrontab();
});

const cron = (args: readonly string[], more: Record<string, string> = {}): Finished =>
  workspace.run(["schedule", ...args], { environment: { ...table.environment, TZ: "UTC", ...more } });
const jobs = (of = workspace): JobJson[] => of.json<{ jobs: JobJson[] }>("schedule", "list").jobs;

describe("schedule install", () => {
  it("puts the jobs in a marked block, changes nothing the second time, and takes only them out again", () => {
    const own = "# mine\n5 4 * * * true\n";
    table.write(own);
    expect(cron(["install", "--dry-run"]).status).toBe(0);
    expect(table.text()).toBe(own);
    expect(cron(["install"]).stderr).toContain("2 jobs installed in your crontab");
    const installed = table.text();
    expect(installed.startsWith(own)).toBe(true);
    expect(cron(["install"]).stderr).toContain("nothing changed");
    expect(table.text()).toBe(installed);
    expect(jobs().map(({ scheduler, status }) => [scheduler, status])).toEqual([
      ["crontab", "waiting"],
      ["crontab", "waiting"],
    ]);
    expect(cron(["remove"]).status).toBe(0);
    expect(table.text()).toBe(own);
    expect(jobs().map(({ status }) => status)).toEqual(["unscheduled", "unscheduled"]);
    expect(workspace.run(["doctor"]).stdout).toContain("no scheduler of this machine has it, and it never ran");
  });

  it("writes lines that cron can run: absolute, with a PATH and a log, in an empty environment", () => {
    cron(["install"]);
    const lines = table.text().split("\n");
    const [oslo] = hostTimes({ ...schedule[1]!, timezone: "Europe/Oslo" }, [systemZone(process.env)], new Date());
    expect(lines.filter((line) => /^[\d*@]/.test(line)).map((line) => line.split(" cd ")[0])).toEqual(
      ["5 4 * * *", "*/5 * * * *", "@reboot", oslo].map((time, i) => (i === 0 ? "5 4 * * * true" : time)),
    );
    const line = lines.find((each) => each.startsWith("*/5"))!;
    const command = line.split(" ").slice(5).join(" ").replaceAll("\\%", "%");
    const { status } = spawnSync("/bin/sh", ["-c", command], { cwd: "/", env: {} });
    expect(status).toBe(0);
    const [verify] = jobs();
    expect(verify).toMatchObject({ status: "ok", last: [{ status: "done", trigger: "schedule", exit_code: 0 }] });
    expect(workspace.read(verify!.last[0]!.log!)).toContain("mlctl verify");
    expect(workspace.read("models/schedule/cron.log")).toBe("");
    // Cron may start it twice, and the daemon may run too: each time has one run.
    spawnSync("/bin/sh", ["-c", command], { cwd: "/", env: {} });
    expect(jobs()[0]!.last.length).toBeLessThanOrEqual(2);
    expect(new Set(jobs()[0]!.last.map(({ due_at: dueAt }) => dueAt)).size).toBe(jobs()[0]!.last.length);
    cron(["remove"]);
  });

  it("uses the time zone of the machine, not TZ, and CRON_TZ", () => {
    const linesIn = (zone: string): Finished => cron(["install", "--dry-run", "--json"], { TZ: zone });
    const [here, there] = [linesIn("America/New_York"), linesIn("Asia/Kolkata")];
    expect(JSON.parse(here.stdout)).toEqual(JSON.parse(there.stdout));
    // The machine is in one of them at most.
    expect(here.stderr + there.stderr).toMatch(
      /warning: cron and the installed lines use the time zone of this machine, .*TZ in this shell is /,
    );
    table.write("CRON_TZ=Asia/Kolkata\n");
    // 01:30 and 00:30 UTC, five hours and a half later.
    expect(linesIn("Asia/Kolkata").stdout).toContain('"0 6,7 * * * cd ');
    table.write("CRON_TZ=Mars\n");
    expect(linesIn("UTC")).toMatchObject({ status: 3, stderr: expect.stringContaining("CRON_TZ=Mars") as string });
    table.write("5 4 * * * true\n");
  });

  it("never takes a crontab that it could not read for an empty one", () => {
    const before = table.text();
    const finished = cron(["install"], { CRONTAB_BROKEN: "cannot open spool" });
    expect([finished.status, finished.stderr]).toEqual([
      1,
      expect.stringContaining("error: crontab -l failed: cannot open spool"),
    ]);
    expect(table.text()).toBe(before);
    const absent = workspace.run(["schedule", "install"], { environment: { PATH: "/nowhere" } });
    expect([absent.status, absent.stderr]).toEqual([
      4,
      expect.stringContaining("hint: install cron, or use `mlctl schedule run`"),
    ]);
  });

  it("leaves files alone that it did not write", () => {
    workspace.write({ "flows/mlctl-verify.yml": "on: push\n" });
    const refused = workspace.run(["schedule", "install", "--github", "-o", "flows"]);
    expect([refused.status, refused.stderr]).toEqual([2, expect.stringContaining("was not written by mlctl")]);
    expect(workspace.names("flows")).toEqual(["mlctl-verify.yml"]);
    workspace.ok("schedule", "install", "--github", "-o", "flows", "--force");
    expect(workspace.names("flows")).toEqual(["mlctl-nightly.yml", "mlctl-verify.yml"]);
    workspace.write({ "flows/other.yml": "on: push\n" });
    workspace.ok("schedule", "remove", "--github", "-o", "flows");
    expect(workspace.names("flows")).toEqual(["other.yml"]);
  });
});

describe("schedule next", () => {
  it("shows the times as clocks in the job's zone do, short enough for a narrow terminal", () => {
    const rows = workspace.ok("schedule", "next", "--count", "20").split("\n");
    const nightly = rows.filter((row) => row.startsWith("nightly\t"));
    expect(nightly).toHaveLength(20);
    // 02:30 in Oslo, summer and winter.
    for (const row of nightly) expect(row).toMatch(/^nightly\t\d{4}-\d\d-\d\d 02:30\t30 2 \* \* 1-5\tEurope\/Oslo$/);
  });
});

describe("schedule now", () => {
  it("sends who gives no job to its own help", () => {
    const { status, stderr } = workspace.run(["schedule", "now"]);
    expect([status, stderr]).toEqual([2, expect.stringContaining("`mlctl schedule now --help` shows the usage")]);
  });

  it("prints what the job says where it is asked to, and keeps it in the log all the same", () => {
    const copy = workspace.copy();
    const { status, stdout, stderr } = copy.run(["schedule", "now", "verify", "--show", "--json"]);
    const { execution } = JSON.parse(stdout) as { execution: { log: string } };
    expect([status, stderr]).toEqual([0, expect.stringContaining("undamaged")]);
    expect(copy.read(execution.log)).toContain("undamaged");
    expect(copy.run(["schedule", "now", "verify"]).stderr).not.toContain("undamaged");
  });

  it("does nothing where no time of the job passed", () => {
    const { status, stdout } = workspace.run(["schedule", "now", "nightly", "--due", "0s", "--json"]);
    expect([status, JSON.parse(stdout)]).toEqual([0, { job: "nightly", status: "not_due", execution: null }]);
  });

  it("ends as the job does, and keeps its record and what it said", () => {
    const copy = workspace.copy();
    copy.configure({ schedule: [{ name: "judge", command: "score", args: ["--fail-under", "2"], cron: "0 0 * * *" }] });
    const { status } = copy.run(["schedule", "now", "judge"]);
    expect(status).toBe(4); // not ready: nothing was trained
    const [judge] = jobs(copy);
    expect(judge).toMatchObject({ status: "failed", last: [{ status: "failed", trigger: "manual", exit_code: 4 }] });
    expect(copy.read(judge!.last[0]!.log!)).toContain("error: there is no trained model yet");
    copy.ok("reindex");
    expect(jobs(copy)[0]!.last).toEqual(judge!.last);
    copy.ok("verify");
  });

  it("stops a job that takes too long", async () => {
    const copy = workspace.copy();
    // It waits for a lock that nobody gives back.
    copy.configure({ schedule: [{ name: "ingest", cron: "0 0 * * *", args: ["--wait", "10m"], timeout: "0.5s" }] });
    const database = join(copy.folder, "mlctl.db");
    const release = await acquireLock({ database, command: "a test", waitMs: 0, now: () => new Date() });
    expect(copy.run(["schedule", "now", "ingest"]).status).toBe(143); // as the job ended, by SIGTERM
    release();
    expect(jobs(copy)[0]!.last[0]!.status).toBe("timed_out");
  });
});

describe("a job that did not run", () => {
  it("is a finding of list and doctor, until it is caught up or skipped as it says", () => {
    const copy = workspace.copy();
    rmSync(join(copy.folder, "models/schedule"), { recursive: true, force: true });
    cronStateOf(copy, "2026-01-01T00:00:00.000Z");
    const [verify, nightly] = jobs(copy);
    expect([verify!.status, nightly!.status, verify!.overdue_since]).toEqual([
      "overdue",
      "overdue",
      "2026-01-01T00:05:00.000Z",
    ]);
    expect(copy.run(["schedule", "list"]).status).toBe(0);
    expect(copy.run(["schedule", "list", "--check"]).status).toBe(1);
    const doctor = copy.run(["doctor"]);
    expect([doctor.status, doctor.stdout]).toEqual([
      1,
      expect.stringMatching(/job nightly\tfail\t\d+\t0\tmissed \d+ runs?/),
    ]);
    copy.ok("schedule", "now", "verify", "--missed");
    copy.ok("schedule", "now", "nightly", "--missed");
    expect(jobs(copy).map(({ status, last }) => [status, last[0]!.status, last[0]!.trigger])).toEqual([
      ["ok", "done", "missed"],
      ["waiting", "skipped", "missed"],
    ]);
    copy.ok("doctor");
  });
});

/** As if the jobs had been installed then, and nothing had run since. */
function cronStateOf(of: LifecycleWorkspace, since: string): void {
  const expected = schedule.map(({ name, cron: expression, timezone = "UTC" }) => [
    name,
    { cron: expression, timezone, since, by: "crontab" },
  ]);
  of.write({
    "models/schedule/jobs.json": JSON.stringify({ kind: "schedule_state", jobs: Object.fromEntries(expected) }),
  });
}

describe("schedule run", () => {
  it("that is killed with a job at work: the next one records it, sends it as failed, and runs the job again once", async () => {
    const copy = workspace.copy();
    rmSync(join(copy.folder, "models/schedule"), { recursive: true, force: true });
    const alerts = [{ type: "command", command: `cat >> "${copy.folder}/alerts.log"` }];
    copy.configure({ alerts, schedule: [{ name: "slow", command: "ingest", cron: "* * * * * *", missed: "run" }] });
    const files = () => copy.names("models/schedule", /^execution_.*_slow\.json$/).toSorted();
    const runs = () =>
      files().map((name) => JSON.parse(copy.read(`models/schedule/${name}`)) as { status: string; due_at: string });
    const database = join(copy.folder, "mlctl.db");
    const release = await acquireLock({ database, command: "a test", waitMs: 0, now: () => new Date() });
    const { child, finished } = copy.start("schedule", "run", "--trust");
    await until(() => runs().some(({ status }) => status === "running"));
    child.kill("SIGKILL");
    await finished;
    release();
    // No time passes without a run: it is repeated because it was killed.
    copy.configure({ alerts, schedule: [{ name: "slow", command: "ingest", cron: "0 0 1 1 *", missed: "run" }] });
    const next = copy.start("schedule", "run", "--trust");
    await until(() => runs().some(({ status }) => status === "done"));
    // The message that it works again comes after the record.
    await until(() => copy.read("alerts.log").includes("resolved"));
    next.child.kill("SIGTERM");
    expect((await next.finished).stderr).toMatch(/slow: its run for .* was killed: running the job again/);
    const [killed, repeated, ...more] = runs().filter(({ status }) => status !== "skipped");
    expect([killed!.status, repeated!.status, repeated!.due_at, more]).toEqual(["killed", "done", killed!.due_at, []]);
    const changes = [...copy.read("alerts.log").matchAll(/"change": ?"(\w+)".*?"subject": ?"(.*?)"/g)];
    expect(changes.map(([, change, subject]) => `${change}: ${subject}`)).toEqual([
      expect.stringMatching(/^open: .*job: slow killed while it was running/),
      expect.stringMatching(/^resolved: /),
    ]);
    copy.ok("schedule", "now", "slow", "--missed", "--trust");
    expect(runs().filter(({ status }) => status !== "skipped")).toHaveLength(2);
  });

  it("that starts while the killed one still counts as alive notices its jobs once it is gone", async () => {
    const copy = workspace.copy();
    rmSync(join(copy.folder, "models/schedule"), { recursive: true, force: true });
    copy.configure({ schedule: [{ name: "slow", command: "ingest", cron: "0 0 1 1 *", missed: "run" }] });
    const dying = spawn("sleep", ["600"]);
    const at = new Date(Date.now() - 60_000).toISOString();
    const execution = {
      kind: "execution",
      executionId: "20260101T000000000Z_slow",
      job: "slow",
      command: ["ingest"],
      trigger: "schedule",
      dueAt: at,
      startedAt: at,
      endedAt: null,
      status: "running",
      exitCode: null,
      reason: null,
      seconds: null,
      log: null,
      pid: dying.pid,
      host: hostname(),
    };
    copy.write({ "models/schedule/execution_20260101T000000000Z_slow.json": JSON.stringify(execution) });
    const { child, finished } = copy.start("schedule", "run");
    await until(() => copy.names("models/schedule", /^jobs\.json$/).length === 1);
    await new Promise((resolve) => setTimeout(resolve, 1000));
    expect(jobs(copy)[0]!.status).toBe("running");
    dying.kill("SIGKILL");
    await until(() => jobs(copy)[0]!.last[0]!.status === "done");
    child.kill("SIGTERM");
    expect((await finished).stderr).toMatch(/slow: its run for .* was killed: running the job again/);
    expect(jobs(copy)[0]!.last.map(({ status }) => status)).toEqual(["done", "killed"]);
  });

  it("runs jobs at their times, catches up, never twice at once, and drains on SIGTERM", async () => {
    const copy = workspace.copy();
    rmSync(join(copy.folder, "models/schedule"), { recursive: true, force: true });
    copy.configure({ schedule: [...schedule, { name: "often", command: "verify", cron: "* * * * * *" }] });
    cronStateOf(copy, "2026-01-01T00:00:00.000Z");
    const { child, finished } = copy.start("schedule", "run");
    await until(() => copy.names("models/schedule", /_often/).length >= 3);
    // A second one by mistake: each time has one run all the same.
    const second = copy.start("schedule", "run");
    const before = copy.names("models/schedule", /_often/).length;
    await until(() => copy.names("models/schedule", /_often/).length >= before + 4);
    let log: string | null | undefined;
    await until(() => (log ??= jobs(copy)[2]!.last.find(({ status: ended }) => ended === "done")?.log) !== undefined);
    second.child.kill("SIGKILL");
    child.kill("SIGTERM");
    const { status, stderr } = await finished;
    expect(status, stderr).toBe(143);
    expect(stderr).toMatch(
      /warning: verify: \d+ scheduled times since 2026-01-01T00:05:00.000Z passed without a run: running the job now/,
    );
    const found = jobs(copy);
    expect(found.map(({ scheduler }) => scheduler)).toEqual(["daemon", "daemon", "daemon"]);
    expect(found[0]!.last.some(({ trigger, status: ended }) => trigger === "missed" && ended === "done")).toBe(true);
    expect(found[1]!.last[0]).toMatchObject({ status: "skipped", trigger: "missed" });
    const often = found[2]!.last;
    const ran = often.filter((run) => run.status !== "skipped");
    // The second one was killed, perhaps with a job at work.
    expect(ran.filter((run) => run.status !== "done" && run.status !== "killed")).toEqual([]);
    expect(new Set(ran.map(({ due_at: dueAt }) => dueAt)).size).toBe(ran.length);
    expect(ran.length).toBeGreaterThan(0);
    expect(existsSync(join(copy.folder, log!))).toBe(true);
    copy.ok("verify");
  });
});

async function until(isSo: () => boolean): Promise<void> {
  while (!isSo()) await new Promise((resolve) => setTimeout(resolve, 100));
}
