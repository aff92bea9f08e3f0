import { describe, expect, it } from "vitest";
import type { JsonObject } from "../../core/json.ts";
import { exampleConfig, exampleCsv, exampleWorkspace } from "../../testing/exampleWorkspace.ts";
import { ingest } from "../ingest/ingest.ts";
import { score } from "../score/score.ts";
import { train } from "../train/train.ts";
import { tune } from "../tune/tune.ts";
import { why } from "./why.ts";

/** Trains v1, then v2 with more rows, another penalty and another seed. */
async function twoRuns(changes: object = {}) {
  const config = {
    ...exampleConfig,
    train: { models: [{ family: "logistic_regression" }], seed: 1, metric: "log_loss" },
  };
  const example = await exampleWorkspace(config, {
    "practicedata/a.csv": exampleCsv(1, 60),
    "testdata/t.csv": exampleCsv(9, 200),
  });
  const trained = () =>
    example.change(async (session) => {
      await ingest(session);
      await train(session);
      return score(session);
    });
  const first = await trained();
  example.write({ "practicedata/b.csv": exampleCsv(2, 100) });
  const models = [{ family: "logistic_regression", params: { C: 0.001 } }];
  await example.configure({ ...config, train: { ...config.train, models, seed: 2 }, ...changes });
  const second = await trained();
  return { example, first, second };
}

