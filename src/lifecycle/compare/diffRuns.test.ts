import { describe, expect, it } from "vitest";
import { diffRuns } from "./diffRuns.ts";
import { exampleConfig, exampleCsv, exampleWorkspace } from "../../testing/exampleWorkspace.ts";
import { ingest } from "../ingest/ingest.ts";
import { train } from "../train/train.ts";

const nothing = { maxDrop: {}, smallest: {} };

/** v1 is trained on one file; v2 on two, without column z and with another C. */
async function twoRuns() {
  const example = await exampleWorkspace(exampleConfig, {
    "practicedata/a.csv": exampleCsv(1, 120),
    "testdata/t.csv": exampleCsv(9, 80),
  });
  const trained = () =>
    example.change(async (session) => {
      await ingest(session);
      return train(session);
    });
  const first = await trained();
  example.write({ "practicedata/b.csv": exampleCsv(2, 60) });
  const models = [{ family: "logistic_regression", params: { C: 0.01 } }];
  await example.configure({ ...exampleConfig, drop_columns: ["z"], train: { models, seed: 7 } });
  await trained();
  return { example, first };
}

describe("diffRuns", () => {
  it("compares data, settings, features and metrics on the same rows", async () => {
    const { example } = await twoRuns();
    const result = await example.look((session) => diffRuns(session, ["v1", "v2"], nothing));
    expect(result).toMatchObject({ rows: 80, a: { modelVersion: 1 }, b: { modelVersion: 2, seed: 7 } });
    expect(result.data).toMatchObject({ same: false, filesAdded: ["practicedata/b.csv"], filesRemoved: [], added: [] });
    expect(result.data.b.rows! - result.data.a.rows!).toBe(60);
    expect(result.features.removed).toContain("z");
    const keys = result.settings.map(({ key }) => key);
    expect(keys).toEqual(expect.arrayContaining(["drop_columns", "train.models", "train.seed"]));
    expect(keys).not.toContain("target");
    expect(result.differences.map(({ metric }) => metric)).toContain("roc_auc");
    expect(result.gates).toEqual([]);
  });

  it("finds no difference between a run and itself, and passes every gate", async () => {
    const { example } = await twoRuns();
    const options = { maxDrop: { auc: 0, f1: 0.01 }, smallest: {} };
    const result = await example.look((session) => diffRuns(session, ["v2", "latest"], options));
    expect(result.differences.every(({ difference, verdict }) => difference === 0 && verdict === "within_noise")).toBe(
      true,
    );
    expect(result.gates).toEqual([
      { metric: "roc_auc", limit: 0, drop: 0, passed: true },
      { metric: "f1", limit: 0.01, drop: 0, passed: true },
    ]);
    expect([result.params, result.settings, result.data.moved]).toEqual([[], [], []]);
  });

  it("fails a gate above its limit, not at the limit, and without test data", async () => {
    const { example } = await twoRuns();
    const gate = (references: [string, string], limit: number) =>
      example.look(async (session) => {
        const { gates } = await diffRuns(session, references, { maxDrop: { log_loss: limit }, smallest: {} });
        return gates[0]!;
      });
    const { drop } = await gate(["v1", "v2"], 0);
    const worse: [string, string] = drop! > 0 ? ["v1", "v2"] : ["v2", "v1"];
    const by = Math.abs(drop!);
    expect(by).toBeGreaterThan(0);
    expect(await gate(worse, by)).toMatchObject({ passed: true });
    expect(await gate(worse, by * 0.99)).toMatchObject({ passed: false });
    example.write({ testdata: null });
    expect(await gate(worse, 1e9)).toEqual({ metric: "log_loss", limit: 1e9, drop: null, passed: false });
  });

  it("trains a run without a model file again, and adds a note", async () => {
    const { example, first } = await twoRuns();
    const loser = first.leaderboard.at(-1)!;
    const result = await example.look((session) => diffRuns(session, ["v1", loser.runId], nothing));
    expect(result.notes).toContain(`run ${loser.runId} has no model file: it was trained again in memory`);
    expect(result.rows).toBe(80);
  });

  it("rejects a metric of another task", async () => {
    const { example } = await twoRuns();
    const options = { maxDrop: { rmse: 1 }, smallest: {} };
    await expect(example.look((session) => diffRuns(session, ["v1", "v2"], options))).rejects.toMatchObject({
      kind: "usage",
    });
  });
});
