import { describe, expect, it } from "vitest";
import type { ProgressEvent } from "../../core/context.ts";
import type { MonitorRecord } from "../../core/records/monitoring.ts";
import { random } from "../../core/random.ts";
import { exampleConfig, exampleCsv, exampleWorkspace, type ExampleWorkspace } from "../../testing/exampleWorkspace.ts";
import { deploy } from "../deploy/deploy.ts";
import { diagnose } from "../health/diagnose.ts";
import { fullprocess } from "../fullprocess/fullprocess.ts";
import { ingest } from "../ingest/ingest.ts";
import { train } from "../train/train.ts";
import { monitor, type MonitorResult } from "./monitor.ts";
import { muteAlert } from "./savedAlerts.ts";
import { sendAlerts } from "./monitorAlerts.ts";
import { monitorNewRows } from "./monitorNewRows.ts";

const config = { ...exampleConfig, ingest: { dedupe: false } };

/** The number 0.5 in each row is another text: "0.50". */
const written = exampleCsv(1, 900).replaceAll(/^-?\d+\.\d+/gm, "$&0");

async function deployed(settings: object = {}, csv = exampleCsv(1, 900)): Promise<ExampleWorkspace> {
  const example = await exampleWorkspace({ ...config, ...settings }, { "practicedata/a.csv": csv });
  await example.change(async (session) => {
    await ingest(session);
    await train(session);
    await deploy(session, { force: true });
  });
  return example;
}

const verdict = (example: ExampleWorkspace) =>
  example.change(async (session) => {
    await ingest(session);
    const { records, ...verdicts } = await monitorNewRows(session, session.store.latestDataset("practicedata")!);
    return { record: records.at(-1) ?? null, ...verdicts };
  });

it("judges the rows of a new file, not diluted by the rows of the training data", async () => {
  const example = await deployed();
  example.write({ "practicedata/b.csv": exampleCsv(2, 100, 1) });
  const { record, summary } = await verdict(example);
  expect(summary).toBe(
    "1 of 3 columns drifted since the deployed model was trained: x; " +
      "100 new rows (the other 900 rows of the dataset are training data)",
  );
  expect(record).toMatchObject({ source: "dataset", window: { label: "new rows of practicedata/b.csv", rows: 100 } });
  expect(record!.drift.currentRows).toBe(100);
  const { drift, findings } = await example.look((session) => diagnose(session, { offline: true }));
  expect(drift).toMatchObject({ currentRows: 100, knownRows: 900, dataset: { drifted: 1 } });
  expect(findings[0]!.message).toContain("100 new rows (the other 900 rows");
});

it("never takes rows of a known file for new ones, even if their values are read in another way now", async () => {
  const example = await deployed({}, written);
  const months = exampleCsv(2, 100, 1).trim().split("\n");
  const odd = months.map((line, row) => (row % 5 > 1 ? line.replace(/^[^,]*/, "n.c.") : line)).join("\n");
  // The new file is the first in the folder, and makes x text in all rows.
  example.write({ "practicedata/0.csv": odd });
  const { record, summary } = await verdict(example);
  expect(summary).toContain("100 new rows (the other 900 rows of the dataset are training data)");
  expect(record!.window).toMatchObject({ label: "new rows of practicedata/0.csv", rows: 100 });
  await example.configure({ ...config, ingest: { ...config.ingest, null_values: ["n.c."] } });
  expect((await verdict(example)).record!.window.rows).toBe(100);
});

it("does not make a column of numbers text because of a few cells of a new file, which is rejected until they are missing values", async () => {
  const example = await deployed();
  const months = exampleCsv(2, 100, 1).split("\n");
  example.write({ "practicedata/0.csv": months.with(3, months[3]!.replace(/^[^,]*/, "n.c.")).join("\n") });
  const why =
    'practicedata/0.csv was rejected, line 4, column "x": "n.c." is not a number (correct the value, or to treat it as missing, set "ingest": {"null_values": ["", "n.c."]} in config.json, or set ingest.types.x to "category")';
  expect(await verdict(example)).toMatchObject({
    record: null,
    summary: `no new rows (all 900 rows of the dataset are training data); ${why}`,
  });
  expect(example.warnings().filter((text) => text.includes('"x"'))).toEqual([why]);
  await example.configure({ ...config, ingest: { ...config.ingest, null_values: ["n.c."] } });
  expect((await verdict(example)).summary).toBe(
    "1 of 3 columns drifted since the deployed model was trained: x; " +
      "100 new rows (the other 900 rows of the dataset are training data)",
  );
});