describe("why", () => {
  it("splits the difference into effects of data, settings and seed that sum to it", async () => {
    const { example, first, second } = await twoRuns();
    const result = await example.look((session) => why(session, "v2", { against: "v1" }));
    expect(result.total).toMatchObject({ metric: "log_loss", a: first.value, b: second.value });
    expect(result.models.length).toBe(8);
    expect(result.models.map(({ fromSecond }) => fromSecond.join("+"))).toEqual([
      "",
      "data",
      "settings",
      "data+settings",
      "seed",
      "data+seed",
      "settings+seed",
      "data+settings+seed",
    ]);
    expect([result.models[0]!.figure, result.models[7]!.figure]).toEqual([first.value, second.value]);
    const sum = result.effects.reduce((total, { effect }) => total + effect!, 0);
    expect(sum).toBeCloseTo(result.total.difference!, 12); // eight subtractions
    const settings = result.effects.find(({ factor }) => factor === "settings")!;
    // C = 0.001 shrinks the coefficients to nearly 0, which causes most of the loss.
    expect(settings.share).toBeGreaterThan(0.5);
    expect(settings.first).toBeCloseTo(result.models[2]!.figure! - result.models[0]!.figure!, 12);
    expect(settings.last).toBeCloseTo(result.models[7]!.figure! - result.models[5]!.figure!, 12);
    expect(settings.verdict).toBe("real");
  });

  it("names the setting that matters, if several differ", async () => {
    const { example } = await twoRuns({
      train: {
        models: [{ family: "logistic_regression", params: { C: 0.001 } }],
        threshold: 0.7,
        seed: 1,
        metric: "log_loss",
      },
    });
    const { settings, effects } = await example.look((session) => why(session, "v2", { against: "v1" }));
    expect(settings.map(({ setting, a, b }) => [setting, a, b])).toEqual([
      ["C", 1, 0.001],
      ["train.threshold", null, 0.7],
    ]);
    // Log loss does not depend on the threshold; so C alone does what all settings do.
    expect(settings[1]!.effect).toBe(0);
    const all = effects.find(({ factor }) => factor === "settings")!;
    expect([settings[0]!.effect, settings[0]!.verdict]).toEqual([all.first, "real"]);
  });

  it("says why settings differ with the same config.json: a training, the data, `tune` or `train --time`", async () => {
    const search = { method: "grid", space: { C: { values: [1, 10] } } };
    const searched = { family: "logistic_regression", params: { C: 0.0001 }, search };
    const { example } = await twoRuns({ train: { models: [{ family: "baseline" }, searched], metric: "log_loss" } });
    const chosen = (a: string, b: string) =>
      example.look(async (session) => {
        const { effects, isChosen, notes } = await why(session, b, { against: a });
        const differing = effects.filter(({ differs }) => differs).map(({ factor }) => factor);
        return [isChosen, differing.join(), notes[0] ?? ""];
      });
    const other = await example.look(({ store }) => {
      const { trainId, runId } = store.runs({ withModel: true })[0]!;
      return store.runs().find((run) => run.trainId === trainId && run.runId !== runId)!.runId;
    });
    const same = "config.json is the same for both: ";
    expect(await chosen("v2", other)).toEqual([true, "settings", `${same}they are models of one training`]);
    await example.change((session) => tune(session, {}));
    expect(await chosen("v2", "v3")).toEqual([true, "settings", `${same}\`tune\` searched parameters`]);
    await example.change((session) => train(session, { time: 1500 }));
    const timed = "the time of `train --time`, or of train.time, decided which models were tried";
    expect(await chosen("v2", "v4")).toEqual([true, "settings", `${same}${timed}`]);
    example.write({ "practicedata/c.csv": exampleCsv(3, 50) });
    await example.change((session) => ingest(session));
    await example.change((session) => train(session, { time: 1500 }));
    const data = expect.stringContaining("so this is an effect of the data too");
    expect(await chosen("v2", "v5")).toEqual([true, "data,settings", data]);
  });

  it("has no single settings if only one differs", async () => {
    const { example } = await twoRuns();
    const { settings } = await example.look((session) => why(session, "v2", { against: "v1" }));
    expect(settings).toEqual([]);
  });

  it("trains nothing if the runs are the same, and writes nothing", async () => {
    const { example } = await twoRuns();
    const files = example.list("models");
    const result = await example.look((session) => why(session, "v1", { against: "v1" }));
    expect(result.models).toEqual([{ fromSecond: [], figure: result.total.a, reason: null }]);
    expect(result.effects.every(({ differs, effect }) => !differs && effect === 0)).toBe(true);
    expect(example.list("models")).toEqual(files);
  });

  it("compares the newest model with the previous one if nothing is deployed", async () => {
    const { example } = await twoRuns();
    const { a, b } = await example.look((session) => why(session, "latest"));
    expect([a.modelVersion, b.modelVersion]).toEqual([1, 2]);
  });

  it("rejects runs with different targets", async () => {
    const { example } = await twoRuns({ target: "city" });
    await expect(example.look((session) => why(session, "v2", { against: "v1" }))).rejects.toMatchObject({
      kind: "data",
    });
  });
});

it("splits the settings of two ensembles into the parameters of their members", async () => {
  const models = (C: number, depth: number): JsonObject[] => [
    { family: "logistic_regression", params: { C } },
    { family: "xgboost", params: { n_estimators: 20, max_depth: depth } },
  ];
  const config = (C: number, depth: number) => ({
    ...exampleConfig,
    train: { models: models(C, depth), metric: "log_loss", ensemble: true, refit: true },
  });
  const example = await exampleWorkspace(config(0.03, 4), {
    "practicedata/a.csv": exampleCsv(1, 200),
    "testdata/t.csv": exampleCsv(9, 200),
  });
  await example.change((session) => ingest(session));
  await example.change((session) => train(session));
  await example.configure(config(0.02, 5));
  await example.change((session) => train(session));
  const { a, b, settings } = await example.look((session) => why(session, "v2", { against: "v1" }));
  expect([a.family, b.family]).toEqual(["ensemble", "ensemble"]);
  const found = settings.map(({ setting, a: own, b: other }) => [setting, own, other]);
  expect(found).toContainEqual(["member logistic_regression: C", 0.03, 0.02]);
  expect(found).toContainEqual(["member xgboost: max_depth", 4, 5]);
  for (const { effect, reason } of settings) expect([Number.isFinite(effect), reason]).toEqual([true, null]);
});
