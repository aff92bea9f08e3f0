/** What is known of jobs that ran: nothing is called overdue, and nothing runs again, because records were many. */
import { describe, expect, it } from "vitest";
import { emptyWorkspace, type LifecycleWorkspace } from "./lifecycleWorkspace.ts";

interface JobJson {
  readonly status: string;
  readonly missed: number;
  readonly scheduler: string | null;
}

/** A workspace with one job, as if cron had been told of it then. */
function workspaceWith(cron: string, since: Date, retention = {}): LifecycleWorkspace {
  const job = { name: "job", command: "verify", cron };
  const workspace = emptyWorkspace({ target: "y", schedule: [job], retention });
  const expected = { cron, timezone: "UTC", since: since.toISOString(), by: "crontab" };
  workspace.write({ "models/schedule/jobs.json": JSON.stringify({ kind: "schedule_state", jobs: { job: expected } }) });
  return workspace;
}

function record(of: LifecycleWorkspace, name: string, at: Date, change: object): void {
  const time = at.toISOString();
  const names = { kind: "execution", executionId: name, job: "job", command: ["verify"], trigger: "schedule" };
  const times = { dueAt: time, startedAt: time, endedAt: time, seconds: 0 };
  const end = { status: "done", exitCode: 0, reason: null, log: null, pid: 1, host: "elsewhere" };
  const execution = { ...names, ...times, ...end, ...change };
  of.write({ [`models/schedule/execution_${name}.json`]: JSON.stringify(execution) });
}

/** The time of a job that runs once a year, so that none comes while this runs. */
const yearly = "0 0 1 1 *";
const newYear = (yearsAgo: number): Date => new Date(Date.UTC(new Date().getUTCFullYear() - yearsAgo, 0, 1));
const statusOf = (of: LifecycleWorkspace): JobJson | undefined =>
  of.json<{ jobs: JobJson[] }>("schedule", "list").jobs[0];

describe("a job that ran at its time", () => {
  it("is on time, however often it was run by hand since", () => {
    const workspace = workspaceWith(yearly, newYear(9));
    record(workspace, "nightly", newYear(0), {});
    for (let i = 0; i < 5; i++) workspace.ok("schedule", "now", "job");
    expect(statusOf(workspace)).toMatchObject({ status: "ok", missed: 0 });
    expect(workspace.run(["schedule", "list", "--check"]).status).toBe(0);
  });

  it("does not run again because others ran more often and only the newest records are kept", () => {
    const keep = { keep: 2, days: null };
    const workspace = workspaceWith(yearly, newYear(9), { executions: keep });
    record(workspace, "last", newYear(0), {});
    for (let i = 1; i <= 4; i++) record(workspace, `older${i}`, newYear(i), {});
    for (let i = 0; i < 4; i++) {
      record(workspace, `often${i}`, new Date(newYear(0).getTime() + i + 1), { job: "often", trigger: "manual" });
    }
    workspace.ok("schedule", "now", "job");
    workspace.ok("prune");
    expect(workspace.names("models/schedule", /_older/)).toEqual([]);
    expect(statusOf(workspace)).toMatchObject({ missed: 0 });
    const { status } = workspace.json<{ status: string }>("schedule", "now", "job", "--missed");
    expect(status).toBe("not_due");
  });
});

describe("a job whose time passed a minute ago", () => {
  it("is not overdue yet, and is caught up at once all the same", () => {
    const workspace = workspaceWith("* * * * *", new Date(Date.now() - 100_000));
    expect(statusOf(workspace)).toMatchObject({ status: "waiting", missed: 0 });
    const { status } = workspace.json<{ status: string }>("schedule", "now", "job", "--missed");
    expect(status).toBe("done");
  });
});

describe("a job whose units were only written into a folder of one's own", () => {
  const stateOf = (of: LifecycleWorkspace) =>
    (JSON.parse(of.read("models/schedule/jobs.json")) as { jobs: { job: Record<string, unknown> } }).jobs.job;
  const install = (of: LifecycleWorkspace): void => void of.ok("schedule", "install", "--systemd", "-o", "units");
  /** As if it had been done nine years ago. */
  const date = (of: LifecycleWorkspace): void => {
    const job = { ...stateOf(of), since: newYear(9).toISOString() };
    of.write({ "models/schedule/jobs.json": JSON.stringify({ kind: "schedule_state", jobs: { job } }) });
  };

  it("is waited for from its first run on, and not before", () => {
    const job = { name: "job", command: "verify", cron: yearly };
    const workspace = emptyWorkspace({ target: "y", schedule: [job] });
    expect(workspace.run(["schedule", "install", "--systemd", "-o", "units"]).stdout).not.toContain(
      "installed in systemd",
    );
    date(workspace);
    expect(statusOf(workspace)).toMatchObject({ status: "waiting", missed: 0, scheduler: null });
    expect(workspace.run(["doctor"]).stdout).not.toMatch(/missed \d+ runs?/);
    workspace.ok("schedule", "now", "job");
    expect(statusOf(workspace)).toMatchObject({ status: "ok", missed: 0 });
    record(workspace, "first", newYear(3), {});
    expect(statusOf(workspace)).toMatchObject({ status: "overdue", missed: 3, scheduler: "systemd" });
    // The same again changes nothing of that.
    install(workspace);
    expect(statusOf(workspace)).toMatchObject({ status: "overdue", missed: 3 });
    workspace.ok("schedule", "remove", "--systemd", "-o", "units");
    expect(workspace.names("models/schedule", /jobs\.json/)).toEqual([]);
  });

  it("stays expected of schedulers that already had it", () => {
    const workspace = workspaceWith(yearly, newYear(2));
    install(workspace);
    expect(statusOf(workspace)).toMatchObject({ status: "overdue", missed: 2, scheduler: "crontab" });
  });

  it("is expected from the day on which a scheduler got it", () => {
    const workspace = emptyWorkspace({ target: "y", schedule: [{ name: "job", command: "verify", cron: yearly }] });
    install(workspace);
    date(workspace);
    const environment = { XDG_CONFIG_HOME: workspace.folder };
    expect(workspace.run(["schedule", "install", "--systemd"], { environment }).status).toBe(0);
    expect(stateOf(workspace)["since"]! > newYear(0).toISOString()).toBe(true);
    expect(statusOf(workspace)).toMatchObject({ status: "waiting", missed: 0, scheduler: "systemd" });
    // Copies are no units that systemd goes by.
    expect(workspace.run(["schedule", "remove", "--systemd", "-o", "units"], { environment }).status).toBe(0);
    expect(statusOf(workspace)).toMatchObject({ status: "waiting", scheduler: "systemd" });
  });
});