it("has no new rows if only the settings of ingest have changed", async () => {
  const example = await deployed({ ingest: { dedupe: false, types: { x: "category" } } }, written);
  await example.configure(config);
  expect(await verdict(example)).toMatchObject({
    record: null,
    summary: "no new rows (all 900 rows of the dataset are training data)",
  });
});

it("does not repeat a verdict if the only new file was rejected, and names what is rejected and muted", async () => {
  const example = await deployed();
  example.write({ "practicedata/b.csv": exampleCsv(2, 100, 1) });
  const first = await verdict(example);
  example.write({ "practicedata/c.csv": 'x,y\n1,"01.01' });
  const why = /^no new rows: practicedata\/c\.csv was rejected, line 2, column "y": a quote is not closed/;
  expect(await verdict(example)).toMatchObject({ record: null, summary: expect.stringMatching(why) });
  const again = () => example.change(async (session) => (await monitor(session, { files: [] })).result);
  const rejected = ({ findings }: Pick<MonitorResult, "findings">) =>
    findings.filter(({ name }) => name === "rejected files").length;
  const result = await again();
  expect([result.monitorId, result.asOf]).toEqual([first.record!.monitorId, first.record!.createdAt]);
  expect(rejected(result)).toBe(1);
  example.write({ "practicedata/c.csv": null });
  const without = await again();
  expect([without.asOf, rejected(without)]).toEqual([first.record!.createdAt, 0]);
  const kept = await example.look(({ store }) => store.monitorings());
  expect(kept.map(rejected)).toEqual([0]);
  example.write({ "practicedata/c.csv": 'x,y\n1,"01.01' });
  example.write({ "practicedata/d.csv": exampleCsv(3, 100, 1) });
  const muting = { until: "2999-01-01T00:00:00.000Z", reason: "a test" };
  await example.change((session) => muteAlert(session, { check: "drift: x", source: null }, muting));
  const { record, summary } = await verdict(example);
  expect(record!.window.label).toBe("new rows of practicedata/d.csv");
  expect(summary).toContain("1 of 3 columns drifted since the deployed model was trained: x (muted);");
  expect(record!.findings.find(({ name }) => name === "rejected files")).toMatchObject({
    status: "warn",
    passes: "at_most",
    message: expect.stringMatching(/^practicedata\/c\.csv was rejected, line 2/),
  });
});

it("finds that April drifted in two of four columns, though the rows of two calm months wait with it", async () => {
  const { normal, uniform } = random(7);
  const month = (rows: number, spend: number, tickets: number): string => {
    const lines = Array.from({ length: rows }, () => {
      const [a, b] = [100 + 30 * normal(), 2 + normal()];
      const values = [a * spend, b + tickets, 50 * uniform(), ["basic", "plus"][Math.floor(2 * uniform())]!];
      return `${values.join()},${a - 20 * b + 20 * normal() > 60 ? "yes" : "no"}`;
    });
    return `spend,tickets,age,plan,churned\n${lines.join("\n")}\n`;
  };
  const example = await exampleWorkspace(
    { ...config, target: "churned" },
    { "practicedata/january.csv": month(2000, 1, 0) },
  );
  await example.change(async (session) => {
    await ingest(session);
    await train(session);
    await deploy(session, { force: true });
  });
  example.write({ "practicedata/february.csv": month(2000, 1, 0) });
  expect((await verdict(example)).summary).toContain("0 of 4 columns drifted");
  example.write({ "practicedata/march.csv": month(2000, 1, 0) });
  expect((await verdict(example)).record!.window).toMatchObject({
    rows: 2000,
    label: "new rows of practicedata/march.csv",
  });
  example.write({ "practicedata/april.csv": month(400, 1.25, 0.6) });
  const { record, summary } = await verdict(example);
  expect(summary).toMatch(
    /^2 of 4 columns drifted since the deployed model was trained: spend, tickets; 400 new rows \(of the others, 4000 came earlier and 2000 are training data\); [01] of 4 on all 4400 rows since the training$/,
  );
  expect(record!.window).toMatchObject({ rows: 400, label: "new rows of practicedata/april.csv" });
  // `mlctl monitor` judges the same rows and keeps the same record; its history still has all rows.
  const { result } = await example.change((session) => monitor(session, { files: [], source: "dataset" }));
  expect(result.monitorId).toBe(record!.monitorId);
  expect(result.window.rows).toBe(400);
  expect(example.warnings().filter((text) => text.includes("was trained on"))).toEqual([]);
  const all = await example.change((session) => monitor(session, { files: [], source: "dataset", backfill: true }));
  expect(all.result.window.rows).toBe(6400);
  const { spend, tickets, age, plan } = record!.drift.columns;
  for (const each of [spend, tickets]) expect(each!.value).toBeLessThan(1e-8);
  for (const each of [age, plan]) expect(each!.drifted).toBe(false);
});

