/** Monitoring of what was answered: the prediction log, labels that come later, alerts, and training that follows. */
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { sampleWorkspace, snapshot, type FullprocessJson, type LifecycleWorkspace } from "./lifecycleWorkspace.ts";

interface Entry {
  readonly monitor_id: string;
  readonly source: string;
  readonly window: { readonly rows: number; readonly labelled: number };
  readonly findings: readonly { readonly name: string; readonly status: string; readonly message: string }[];
  readonly performance: { readonly value: number | null; readonly estimate: { readonly metrics: { f1: number } } };
  readonly alerts: readonly {
    readonly channel: string;
    readonly status: string;
    readonly error: string | null;
    readonly area: string;
  }[];
}

let workspace: LifecycleWorkspace;
let server: Server;
const posts: { subject: string; area: string }[] = [];

beforeAll(async () => {
  server = createServer((request, response) => {
    let body = "";
    request.on("data", (chunk: Buffer) => (body += chunk.toString()));
    request.on("end", () => {
      posts.push(JSON.parse(body) as { subject: string; area: string });
      response.end();
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  workspace = sampleWorkspace();
  workspace.configure({
    train: { models: [{ family: "logistic_regression" }], metric: "f1" },
    monitor: { require: { f1: { min: 0.6 } }, retrain_on: ["performance"] },
    alerts: [
      { type: "webhook", url: `http://127.0.0.1:${port}/hook`, name: "hook" },
      { type: "webhook", url: "http://127.0.0.1:9/T0p-s3cret", retries: 0, name: "dead" },
    ],
  });
  workspace.ok("fullprocess");
  workspace.ok("predict", "testdata/testdata.csv", "--log", "-o", "answers.csv");
});
afterAll(() => new Promise((resolve) => server.close(resolve)));

/** In the background: the server of this process must answer meanwhile. */
async function monitor(...args: string[]): Promise<Entry & { stderr: string }> {
  const { status, stdout, stderr } = await workspace.start("monitor", ...args, "--json").finished;
  expect(status, stderr).toBe(0);
  return { ...(JSON.parse(stdout) as Entry), stderr };
}

const statusOf = (entry: Entry, name: string) => entry.findings.find((finding) => finding.name === name)?.status;

/** The answers with the truth beside them: right, or all wrong. */
function labels(isRight: boolean): string {
  const [header, ...rows] = workspace.read("answers.csv").trim().split("\n");
  const at = (name: string): number => header!.split(",").indexOf(name);
  const cells = rows.map((row) => row.split(","));
  const turned = (label: string): string => (label === "1" ? "0" : "1");
  const truth = (row: string[]): string => (isRight ? row[at("prediction")]! : turned(row[at("prediction")]!));
  return ["prediction_id,exited", ...cells.map((row) => `${row[at("prediction_id")]},${truth(row)}`), ""].join("\n");
}

describe("the prediction log", () => {
  let first: Entry;

  it("is what monitor judges without files, once it exists; without labels it estimates performance", async () => {
    first = await monitor();
    expect(first).toMatchObject({ source: "predictions", window: { rows: 500, labelled: 0 } });
    expect(statusOf(first, "f1")).toBe("skipped");
    expect(statusOf(first, "types")).toBe("pass");
    expect(first.performance.estimate.metrics.f1).toBeGreaterThan(0.6);
    expect(workspace.run(["monitor", "--dry-run", "--fail-on", "performance"]).status).toBe(14);
    expect(workspace.run(["monitor", "--dry-run", "--fail-on", "drift,quality"]).status).toBe(0);
  });

  it("is judged again when labels come, with one alert; a dead channel is reported and harmless", async () => {
    workspace.write({ "labels.csv": labels(false) });
    workspace.ok("labels", "labels.csv");
    const entry = await monitor();
    expect(entry.monitor_id).toBe(first.monitor_id);
    expect(entry.window.labelled).toBe(500);
    expect([entry.performance.value, statusOf(entry, "f1")]).toEqual([0, "fail"]);
    expect(posts.map(({ area }) => area)).toContain("performance");
    expect(entry.alerts.find(({ channel }) => channel === "dead")).toMatchObject({ status: "failed" });
    expect(entry.stderr).toContain("could not send an alert to dead");
    expect(`${entry.stderr}${JSON.stringify(entry)}`).not.toContain("s3cret");
    const count = posts.length;
    expect((await monitor()).alerts.filter(({ channel }) => channel === "hook")).toEqual([]);
    expect(posts).toHaveLength(count);
    const { alerts } = workspace.json<{ alerts: { name: string; told: string[] }[] }>("alerts", "list");
    expect(alerts.find(({ name }) => name === "f1")).toMatchObject({ told: ["hook"] });
  });

  it("makes fullprocess train again, once, and say why", () => {
    const plan = workspace.json<FullprocessJson>("fullprocess", "--dry-run");
    expect(plan.reason).toMatch(
      /^monitoring failed in performance on predictions \(f1: 500 labelled rows, below the limit/,
    );
    const done = workspace.json<FullprocessJson>("fullprocess");
    expect(done.steps.find(({ name }) => name === "train")).toMatchObject({ status: "done" });
    expect(workspace.json<FullprocessJson>("fullprocess")).toMatchObject({ status: "nothing_new" });
  });

  it("changes nothing with --dry-run", () => {
    const before = snapshot(workspace.folder);
    workspace.ok("monitor", "--dry-run");
    expect(snapshot(workspace.folder)).toEqual(before);
  });
});

describe("alerts test", () => {
  it("sends a message to every channel, and fails where one is dead", async () => {
    const { status, stdout, stderr } = await workspace.start("alerts", "test", "--json").finished;
    expect(status).toBe(1);
    expect(stderr).toContain('correct "url" or "headers" of this entry of "alerts" in config.json');
    expect(stderr).not.toContain("mlctl alerts test");
    const { alerts } = JSON.parse(stdout) as Pick<Entry, "alerts">;
    expect(alerts.map((sent) => `${sent.channel} ${sent.status}`)).toEqual(["hook sent", "dead failed"]);
    expect(posts.at(-1)).toMatchObject({
      area: "test",
      subject: "[attrition] test: this channel receives alerts of mlctl",
    });
  });
});

describe("mistakes", () => {
  it.each([
    [["--fail-on", "drfit"], 'unknown area "drfit"', 'did you mean "drift"?'],
    [["--since", "yesterday"], '--since: "yesterday" is not a date', "write 2024-01-31"],
    [["nowhere.csv"], "nowhere.csv does not exist", "check the path"],
    [["--window", "90x"], 'monitor.window: found "90x"', ""],
    [["--window", "7d", "testdata"], "windows of 7d need a time column", 'set "time_column"'],
    [["--by", "ctiy", "testdata"], 'there is no column "ctiy" to split into segments', ""],
    [["--show", "zzz"], "there is no entry zzz", "run `mlctl monitor --history` to list them"],
    [["--reference", "nowhere"], "monitor.reference: nowhere is neither a dataset nor a path", "use "],
  ])("%j is refused with the place and the next step", (args, message, hint) => {
    const { status, stderr } = workspace.run(["monitor", "--dry-run", ...args]);
    expect(stderr).toContain(message);
    expect(stderr).toContain(hint);
    expect([2, 4]).toContain(status);
  });
});
