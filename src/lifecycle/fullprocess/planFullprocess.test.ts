import { describe, expect, it } from "vitest";
import type { JsonObject } from "../../core/json.ts";
import { deploy } from "../deploy/deploy.ts";
import { exampleConfig, exampleCsv, exampleWorkspace, type ExampleWorkspace } from "../../testing/exampleWorkspace.ts";
import { fullprocess } from "./fullprocess.ts";
import { ingest } from "../ingest/ingest.ts";
import { planFullprocess } from "./planFullprocess.ts";
import { report } from "../report/report.ts";
import { score } from "../score/score.ts";
import { train } from "../train/train.ts";
import { temporaryServer } from "../../server/process/temporaryServer.ts";

const files = { "practicedata/a.csv": exampleCsv(1, 80), "testdata/t.csv": exampleCsv(2, 60) };

function start(example: ExampleWorkspace, force = false) {
  return example.look((session) => planFullprocess(session, force));
}

const run = (example: ExampleWorkspace, more: { message?: string } = {}) =>
  fullprocess(example.workspace(), { command: "a test", waitMs: 0, startServer: temporaryServer, ...more });

describe("planFullprocess", () => {
  it("starts with the first step that is needed", async () => {
    const example = await exampleWorkspace(exampleConfig, files);
    expect(await start(example)).toMatchObject({ start: "ingest", run: null });
    await example.change((session) => ingest(session));
    expect(await start(example)).toMatchObject({
      start: "train",
      reason: "no model has been trained on the newest dataset",
    });
    const { runId } = await example.change((session) => train(session));
    expect(await start(example)).toMatchObject({ start: "score", reason: "the newest model has not been scored" });
    await example.change((session) => score(session));
    expect(await start(example)).toMatchObject({ start: "deploy", run: { runId } });
    await example.change((session) => deploy(session));
    expect(await start(example)).toMatchObject({ start: "report", reason: "the newest model has no report" });
    await example.change((session) => report(session));
    expect(await start(example)).toMatchObject({ start: "nothing_new", run: { runId } });
  });

  it("starts again for new data, another configuration, other test data, or if forced", async () => {
    const example = await exampleWorkspace(exampleConfig, files);
    await run(example);
    expect((await start(example)).start).toBe("nothing_new");
    expect(await start(example, true)).toMatchObject({ start: "ingest", reason: "forced" });

    await example.configure({ ...exampleConfig, train: { models: [{ family: "logistic_regression" }] } });
    expect(await start(example)).toMatchObject({
      start: "train",
      reason: "the configuration or the version of mlctl changed since the last training",
    });
    await example.configure({ ...exampleConfig, promotion: { min_improvement: 0.1 }, name: "other" });
    expect((await start(example)).start).toBe("nothing_new");
    await example.configure(exampleConfig);

    example.write({ "testdata/t.csv": exampleCsv(3, 60) });
    expect(await start(example)).toMatchObject({ start: "score", reason: "the test data changed" });
    example.write({ "testdata/t.csv": null, "testdata/renamed.csv": files["testdata/t.csv"] });
    expect((await start(example)).start).toBe("nothing_new");

    example.write({ "practicedata/b.csv": exampleCsv(4, 30) });
    expect(await start(example)).toMatchObject({ start: "ingest", reason: "1 new or changed file" });
  });
});