it("takes the rows that were added to a changed file, and those only", async () => {
  const example = await deployed();
  const more = exampleCsv(2, 100, 1).split("\n").slice(1).join("\n");
  example.write({ "practicedata/a.csv": exampleCsv(1, 900) + more });
  expect((await verdict(example)).record!.window).toMatchObject({ rows: 100 });
});

it("takes all rows of files that replaced the training files, also those that equal a training row", async () => {
  const coarse = (seed: number, rows: number): string => exampleCsv(seed, rows).replace(/(-?\d)\.\d+/g, "$1");
  const example = await deployed({ ingest: { dedupe: false, accumulate: false } });
  example.write({ "practicedata/a.csv": coarse(3, 900) });
  await example.change(async (session) => {
    await ingest(session);
    await train(session);
    await deploy(session, { force: true });
  });
  example.write({ "practicedata/a.csv": null, "practicedata/b.csv": coarse(4, 200) });
  const { record, summary } = await verdict(example);
  expect(record!.window.rows).toBe(200);
  expect(summary).toBe("0 of 3 columns drifted since the deployed model was trained; 200 new rows");
});

describe("a run that died", () => {
  const ingested = async (example: ExampleWorkspace, name: string, shift: number) => {
    example.write({ [`practicedata/${name}.csv`]: exampleCsv(name.charCodeAt(0), 200, shift) });
    await example.change((session) => ingest(session));
  };

  it("after its ingestion: the rows are judged by the next run or by monitor, the oldest ingestion first, once", async () => {
    for (const isByHand of [false, true]) {
      const example = await deployed();
      await ingested(example, "b", 2);
      await ingested(example, "c", 0);
      const judge = () =>
        example.change(async (session) => {
          if (!isByHand) return (await monitorNewRows(session, session.store.latestDataset("practicedata")!)).records;
          return (await monitor(session, { files: [] })).news;
        });
      const labels = (records: readonly Pick<MonitorRecord, "window" | "status">[]) =>
        records.map(({ window, status }) => `${window.label}: ${status}`);
      const newest = "new rows of practicedata/c.csv: pass";
      expect(labels(await judge())).toEqual(["new rows of practicedata/b.csv: warn", newest]);
      expect(labels(await judge())).toEqual([newest]);
      await ingested(example, "d", 0);
      expect(labels(await judge())).toEqual(["new rows of practicedata/d.csv: pass"]);
      expect(await example.look(({ store }) => store.monitorings().length)).toBe(3);
    }
  });

  it("after the verdict: the alert about it is sent by the next command that sends any", async () => {
    const example = await deployed();
    const alerts = [{ type: "command", command: `cat >> "${example.folder}/alerts.log"`, level: "warn" }];
    await example.configure({ ...config, alerts });
    await ingested(example, "b", 2);
    await verdict(example);
    await ingested(example, "c", 0);
    await sendAlerts(example.workspace(), []);
    expect(example.read("alerts.log")).toContain("new rows of practicedata/b.csv");
    await verdict(example);
    await ingested(example, "d", 2);
    await ingested(example, "e", 0);
    const startServer = () => Promise.reject(new Error("not needed"));
    const run = fullprocess(example.workspace(), { command: "a test", waitMs: 0, startServer });
    await expect(run).rejects.toThrow("test");
    const changes = [...example.read("alerts.log").matchAll(/"change": ?"(\w+)","area": ?"drift"/g)];
    expect(changes.map(([, change]) => change)).toEqual(["open", "resolved", "open", "resolved"]);
  });
});

