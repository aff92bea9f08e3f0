/** Alerts about scheduled jobs and deployments, and a fullprocess that has nobody to tell. */
import { once } from "node:events";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { emptyWorkspace, temporaryFolder, type LifecycleWorkspace } from "./lifecycleWorkspace.ts";

interface Told {
  readonly area: string;
  readonly change: string;
  readonly subject: string;
  readonly text: string;
  readonly findings: readonly { readonly message: string }[];
}

const told: Told[] = [];
let isDown = false;
let refused = 0;
let server: Server;
let url: string;
let workspace: LifecycleWorkspace;

function rows(shift: number): string {
  const lines = Array.from({ length: 200 }, (_, i) => `${((i * 37) % 101) + shift},${((i * 37) % 101) * 2 + (i % 3)}`);
  return ["x,y", ...lines].join("\n");
}

beforeAll(async () => {
  server = createServer((request, response) => {
    let body = "";
    request.on("data", (chunk: Buffer) => (body += chunk.toString()));
    request.on("end", () => {
      if (isDown && request.url === "/people") {
        refused++;
        return response.writeHead(503).end();
      }
      told.push(JSON.parse(body) as Told);
      return response.end();
    });
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
  workspace = emptyWorkspace({
    name: "shop",
    target: "y",
    train: { models: [{ family: "linear_regression" }] },
    schedule: [
      { name: "nightly", command: "score", cron: "0 3 * * *" },
      { name: "full", command: "fullprocess", cron: "0 4 * * *" },
    ],
    alerts: [
      { type: "webhook", url, name: "ops" },
      { type: "webhook", url: `${url}people`, name: "people", on: ["deployed"], retries: 0 },
    ],
  });
  workspace.write({ "sourcedata/a.csv": rows(0), "testdata/t.csv": rows(1) });
});
afterAll(() => new Promise<void>((resolve) => server.close(() => resolve())));

/** What was told since the last call. */
async function news(...line: string[]): Promise<Told[]> {
  await workspace.start(...line, "--trust").finished;
  return told.splice(0);
}

describe("a scheduled job", () => {
  it("that fails is told once, with the exit code, the cause and the log, and again when it succeeds", async () => {
    const [failed, ...more] = await news("schedule", "now", "nightly");
    expect(more).toEqual([]);
    expect(failed).toMatchObject({ area: "job", change: "open", window: null, next: "mlctl schedule list" });
    expect(failed!.subject).toMatch(
      /^\[shop\] job: nightly exited with code 4 \(notReady\) after .* s: there is no trained model yet; see models\/schedule\/.*log$/,
    );
    expect(await news("schedule", "now", "nightly")).toEqual([]);
    const open = workspace.json<{ alerts: object[] }>("alerts", "list").alerts;
    expect(open).toMatchObject([{ area: "job", name: "nightly", status: "fail", told: ["ops"] }]);
    workspace.ok("ingest");
    workspace.ok("train");
    expect(await news("schedule", "now", "nightly")).toMatchObject([{ area: "job", change: "resolved" }]);
    expect(workspace.json("alerts", "list")).toMatchObject({
      alerts: [],
      resolved: [{ name: "nightly", was: "fail" }],
    });
  });

  it("that may not start is told with its cause and recorded, if the channel is trusted", async () => {
    const config = workspace.read("config.json");
    const state = { MLCTL_TRUST: "", XDG_STATE_HOME: temporaryFolder() };
    const now = async (...flags: string[]) => {
      const { status, stderr } = await workspace.startWith(state, "schedule", "now", "nightly", ...flags).finished;
      return [status, stderr, ...told.splice(0).map(({ change, subject }) => `${change}: ${subject}`)];
    };
    await workspace.startWith(state, "config", "trust", "--yes").finished;
    workspace.write({ "config.json": config.replace('"train"', '"trian": {},\n "train"') });
    const cause = /config\.json has an error[^]*config\.json:\d+: trian: found an unknown key, did you mean "train"\?/;
    expect(await now("--due", "2d")).toEqual([2, expect.stringMatching(cause), expect.stringMatching(cause)]);
    workspace.write({ "config.json": config.replace('"target"', '"targett"') });
    expect(await now()).toEqual([
      2,
      expect.stringContaining("has 2 errors"),
      expect.stringMatching(/target: missing.*; config\.json:\d+: targett: /),
    ]);
    workspace.write({ "config.json": config.replace('"name": "nightly"', '"args": ["-v"], $&') });
    const untrusted = expect.stringMatching(/schedule\.0 of config\.json is not trusted/);
    expect(await now()).toEqual([4, untrusted, untrusted]);
    expect(workspace.json("alerts", "list")).toMatchObject({
      alerts: [{ name: "nightly", status: "fail", told: ["ops"], message: untrusted }],
    });
    workspace.write({ "config.json": config });
    expect((await now()).at(-1)).toMatch(/^resolved: /);
    workspace.write({ "config.json": config.replace("0 3 * *", "0 33 * *") });
    expect((await now("--due", "1m")).at(-1)).toMatch(
      /^open: .*"0 33 \* \* \*" is not a cron expression; the hour: found "33".*; see models\/schedule\/logs/,
    );
    // A wrong key of the only channel keeps nothing from it.
    workspace.write({ "config.json": config.replace('"name": "ops"', '"retris": 1, $&') });
    const typo = expect.stringMatching(/config\.json:\d+: alerts\.0\.retris: found an unknown key/);
    expect(await now()).toEqual([2, typo, typo]);
    workspace.write({ "config.json": config });
    expect((await now()).at(-1)).toMatch(/^resolved: /);
    workspace.write({ "config.json": config.replace("0 3 * *", "0 33 * *") });
    const unnamed = workspace.startWith(state, "schedule", "now", "../../evil", "--due", "1m");
    expect(await unnamed.finished).toMatchObject({ status: 2, stderr: expect.stringContaining("not a cron") });
    expect([told, workspace.names(".", /^evil/)]).toEqual([[], []]);
    workspace.write({ "config.json": config });
  });
});

describe("a running schedule", () => {
  it("sends what keeps its jobs from starting to the channels that it started with", async () => {
    const copy = workspace.copy();
    const schedule = [{ name: "often", command: "verify", cron: "* * * * * *" }];
    copy.configure({ schedule, alerts: [{ type: "webhook", url, name: "ops" }] });
    const config = copy.read("config.json");
    const { child, finished } = copy.start("schedule", "run", "--trust");
    await expect.poll(() => copy.names("models/schedule", /_often/).length, { timeout: 20_000 }).toBeGreaterThan(0);
    copy.write({ "config.json": config.replace('"target"', '"alerts" $&') });
    await expect.poll(() => told.length, { timeout: 20_000 }).toBe(1);
    copy.write({ "config.json": config });
    await expect.poll(() => told.length, { timeout: 20_000 }).toBe(2);
    child.kill("SIGTERM");
    const { stderr } = await finished;
    const invalid = /often exited with code 2 \(usage\) after .* s: config\.json is not valid JSON: .* line \d+/;
    expect(stderr).toMatch(invalid);
    expect(told.splice(0).map(({ change, subject }) => [change, subject])).toEqual([
      ["open", expect.stringMatching(invalid)],
      ["resolved", expect.stringContaining("often done")],
    ]);
  });
});

describe("a deployment", () => {
  it("is told to the channels that ask for it, with who and why, also by fullprocess", async () => {
    const [first, ...more] = await news("fullprocess");
    expect(more).toEqual([]);
    expect(first).toMatchObject({ area: "deployed", change: "info", subject: "[shop] deployed v1", model_version: 1 });
    // No earlier deployment to return to.
    expect(first).toMatchObject({ next: "mlctl diagnose" });
    workspace.ok("train", "--seed", "3");
    expect(await news("deploy", "v2", "--force", "--dry-run")).toEqual([]);
    const [second] = await news("deploy", "v2", "--force", "-m", "another seed");
    expect(second).toMatchObject({ subject: "[shop] deployed v2, replacing v1", next: "mlctl deploy --rollback" });
    expect(second!.text).toMatch(/ on .*: another seed, at 20/);
    expect((await news("deploy", "--rollback"))[0]!.subject).toBe("[shop] rolled back to v1, replacing v2");
  });

  it("that cannot be delivered, without a variable or a receiver, says what to do", async () => {
    const closed = createServer().listen(0, "127.0.0.1");
    await once(closed, "listening");
    const { port } = closed.address() as AddressInfo;
    await new Promise((resolve) => closed.close(resolve));
    const copy = workspace.copy();
    const urls = ["${NO_HOOK}", `http://127.0.0.1:${port}/`];
    copy.configure({ alerts: urls.map((to) => ({ type: "webhook", url: to, on: ["deployed"], retries: 0 })) });
    const { stderr } = await copy.start("deploy", "v2", "--force", "--trust").finished;
    expect(stderr).toMatch(/NO_HOOK is not set.*\nhint: set the variable, or correct its name in config\.json;/);
    expect(stderr).toMatch(/ECONNREFUSED.*\nhint: the receiver does not answer: start it, or correct "url" or/);
  });

  it("that could not be delivered is sent with the next alerts, once", async () => {
    isDown = true;
    expect(await news("deploy", "v2", "--force")).toEqual([]);
    expect(await news("schedule", "now", "nightly")).toEqual([]);
    // Reports its own message, not the one that waits before it.
    const { stdout } = await workspace.start("deploy", "v1", "--force", "--trust", "--json").finished;
    expect(JSON.parse(stdout)).toMatchObject({
      alerts: [{ channel: "people", status: "failed", subject: "[shop] deployed v1, replacing v2" }],
    });
    await news("deploy", "v2", "--force");
    isDown = false;
    expect((await news("schedule", "now", "nightly")).map(({ subject }) => subject)).toEqual([
      "[shop] deployed v2, replacing v1",
      "[shop] deployed v1, replacing v2",
      "[shop] deployed v2, replacing v1",
    ]);
    expect(await news("schedule", "now", "nightly")).toEqual([]);
    expect(await news("deploy", "--rollback")).toHaveLength(1);
  });

  it("whose process died before its message is told with the next alerts, each in order", async () => {
    const config = workspace.read("config.json");
    // As after a kill: the switch is made, the message is not.
    workspace.configure({ alerts: [] });
    workspace.ok("deploy", "v2", "--force");
    workspace.ok("deploy", "--rollback");
    workspace.write({ "config.json": config });
    // It switches nothing: v1 is deployed already.
    expect((await news("deploy", "v1")).map(({ subject }) => subject)).toEqual([
      "[shop] deployed v2, replacing v1",
      "[shop] rolled back to v1, replacing v2",
    ]);
    workspace.configure({ alerts: [] });
    workspace.ok("deploy", "v2", "--force");
    workspace.write({ "config.json": config });
    expect((await news("deploy", "v99")).map(({ subject }) => subject)).toEqual(["[shop] deployed v2, replacing v1"]);
    await news("deploy", "--rollback");
    expect(await news("schedule", "now", "nightly")).toEqual([]);
  });

  it("that could not be delivered is tried once by a watcher, not again for each file", async () => {
    isDown = true;
    const { stderr } = await workspace.start("deploy", "v2", "--force", "--trust").finished;
    expect(stderr).toMatch(/response 503 Service Unavailable\nhint: the receiver has a fault; it is sent again/);
    told.splice(0);
    refused = 0;
    workspace.write(Object.fromEntries([1, 2, 3].map((i) => [`drops/input/${i}.csv`, rows(i)])));
    await news("watch", "--once", "--settle", "0s");
    expect(workspace.names("drops/processed", /^\d\.csv$/)).toHaveLength(3);
    expect(refused).toBe(1);
    isDown = false;
    expect((await news("deploy", "--rollback")).map(({ subject }) => subject)).toEqual([
      "[shop] deployed v2, replacing v1",
      "[shop] rolled back to v1, replacing v2",
    ]);
  });
});

describe("a deployment that a watcher is the first to see", () => {
  it("is told later to the channel that rests, too", async () => {
    const both = workspace.copy();
    const listeners = ["people", "others"].map((name) => ({
      type: "webhook",
      url: `${url}${name}`,
      name,
      on: ["deployed"],
      retries: 0,
    }));
    both.configure({ alerts: listeners, watch: { poll: "100ms", settle: "0s" } });
    const config = both.read("config.json");
    isDown = true;
    await both.start("deploy", "v2", "--force", "--trust").finished;
    refused = 0;
    const watching = both.start("watch", "--trust");
    both.write({ "drops/input/first.csv": rows(0) });
    await expect.poll(() => both.names("drops/processed", /^first\.csv$/), { timeout: 20_000 }).toHaveLength(1);
    expect(refused).toBe(1);
    both.configure({ alerts: [] });
    both.ok("deploy", "--rollback");
    both.write({ "config.json": config });
    told.splice(0);
    both.write({ "drops/input/second.csv": rows(1) });
    await expect.poll(() => told.length, { timeout: 20_000 }).toBe(1);
    isDown = false;
    await both.start("schedule", "now", "nightly", "--trust").finished;
    watching.child.kill("SIGTERM");
    await watching.finished;
    const [deployed, rolledBack] = ["[shop] deployed v2, replacing v1", "[shop] rolled back to v1, replacing v2"];
    expect(told.splice(0).map(({ subject }) => subject)).toEqual([rolledBack, deployed, rolledBack]);
  });
});

describe("drift of the target", () => {
  const labelled = rows(0).replaceAll(/,(\d+)/g, (_, y: string) => `,${Number(y) + 5000}`);
  const monitor = async (file: string) => {
    await late.start("monitor", file, "--trust").finished;
    return told.splice(0).flatMap(({ area, change }) => (area === "drift" ? [change] : []));
  };
  let late: LifecycleWorkspace;

  it("stays open while labels are late", async () => {
    late = workspace.copy();
    late.configure({ alerts: [{ type: "webhook", url, name: "ops" }], monitor: { drift: { fail_on: ["target"] } } });
    late.write({ "m1.csv": labelled, "m2.csv": rows(0).replaceAll(/,.*/g, ""), "m3.csv": rows(0) });
    expect(await monitor("m1.csv")).toEqual(["open"]);
    expect(await monitor("m2.csv")).toEqual([]);
  });

  it("is resolved since the newest check, also if that window has a result already", async () => {
    expect([await monitor("m3.csv"), await monitor("m1.csv")]).toEqual([["resolved"], ["open"]]);
    const start = new Date().toISOString();
    expect(await monitor("m3.csv")).toEqual(["resolved"]);
    const { resolved } = late.json<{ resolved: { area: string; since: string }[] }>("alerts", "list");
    expect(resolved.find(({ area }) => area === "drift")!.since > start).toBe(true);
    expect(late.json("monitor", "--history", "--limit", "1")).toMatchObject({ windows: [{ label: "m3.csv" }] });
  });

  it("is muted with a warning if nothing has that name", () => {
    const mute = (check: string) => late.run(["alerts", "mute", check, "--reason", "known"]).stderr;
    expect(mute("drift: xx")).toMatch(
      /no finding, column or job is called "drift: xx" now\nhint: did you mean "drift: x"/,
    );
    expect([mute("drift: x"), mute("x"), mute("job: nightly")].join("")).not.toContain("warning");
  });
});

describe("drift of the new rows of fullprocess", () => {
  it("is told as by monitor; without channels, fullprocess says that nobody was told", async () => {
    workspace.write({ "sourcedata/b.csv": rows(500) });
    const silent = workspace.copy();
    silent.configure({ alerts: [] });
    const { stderr, status } = silent.run(["fullprocess", "--fail-on", "drift"]);
    expect(stderr).toMatch(/note: the new rows failed in drift[^]*no alert was sent:[^]*config.json has no/);
    expect(status).toBe(11);
    const warned = workspace.copy();
    warned.configure({ monitor: { drift: { fail_on: [] } } });
    warned.write({ "b.csv": rows(500) });
    const monitored = await warned.start("monitor", "b.csv", "--trust").finished;
    expect(monitored.stderr).toMatch(/\d warnings were not sent \(drift: dataset drift, [^]*"level": "warn"/);
    const tested = await warned.start("alerts", "test", "--trust").finished;
    expect(tested.stdout).toContain("failures: drift, quality, performance, job");
    told.splice(0);
    expect((await news("fullprocess")).map(({ area, change }) => `${area} ${change}`)).toContain("drift open");
  });
});

describe("a file that a scheduled fullprocess rejects", () => {
  const full = async (): Promise<string[]> =>
    (await news("schedule", "now", "full")).filter(({ area }) => area === "job").map(({ subject }) => subject);

  it("is told once with its reason, each file on its own, and resolved once it is read or taken away", async () => {
    await full();
    workspace.write({ "sourcedata/dec.csv": 'x,y\n1,"01.01' });
    expect(await full()).toEqual([
      expect.stringMatching(
        /^\[shop\] job: sourcedata\/dec\.csv was rejected, line 2, column "y": a quote is not closed/,
      ),
    ]);
    expect(await full()).toEqual([]);
    workspace.write({ "sourcedata/jan.csv": 'x,y\n2,"01.01' });
    expect(await news("ingest")).toMatchObject([
      { change: "open", next: "mlctl doctor", findings: [{ name: "sourcedata/jan.csv" }] },
    ]);
    workspace.write({ "sourcedata/dec.csv": rows(7), "sourcedata/jan.csv": null });
    expect(await full()).toEqual(["[shop] job resolved: 2 findings: sourcedata/dec.csv, sourcedata/jan.csv"]);
    expect(await full()).toEqual([]);
  });
});

describe("files that monitor cannot judge", () => {
  it("do not keep it from the others: they are recorded, these are reported, and resolved once they are read", async () => {
    const folder = workspace.copy();
    folder.configure({ alerts: [{ type: "webhook", url, name: "ops" }], ingest: { types: { x: "number" } } });
    const monitor = async (...line: string[]) => {
      const { status, stdout, stderr } = await folder.start("monitor", ...line, "--trust", "--json").finished;
      const jobs = told.splice(0).filter(({ area }) => area === "job");
      return { status, stdout, stderr, jobs: jobs.map(({ subject }) => subject) };
    };
    folder.write({ "in/1.csv": rows(0), "in/2.csv": 'x,y\n1,"01.01', "in/3.csv": "size,weight\n1,2\n" });
    const nightly = await monitor("in", "--window", "file");
    expect(nightly.status).toBe(3);
    expect(nightly.stderr).toMatch(
      /in\/2\.csv was rejected, line 2, [^]*in\/3\.csv was rejected: it has none of the col/,
    );
    expect(nightly.jobs).toEqual([
      expect.stringMatching(/^\[shop\] job: in\/2\.csv was rejected, line 2/),
      "[shop] job: in/3.csv was rejected: it has none of the columns that the model needs",
    ]);
    const { windows } = folder.json<{ windows: { label: string }[] }>("monitor", "--history");
    expect(windows[0]!.label).toBe("in/1.csv");
    expect(await monitor("in/3.csv")).toMatchObject({ status: 3, jobs: [] });
    // As one window: exit 3 wins over what the others fail.
    folder.write({ "in/1.csv": rows(500) });
    const together = await monitor("in", "--fail-on", "drift");
    expect([together.status, together.jobs]).toEqual([3, []]);
    const judged = JSON.parse(together.stdout) as { window: object; findings: object[] };
    expect(judged.window).toMatchObject({ label: "in/1.csv", rows: 200 });
    expect(judged.findings).toContainEqual(
      expect.objectContaining({ name: "rejected files", status: "warn", value: 2, limit: 0 }),
    );
    folder.write({ "in/1.csv": rows(0) });
    folder.write({ "in/2.csv": rows(1), "in/3.csv": null });
    expect(await monitor("in/1.csv", "in/2.csv")).toMatchObject({
      status: 0,
      jobs: [
        "[shop] job resolved: in/2.csv is no longer rejected",
        "[shop] job resolved: in/3.csv is no longer rejected",
      ],
    });
  });
});

describe("a file that watch rejects", () => {
  const dropped = async (files: Readonly<Record<string, string>>): Promise<string[]> => {
    workspace.write(Object.fromEntries(Object.entries(files).map(([name, text]) => [`drops/input/${name}`, text])));
    const sent = await news("watch", "--once", "--settle", "0s");
    return sent.flatMap(({ area, subject }) => (area === "job" ? [subject] : []));
  };

  it("is an alert of its own with its reason and log, until it is processed or taken out of errored", async () => {
    workspace.write({ "drops/input/photo.bin": "x" });
    const { stderr } = await workspace.start("watch", "--once", "--settle", "0s", "--trust").finished;
    expect(stderr).toContain("0 processed, 1 errored: photo.bin: photo.bin is not a CSV");
    const [rejected, ...more] = told.splice(0);
    expect(more).toEqual([]);
    expect(rejected).toMatchObject({ area: "job", change: "open", next: "mlctl alerts list" });
    expect(rejected!.subject).toMatch(/^\[shop\] job: photo\.bin was rejected: .*; see logs\/photo\.bin\.log$/);
    expect(await dropped({ "o.csv": "a\n1\n", "z.csv": "a\n1\n", "good.csv": rows(500) })).toEqual([
      expect.stringMatching(/^\[shop\] job: o\.csv was rejected/),
      expect.stringMatching(/^\[shop\] job: z\.csv was rejected/),
    ]);
    expect(await dropped({ "o.csv": "b\n1\n" })).toHaveLength(1);
    workspace.write({ "drops/errored/photo.bin": null });
    const resolved = await dropped({ "z.csv": rows(1) });
    expect(resolved).toEqual([
      "[shop] job resolved: photo.bin is no longer in errored",
      "[shop] job resolved: z.csv was processed",
    ]);
    expect(workspace.json("alerts", "list")).toMatchObject({ alerts: expect.toSatisfy(hasOnlyO) });
  });
});

function hasOnlyO(alerts: readonly { area: string; name: string }[]): boolean {
  return alerts.flatMap(({ area, name }) => (area === "job" ? [name] : [])).join() === "o.csv";
}