describe("fullprocess", () => {
  it("goes on with the model of train --time, until config.json changes", async () => {
    const example = await exampleWorkspace(exampleConfig, files);
    const { runId, leaderboard } = await example.change(async (session) => {
      await ingest(session);
      await train(session);
      return train(session, { time: 3000 });
    });
    expect(leaderboard.length).toBeGreaterThan(2);
    expect(await start(example)).toMatchObject({ start: "score", run: { runId } });
    expect(await run(example)).toMatchObject({ status: "deployed", runId });
    expect(await run(example)).toMatchObject({ status: "nothing_new", runId });
    await example.configure({ ...exampleConfig, train: { ...(exampleConfig["train"] as JsonObject), time: "3s" } });
    expect(await start(example)).toMatchObject({ start: "train" });
    const { notes } = await example.change((session) => train(session, { time: 500 }));
    expect(notes).toContainEqual(expect.stringMatching(/^within --time: /));
    expect(await start(example)).toMatchObject({ start: "train" });
    const asConfigured = await example.change((session) => train(session, { time: 3000 }));
    expect(await start(example)).toMatchObject({ start: "score", run: { runId: asConfigured.runId } });
  });

  it("returns nothing_new the second time, and writes nothing", async () => {
    const example = await exampleWorkspace(exampleConfig, files);
    expect(await run(example)).toMatchObject({ status: "deployed", modelVersion: 1 });
    const before = example.list("models");
    expect(await run(example)).toMatchObject({ status: "nothing_new", steps: [] });
    expect(example.list("models")).toEqual(before);
  });

  it("records the message with the deployment, and has nothing to do while the input folder is empty", async () => {
    const example = await exampleWorkspace(exampleConfig, { "practicedata/.gitkeep": "" });
    expect(await run(example)).toMatchObject({ status: "nothing_new", reason: "practicedata is empty" });
    example.write(files);
    await run(example, { message: "the first" });
    expect(JSON.parse(example.read("production_deployment/deployment.json"))).toMatchObject({ message: "the first" });
  });

  it("applies the promotion rule to a rejected challenger once, and does not train it again", async () => {
    const example = await exampleWorkspace(exampleConfig, files);
    await run(example);
    await example.configure({ ...exampleConfig, promotion: { min_improvement: 0.9 } });
    example.write({ "practicedata/b.csv": exampleCsv(4, 30) });
    expect(await run(example)).toMatchObject({ status: "kept", modelVersion: 2 });
    expect(await run(example)).toMatchObject({ status: "nothing_new" });
  });

  it("does not train if a new file contains no new rows", async () => {
    const example = await exampleWorkspace({ ...exampleConfig, ingest: { dedupe: "first" } }, files);
    const { runId } = await run(example);
    const [header, first] = files["practicedata/a.csv"].split("\n");
    example.write({ "practicedata/again.csv": `${header}\n${first}\n` });
    const again = await run(example);
    expect(again).toMatchObject({ status: "kept", runId, reason: expect.stringContaining("contain no new rows") });
    expect(again.steps.map(({ name, status }) => `${name} ${status}`)).toEqual(["ingest done", "train skipped"]);
    expect(await run(example)).toMatchObject({ status: "nothing_new" });
  });

  it("continues after a killed process, even if a new file contains no new rows", async () => {
    const example = await exampleWorkspace({ ...exampleConfig, ingest: { dedupe: "first" } }, files);
    await example.change(async (session) => {
      await ingest(session);
      await train(session);
      await score(session);
    });
    const [header, first] = files["practicedata/a.csv"].split("\n");
    example.write({ "practicedata/again.csv": `${header}\n${first}\n` });
    const result = await run(example);
    expect(result).toMatchObject({ status: "deployed", modelVersion: 1 });
    expect(result.steps.filter(({ status }) => status === "skipped").map(({ name }) => name)).toEqual([
      "train",
      "score",
    ]);
  });

  it("evaluates the model of this configuration, not the newest of all", async () => {
    const example = await exampleWorkspace(exampleConfig, files);
    const { runId } = await run(example);
    await example.configure({ ...exampleConfig, train: { models: [{ family: "baseline" }] } });
    expect(await run(example)).toMatchObject({ modelVersion: 2 });
    await example.configure(exampleConfig);
    example.write({ "testdata/t.csv": exampleCsv(3, 60) });
    expect(await run(example)).toMatchObject({ runId, modelVersion: 1 });
    expect(await run(example)).toMatchObject({ status: "nothing_new", runId });
  });
});

it("a server that cannot start makes fullprocess fail after its report is written", async () => {
  const example = await exampleWorkspace(exampleConfig, files);
  // Rejects while plots are still drawn: vitest fails on an unhandled rejection.
  const startServer = () => Promise.reject(new Error("no loopback here"));
  const ended = fullprocess(example.workspace(), { command: "a test", waitMs: 0, startServer });
  await expect(ended).rejects.toThrow("no loopback here");
  expect((await start(example)).start).toBe("nothing_new");
});
