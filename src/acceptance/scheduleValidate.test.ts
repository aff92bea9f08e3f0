/** A wrong schedule is found out by `config validate` and by `schedule install`, not at three in the morning. */
import { describe, expect, it } from "vitest";
import { emptyWorkspace, type LifecycleWorkspace } from "./lifecycleWorkspace.ts";

const job = (more: object): object => ({ name: "nightly", command: "verify", cron: "0 3 * * *", ...more });
const workspaceOf = (...schedule: readonly object[]): LifecycleWorkspace => emptyWorkspace({ target: "y", schedule });

describe("config validate", () => {
  it("reports all errors of the schedule at once, each with its line", () => {
    const workspace = workspaceOf(
      job({ name: "a", command: "banana" }),
      job({ name: "b", timezone: "Mars" }),
      job({ name: "b" }),
      job({ name: "c", cron: "0 3 31 2 *" }),
      job({ name: "d", cron: "0 3 8 * 1#1" }),
      job({ name: "e", args: ["-C", "/"] }),
    );
    const { status, stderr } = workspace.run(["config", "validate"]);
    expect(status).toBe(2);
    const lines = stderr.replace(/\n\s+/g, " ");
    const lineOf = (text: string): number =>
      workspace.read("config.json").slice(0, workspace.read("config.json").indexOf(text)).split("\n").length;
    expect(lines).toContain("config.json has 6 errors");
    expect(lines).toContain(
      `config.json:${lineOf('"banana"')}: schedule.0.command: schedule: "banana" is not a command`,
    );
    expect(lines).toContain(
      `config.json:${lineOf('"Mars"')}: schedule.1.timezone: schedule "b": "Mars" is not a valid time zone`,
    );
    expect(lines).toMatch(/config.json:\d+: schedule.2.name: another job has the name "b"/);
    expect(lines).toContain(`config.json:${lineOf('"0 3 31 2 *"')}: schedule.3.cron: schedule "c": "0 3 31 2 *"`);
    expect(lines).toContain(`config.json:${lineOf('"0 3 8 * 1#1"')}: schedule.4.cron: `);
    expect(lines).toContain(`config.json:${lineOf('"args"')}: schedule.5.args: schedule "e": args must not contain -C`);
  });

  it("reports them beside errors of other sections, each only once", () => {
    const workspace = emptyWorkspace({
      target: "y",
      // Not whole without the family that is meant: what train would say of the rest is not known.
      train: { models: [{ family: "xgbost" }] },
      monitor: { drift: { columns: { age: { test: "kss" } } } },
      schedule: [
        job({ name: "a", cron: "70 25 * * *" }),
        job({ name: "b", command: "banana", jitter: "soon" }),
        job({ name: "c", cron: "0 3 31 2 *", args: ["--nope"] }),
        job({ name: "d", args: ["--nope"] }),
      ],
    });
    const { status, stderr } = workspace.run(["config", "validate"]);
    const told = stderr.split("\n").map((line) => line.replace(/^ {2}config\.json:\d+: /, ""));
    expect(status).toBe(2);
    expect(told).toEqual([
      "error: config.json has 7 errors",
      expect.stringMatching(/^train\.models\.0\.family: found "xgbost", .*did you mean "xgboost"\?$/),
      expect.stringMatching(/^monitor\.drift\.columns\.age\.test: .*did you mean "ks"\?$/),
      'schedule.0.cron: schedule "a": "70 25 * * *" is not a cron expression; the minute: found "70", allowed 0 to 59; the hour: found "25", allowed 0 to 23',
      expect.stringMatching(/^schedule\.1\.command: schedule: "banana" is not a command/),
      expect.stringMatching(/^schedule\.1\.jitter: found "soon"/),
      'schedule.2.cron: schedule "c": "0 3 31 2 *" is not a cron expression; 31 2 is an impossible day of month for the given month',
      "schedule.3.args: unknown option '--nope'",
      "hint: `mlctl config schema` describes every key",
      "",
    ]);
  });

  it("says nothing that only follows from an error: a time column that is no text is none that is missing", () => {
    const workspace = emptyWorkspace({
      target: "y",
      time_column: 7,
      train: { split: { method: "time" } },
      features: [{ type: "lag" }],
      schedule: [job({ cron: "0 3 * * mon-fry" })],
    });
    const { stderr } = workspace.run(["config", "validate"]);
    expect(stderr).toContain("config.json has 2 errors\n");
    expect(stderr).toMatch(/time_column: found 7/);
    expect(stderr).toMatch(/schedule\.0\.cron: .*the weekday: found "mon-fry", allowed 0 to 7 or sun to sat/);
  });

  it("reads the words of a job as its command does", () => {
    const workspace = workspaceOf(job({ args: ["--nope"] }));
    const { status, stderr } = workspace.run(["config", "validate"]);
    expect([status, stderr]).toEqual([
      2,
      expect.stringMatching(/config.json:\d+: schedule.0.args: unknown option '--nope'/),
    ]);
    workspace.write({
      "config.json": JSON.stringify({ target: "y", schedule: [job({ command: "train", args: ["--seed", "7"] })] }),
    });
    workspace.ok("config", "validate");
  });
});

describe("schedule install", () => {
  it("refuses words that the job's command does not know", () => {
    for (const args of [["--nope"], ["--wait", "soon"], ["--help"]]) {
      const { status, stderr } = workspaceOf(job({ command: "ingest", args })).run(["schedule", "install", "--k8s"]);
      expect([status, stderr], args.join(" ")).toEqual([2, expect.stringContaining('error: schedule "nightly": ')]);
    }
  });

  it("says how to take the jobs out where none is left in config.json", () => {
    const { status, stderr } = workspaceOf().run(["schedule", "install"]);
    expect([status, stderr.replace(/\n\s+/g, " ")]).toEqual([2, expect.stringContaining("`mlctl schedule remove`")]);
  });
});
