/** What a stranger's config.json runs or calls: nothing, until its user has read and allowed it. */
import { spawnSync } from "node:child_process";
import { existsSync, readdirSync, readFileSync, rmSync, statSync } from "node:fs";
import { join } from "node:path";
import { Worker } from "node:worker_threads";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { bin, logisticWorkspace, snapshot, temporaryFolder, type LifecycleWorkspace } from "./lifecycleWorkspace.ts";

const outside = temporaryFolder();
const state = temporaryFolder();
/** In a thread, because most calls of mlctl block this one. Each request is a line of the file "called". */
const server = new Worker(
  `const { appendFileSync } = require("node:fs");
   const { parentPort, workerData } = require("node:worker_threads");
   const server = require("node:http").createServer((request, response) => {
     appendFileSync(workerData, request.url);
     response.end();
   });
   server.listen(0, "127.0.0.1", () => parentPort.postMessage(server.address().port));`,
  { eval: true, workerData: join(outside, "called") },
);
let url = "";
beforeAll(async () => {
  url = `http://127.0.0.1:${await new Promise((resolve) => server.once("message", resolve))}`;
});
afterAll(() => server.terminate());

/** The other tests have MLCTL_TRUST. */
const untrusted = { MLCTL_TRUST: "" };

/** With a record of its own. */
const asUser = { ...untrusted, XDG_STATE_HOME: state };

/** Runs a file, calls a server, reads from it, and writes outside the workspace by a job. */
function strangers(): LifecycleWorkspace {
  const workspace = logisticWorkspace();
  workspace.configure({
    alerts: [
      { type: "command", command: `touch ${outside}/ran`, level: "warn", retries: 0 },
      { type: "webhook", url: `${url}/hook?\${USER_KEY:-none}`, level: "warn", retries: 0 },
    ],
    watch: { source: `${url}/feed.csv` },
    schedule: [{ name: "backup", args: [`${outside}/b.tar.gz`], cron: "0 0 1 1 *" }],
  });
  const [header, ...rows] = workspace.read("testdata/testdata.csv").split("\n");
  const drifted = rows.map((line) => line.replace(/^(\w+),(\d+)/, "$1,9$2"));
  workspace.write({ "drifted.csv": [header, ...drifted].join("\n") });
  return workspace;
}

const ran = (): string[] => readdirSync(outside);

describe("a config.json that nobody has trusted", () => {
  let workspace: LifecycleWorkspace;
  beforeAll(() => {
    workspace = strangers();
  });

  it("runs nothing, calls nothing and writes nothing in a command that reads", () => {
    const before = snapshot(workspace.folder);
    const reading =
      "config validate,config validate --data,config show,config schema,config trust,doctor,verify,diagnose," +
      "alerts list,runs list,models list,lineage d1,schedule list,schedule next,predictions list," +
      "monitor --dry-run drifted.csv";
    for (const words of reading.split(",")) {
      const { status, stderr } = workspace.run(words.split(" "), { environment: untrusted });
      expect([words, status === 2 ? stderr : 0]).toEqual([words, 0]);
    }
    expect(ran()).toEqual([]);
    expect(snapshot(workspace.folder)).toEqual(before);
  });

  it("is monitored, and its alerts fail with the reason", () => {
    const monitor = workspace.run(["monitor", "drifted.csv", "--json"], { environment: untrusted });
    const { alerts } = JSON.parse(monitor.stdout) as { alerts: { channel: string; status: string; error: string }[] };
    expect(new Set(alerts.map(({ channel, status }) => `${channel.split(" ")[0]} ${status}`))).toEqual(
      new Set(["command failed", "webhook failed"]),
    );
    expect(alerts[0]!.error).toBe(
      "alerts.0 of config.json is not trusted: read what it does, then run `mlctl config trust`",
    );
    expect(monitor.stderr).toContain("hint: for one call, --trust or MLCTL_TRUST=1 allows");
    expect(workspace.names("models/monitoring", /^monitoring_|^monitor_|^\d/).length).toBeGreaterThan(0);
    expect(workspace.run(["alerts", "test"], { environment: untrusted }).status).toBe(1);
    expect(ran()).toEqual([]);
  });

  it("gives no rows: its sources are not asked, and a file or another address needs no trust", () => {
    const asking = logisticWorkspace();
    const source = { url: `${url}/rows.csv`, headers: { "X-Key": "${USER_KEY:-none}" } };
    asking.configure({ ingest: { dedupe: "first", sources: [`${url}/a.csv`, source] } });
    const run = (words: string) => asking.run(words.split(" "), { environment: untrusted });
    const before = snapshot(join(asking.folder, "practicedata"));
    expect(run("ingest --dry-run").stderr).toContain("--dry-run asks no source");
    expect([run("train").status, run("fullprocess --dry-run").status, run("ingest practicedata").status]).toEqual([
      0, 0, 0,
    ]);
    for (const words of ["ingest", "fullprocess", "ingest --force", `ingest ${url}/rows.csv`])
      expect([words, run(words)]).toMatchObject([
        words,
        { status: 4, stderr: expect.stringMatching(/ingest\.sources\.[01] of config\.json is not trusted/) },
      ]);
    expect(run("config trust").stdout).toMatch(/reads rows from "http:\S+\/rows\.csv", with the value of USER_KEY/);
    expect([ran(), snapshot(join(asking.folder, "practicedata"))]).toEqual([[], before]);
    expect(run(`ingest ${url}/other.csv`).stderr).toContain("sent nothing");
    expect(ran()).toEqual(["called"]);
    rmSync(join(outside, "called"));
  });

  it("is refused where nothing is left without what it runs", () => {
    for (const words of ["watch --once", "schedule now backup", "schedule run", "schedule install --dry-run"]) {
      const { status, stderr } = workspace.run(words.split(" "), { environment: untrusted });
      expect([words, status]).toEqual([words, 4]);
      expect(stderr).toMatch(/(watch\.source|schedule\.0) of config\.json is not trusted/);
    }
    expect(ran()).toEqual([]);
    const { jobs } = workspace.json<{ jobs: { status: string; last: { reason: string }[] }[] }>("schedule", "list");
    const last = [{ exit_code: 4, reason: expect.stringMatching(/^schedule\.0 of config\.json is not trusted/) }];
    expect(jobs).toMatchObject([{ status: "failed", last }]);
    const { stdout } = workspace.run(["doctor"], { environment: untrusted });
    expect(stdout).toMatch(
      /schedule\.0, watch\.source of config\.json will not run here[^]*job backup.*failed at .*is not trusted/,
    );
  });

  it("creates none of the folders and files that it names", () => {
    const folder = join(outside, "made");
    const paths = ["input_folder_path", "output_folder_path", "output_model_path", "prod_deployment_path", "database"];
    workspace.configure(Object.fromEntries(paths.map((key) => [key, join(folder, key)])));
    for (const words of ["config validate", "config validate --data", "doctor", "runs list", "verify", "schedule list"])
      workspace.run(words.split(" "), { environment: untrusted });
    expect(ran()).toEqual([]);
  });
});

