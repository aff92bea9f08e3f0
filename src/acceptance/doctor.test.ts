/** What doctor finds before fullprocess would, and machines that lack something. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { emptyWorkspace, repository, temporaryFolder, type FullprocessJson } from "./lifecycleWorkspace.ts";

interface Finding {
  readonly name: string;
  readonly status: string;
  readonly message: string;
}

describe("doctor", () => {
  it("warns of a new workspace without data, and fails where fullprocess would", () => {
    const workspace = emptyWorkspace({ target: "Churnd" });
    const found = (status: number): Record<string, string> => {
      const run = workspace.run(["doctor", "--json"]);
      expect(run.status, run.stderr).toBe(status);
      const { findings } = JSON.parse(run.stdout) as { findings: Finding[] };
      const first = findings.filter(({ name }) => ["input data", "target", "test data"].includes(name));
      return Object.fromEntries(first.map(({ name, status: verdict, message }) => [name, `${verdict}: ${message}`]));
    };
    expect(found(0)).toEqual({
      "input data": "warn: no file of rows in sourcedata: put one there, or `mlctl init --from FILE`",
      "test data": expect.stringMatching(/^warn: no test data: testdata does not exist: put labelled rows there/),
    });
    workspace.write({ "sourcedata/a.csv": "x,Churned\n1,0\n2,1\n" });
    workspace.ok("ingest");
    expect(found(1)).toEqual({
      "input data": "pass: 1 file in sourcedata",
      target: expect.stringMatching(/^fail: .*no column "Churnd" \(did you mean "Churned"\?\): set "target"/),
      "test data": expect.stringMatching(/^fail: no test data/),
    });
    workspace.configure({ target: "Churned" });
    workspace.write({ "testdata/t.csv": "x,Churned\n1,0\n" });
    expect(Object.values(found(0)).map((each) => each.split(":")[0])).toEqual(["pass", "pass", "pass"]);
  });
});

it("doctor names the files that were rejected, and says that all others are gone, as fullprocess does", () => {
  const workspace = emptyWorkspace({ target: "y", train: { models: [{ family: "linear_regression" }] } });
  const table = ["x,y", ...Array.from({ length: 60 }, (_, i) => `${i},${2 * i + (i % 3)}`)].join("\n");
  workspace.write({
    "sourcedata/a.csv": table,
    "sourcedata/b.csv": table.replaceAll(/^6/gm, "7"),
    "testdata/t.csv": table,
  });
  workspace.write({ "sourcedata/dec.csv": 'x,y\n1,"01.01' });
  const found = (): Record<string, string> => {
    const { findings } = workspace.json<{ findings: Finding[] }>("doctor");
    return Object.fromEntries(findings.map(({ name, status, message }) => [name, `${status}: ${message}`]));
  };
  const { steps } = workspace.json<FullprocessJson>("fullprocess");
  expect(steps[0]).toMatchObject({
    name: "ingest",
    reason: expect.stringMatching(/ from 2 files, .*, 1 file rejected$/),
  });
  expect(found()).toMatchObject({
    "rejected files": expect.stringMatching(/^warn: sourcedata\/dec\.csv, line 2, column "y": a quote is not closed/),
    "input data": "pass: 3 files in sourcedata",
  });
  workspace.write({ "sourcedata/a.csv": null, "sourcedata/moved.csv": table, "sourcedata/b.csv": null });
  expect(workspace.run(["fullprocess"]).stderr).not.toContain("gone from");
  const gone = "all 2 files of the last dataset are gone from sourcedata";
  for (const name of ["moved", "dec"]) {
    workspace.write({ [`sourcedata/${name}.csv`]: null });
    const { status, stderr } = workspace.run(["fullprocess"]);
    expect([status, stderr]).toEqual([0, expect.stringMatching(new RegExp(`warning: ${gone}\n[^]*nothing new`))]);
    expect(found()["input data"]).toBe(`warn: ${gone}`);
  }
  expect(found()).not.toHaveProperty("rejected files");
  workspace.configure({ train: { models: [{ family: "linear_regression", params: { fit_intercept: false } }] } });
  expect(workspace.run(["fullprocess"]).stderr).toContain(gone);
});

describe("a machine", () => {
  const config = {
    target: "y",
    alerts: [{ type: "command", command: "true" }],
    schedule: [{ name: "score", cron: "0 3 * * *" }],
  };

  it("without cron shows the lines all the same, and refuses to install them", () => {
    const workspace = emptyWorkspace(config);
    const environment = { PATH: temporaryFolder() };
    const dry = workspace.run(["schedule", "install", "--dry-run"], { environment, ownProcess: true });
    expect([dry.status, dry.stdout]).toEqual([0, expect.stringContaining("schedule now score --due")]);
    expect(dry.stderr).toContain("cron is not installed");
    expect(workspace.run(["schedule", "install"], { environment, ownProcess: true }).status).toBe(4);
  });

  it.runIf(process.platform === "linux")("with a home in /proc gets an error, and is not waited for", () => {
    const workspace = emptyWorkspace(config);
    const environment = { HOME: "/proc", XDG_STATE_HOME: "", XDG_CACHE_HOME: "" };
    const { status, stderr } = workspace.run(["config", "trust", "--yes"], { environment, ownProcess: true });
    expect([status, stderr]).toEqual([1, expect.stringContaining("cannot remember it in /proc/.local")]);
  });
});

it("docs/service.md has a unit for the server that this program understands", () => {
  const page = readFileSync(join(repository, "docs/service.md"), "utf8");
  const unit = /```ini\n([^]*?)```/.exec(page)![1]!;
  expect([...unit.matchAll(/^\[(\w+)\]$/gm)].map(([, name]) => name)).toEqual(["Unit", "Service", "Install"]);
  const words = /^ExecStart=\S+ (.*)$/m.exec(unit)![1]!.split(" ");
  expect(emptyWorkspace().run([...words, "--help"]).status).toBe(0);
});