it("says so if nothing is new, and if the training data no longer exists", async () => {
  const example = await deployed();
  expect(await verdict(example)).toEqual({
    record: null,
    summary: "no new rows (all 900 rows of the dataset are training data)",
    problem: null,
  });
  const { drift, findings } = await example.look((session) => diagnose(session, { offline: true }));
  expect(drift).toMatchObject({ currentRows: 0, knownRows: 900, dataset: { tested: 0, detected: false } });
  expect(findings[0]).toMatchObject({
    status: "skipped",
    message: "no new rows (all 900 rows of the dataset are training data)",
  });
  const old = example.list("ingesteddata").find((name) => name.endsWith(".csv"));
  example.write({ "practicedata/b.csv": exampleCsv(2, 100, 1), [`ingesteddata/${old}`]: null });
  const { record, summary } = await verdict(example);
  expect(record!.window.label).toBe("rows of ingesteddata/" + record!.window.label.split("/").at(-1));
  expect(summary).toMatch(/; 1000 rows$/);
});

it("sends the findings of fullprocess before the training, once, and does not stop on bad settings", async () => {
  const example = await deployed();
  const alerts = [{ type: "command", command: `cat >> "${example.folder}/alerts.log"`, level: "warn" }];
  await example.configure({ ...config, alerts });
  example.write({ "practicedata/b.csv": exampleCsv(2, 100, 2) });
  const workspace = example.workspace();
  const atTraining: string[] = [];
  const emit = (event: ProgressEvent): void => {
    if (event.stage === "train") atTraining.push(example.read("alerts.log"));
  };
  const startServer = () => Promise.reject(new Error("not needed"));
  const watched = { ...workspace, context: { ...workspace.context, emit } };
  // There is no test data, so that the model cannot be scored.
  await expect(fullprocess(watched, { command: "a test", waitMs: 0, startServer })).rejects.toThrow("test");
  expect(atTraining[0]).toContain("drifted columns");
  expect(atTraining[0]).toContain("new rows of practicedata/b.csv, 100 rows");
  expect(example.read("alerts.log")).toBe(atTraining[0]);

  await example.configure({ ...config, alerts, monitor: { reference: "nowhere" } });
  example.write({ "practicedata/c.csv": exampleCsv(3, 100, 2) });
  const { record, problem } = await verdict(example);
  expect([record, problem]).toEqual([null, expect.stringContaining("nowhere")]);
  expect(example.warnings().at(-1)).toContain("the new rows were not judged");
});

it("says that a model is judged on rows that it was trained on, and does not judge windows of two rows", async () => {
  const example = await deployed();
  const require = { f1: { min: 0.1 } };
  await example.configure({ ...config, monitor: { require } });
  example.write({ "new.csv": exampleCsv(5, 102) });
  const judge = (files: readonly string[]) =>
    example.change((session) =>
      monitor(session, { files: files.map((name) => `${example.folder}/${name}`), backfill: true }),
    );
  const messages = async (files: readonly string[]) => {
    const { findings } = (await judge(files)).result;
    return findings.flatMap(({ name, message }) => (name === "f1" ? [message] : [])).join();
  };
  expect(await messages([])).toContain("the model was trained on all of these 900 rows");
  expect(await messages(["practicedata/a.csv"])).toContain("the model was trained on all of these 900 rows");
  expect(await messages(["practicedata/a.csv", "new.csv"])).toContain("trained on 900 of these 1002 rows");
  expect(example.warnings().at(-1)).toContain("the model was trained on 900 of 1002 rows");
  expect(await messages(["new.csv"])).not.toContain("trained");

  await example.configure({ ...config, monitor: { require, window: "50 rows" } });
  const { windows } = (await judge(["new.csv"])).result;
  expect(windows.map(({ status }) => status === "skipped")).toEqual([false, false, true]);
});