describe("mlctl config trust", () => {
  it("shows what it allows, remembers it outside the workspace, and asks again only for what changed", () => {
    const workspace = strangers();
    const run = (...args: string[]) => workspace.run(args, { environment: asUser });
    const before = snapshot(workspace.folder);
    const trusted = (...args: string[]): string => {
      const { hooks } = JSON.parse(run("config", "trust", "--json", ...args).stdout) as {
        hooks: { trusted: boolean }[];
      };
      return `${hooks.filter((hook) => hook.trusted).length} of ${hooks.length}`;
    };
    const sent = (...args: string[]): string[] =>
      (JSON.parse(run("alerts", "test", "--json", ...args).stdout) as { alerts: { status: string }[] }).alerts.map(
        ({ status: how }) => how,
      );
    expect([run("config", "trust").status, trusted()]).toEqual([1, "0 of 4"]);
    expect(readdirSync(state)).toEqual([]);
    const { status, stdout } = run("config", "trust", "--yes");
    expect(status).toBe(0);
    expect(stdout).toContain(`runs "touch ${outside}/ran"`);
    expect(stdout).toMatch(/sends alerts to "http:\/\/127\.0\.0\.1:\d+", with the value of USER_KEY\t/);
    expect(stdout).toContain(`runs mlctl "backup ${outside}/b.tar.gz"`);
    expect(snapshot(workspace.folder)).toEqual(before);
    const [record] = readdirSync(join(state, "mlctl", "trusted"));
    expect(statSync(join(state, "mlctl", "trusted", record!)).mode & 0o777).toBe(0o600);
    expect(sent()).toEqual(["sent", "sent"]);
    expect(existsSync(join(outside, "ran"))).toBe(true);

    const edit = (change: (text: string) => string) =>
      workspace.write({ "config.json": change(workspace.read("config.json")) });
    edit((text) => text.replace('"name": "attrition"', '"name": "other"').replace('"retries": 0', '"retries": 1'));
    expect(trusted()).toBe("4 of 4");
    edit((text) => text.replace(`touch ${outside}`, `touch  ${outside}`));
    expect(trusted()).toBe("3 of 4");
    expect(sent()).toEqual(["failed", "sent"]);
    // The same text in another folder is another config.json.
    expect(workspace.copy().run(["config", "trust"], { environment: asUser }).status).toBe(1);

    expect(trusted("--revoke")).toBe("0 of 4");
    expect(readdirSync(join(state, "mlctl", "trusted"))).toEqual([]);
    expect(sent("--trust")).toEqual(["sent", "sent"]);
    expect(sent()).toEqual(["failed", "failed"]);
    const environment = { ...asUser, MLCTL_ALERTS: JSON.stringify([{ type: "command", command: "true" }]) };
    expect(workspace.run(["alerts", "test"], { environment }).status).toBe(0);
  });

  it("shows a command that a line break or an invisible character would hide, and a job in a default", () => {
    const workspace = logisticWorkspace();
    workspace.configure({
      alerts: [{ type: "command", command: "true #\n\u202erm -rf x" }],
      schedule: [{ name: "backup", args: "${ARGS:-/tmp/b.tgz}", cron: "0 0 1 1 *" }],
    });
    const { stdout } = workspace.run(["config", "trust"], { environment: asUser });
    expect(stdout).toContain(String.raw`runs "true #\n\u{202e}rm -rf x"`);
    expect(stdout).toContain('schedule.0\truns mlctl "backup /tmp/b.tgz"');
  });

  it.skipIf(process.getuid?.() !== 0)("says what is left where there is no home folder", () => {
    const workspace = strangers();
    spawnSync("chmod", ["-R", "a+rwX", workspace.folder]);
    const options = {
      cwd: workspace.folder,
      env: { PATH: process.env["PATH"] },
      uid: 54_321,
      encoding: "utf8",
    } as const;
    const run = (...args: string[]) => spawnSync(process.execPath, [bin, ...args], options);
    expect(run("config", "trust", "--yes").stderr).toContain("use --trust or MLCTL_TRUST=1");
    expect(run("alerts", "test").stdout).toContain("there is no home folder to remember it in");
    expect(readFileSync(join(workspace.folder, "config.json"), "utf8")).not.toBe("");
  });
});
