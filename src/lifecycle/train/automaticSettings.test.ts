import { isDeepStrictEqual } from "node:util";
import { describe, expect, it } from "vitest";
import { parseRecorded } from "../../config/configSha256.ts";
import type { JsonObject } from "../../core/json.ts";
import { random } from "../../core/random.ts";
import type { Run } from "../../core/records/lineage.ts";
import { exampleConfig, exampleCsv, exampleWorkspace } from "../../testing/exampleWorkspace.ts";
import { reproduce } from "../compare/reproduce.ts";
import { ingest } from "../ingest/ingest.ts";
import { automaticSettings } from "./automaticSettings.ts";
import { train } from "./train.ts";

const base = parseRecorded(exampleConfig)!;
const unasked = { ...base, train: { ...base.train, models: null, metric: null } };
const size = {
  task: "binary",
  classCount: 2,
  trainingRows: 500,
  columns: 5,
  smallest: 200,
  isByTime: false,
  naive: [],
  period: null,
} as const;

describe("automaticSettings", () => {
  it("leaves a configuration with models as it is written", () => {
    const config = { ...base, train: { ...base.train, models: [{ family: "ridge", params: {} }] } };
    expect(automaticSettings(config, size)).toBe(config);
  });

  it("says everything that it chose, for the task and the number of rows", () => {
    expect(automaticSettings(unasked, size).train).toMatchObject({
      metric: "log_loss",
      threshold: "tune",
      split: { method: "stratified" },
      selection: { method: "stratified_k_fold" },
      ensemble: true,
      refit: true,
    });
    const many = {
      task: "regression",
      classCount: 0,
      trainingRows: 100_000,
      columns: 5,
      smallest: 90,
      isByTime: false,
      naive: [],
      period: null,
    } as const;
    expect(automaticSettings(unasked, many).train).toMatchObject({
      metric: "rmse",
      threshold: 0.5,
      selection: { method: "validation" },
    });
    const few = { ...many, trainingRows: 90, isByTime: true, naive: ["naive"] };
    const { train: series } = automaticSettings(unasked, few);
    expect(series).toMatchObject({ selection: { method: "time_series" }, refit: true, ensemble: false });
    expect(series.models!.map(({ family }) => family)).toContain("naive");
    const bothSets = { ...unasked.train, feature_sets: { past: ["*"], plain: null } };
    expect(automaticSettings({ ...unasked, train: bothSets }, few).train.ensemble).toBe(true);
  });

  it("keeps what is set", () => {
    const set = { ...unasked, train: { ...unasked.train, metric: "f1", refit: false, threshold: 0.3 } };
    expect(automaticSettings(set, size).train).toMatchObject({
      metric: "f1",
      refit: false,
      ensemble: false,
      threshold: 0.3,
    });
  });
});

/** Whether a run has the parameters of a model of the configuration. */
const isOf = (params: object, ofRun: object): boolean => isDeepStrictEqual({ ...ofRun, ...params }, ofRun);

describe("a training without train.models", () => {
  const files = { "practicedata/a.csv": exampleCsv(1, 300) };
  const config = { ...exampleConfig, train: { seed: 3 } };

  it("records the settings and trains the same model from them, in another workspace and again by reproduce", async () => {
    const example = await exampleWorkspace(config, files);
    const first = await example.change(async (session) => {
      await ingest(session);
      const { runId } = await train(session);
      return { run: session.store.run(runId)!, again: await reproduce(session, runId) };
    });
    expect(first.again.differences).toEqual([]);
    expect(first.run.refitRows).toBe(300);
    const written = await exampleWorkspace({ ...config, train: (first.run.config as JsonObject)["train"]! }, files);
    const second = await written.change(async (session): Promise<Run> => {
      await ingest(session);
      return session.store.run((await train(session)).runId)!;
    });
    expect(second.model!.sha256).toBe(first.run.model!.sha256);
    expect(second.configSha256).toBe(first.run.resolvedConfigSha256);
  });

  it("has the same ensemble at any threshold", async () => {
    // Half linear and half not, so that a blend of models is best.
    const { normal } = random(4);
    const rows = Array.from({ length: 400 }, () => {
      const [x, z, w] = [normal(), normal(), normal()];
      return `${x},${z},${w},${x + 1.2 * Math.sign(z * w) + normal() > 0 ? "yes" : "no"}\n`;
    });
    const example = await exampleWorkspace(config, { "practicedata/a.csv": `x,z,w,leaves\n${rows.join("")}` });
    await example.change(async (session) => void (await ingest(session)));
    const membersAt = async (threshold: number | "tune") => {
      await example.configure({ ...config, train: { ...config.train, threshold } });
      const { leaderboard } = await example.change((session) => train(session));
      return leaderboard.map(({ family, weight }) => [family, weight]).toSorted();
    };
    const tuned = await membersAt("tune");
    expect(tuned.map(([family]) => family)).toContain("ensemble");
    // At this threshold, models give every row the same class.
    expect(await membersAt(0.005)).toEqual(tuned);
  });

  it("adds models while there is time, and names them in the record", async () => {
    const example = await exampleWorkspace({ ...config, train: { ...config.train, time: "6s" } }, files);
    const { run, runs, again, ranked, next } = await example.change(async (session) => {
      await ingest(session);
      const { runId, leaderboard } = await train(session);
      const of = session.store.run(runId)!;
      const same = await reproduce(session, runId);
      const after = session.store.run((await train(session)).runId)!;
      return { run: of, runs: leaderboard, again: same, ranked: session.store.runsOfTraining(of.trainId), next: after };
    });
    const { models, time } = parseRecorded(run.config)!.train;
    expect(time).toBeNull();
    expect(models!.length).toBeGreaterThan(6);
    expect(runs.filter(({ family }) => family !== "ensemble")).toHaveLength(models!.length);
    expect(again.identical).toBe(true);
    // The next one goes on from the best of those.
    const added = parseRecorded(next.config)!.train.models!.slice(6);
    const best = ranked.find(({ family, params }) =>
      models!.slice(6).some((model) => model.family === family && isOf(model.params, params)),
    );
    expect(isOf(added[0]!.params, best!.params)).toBe(true);
  });

  it("ends the search for a better model at Ctrl-C, and keeps the best so far", async () => {
    const example = await exampleWorkspace({ ...config, train: { ...config.train, time: "1h" } }, files);
    const { result, again } = await example.change(async (session) => {
      await ingest(session);
      const onceInterrupted = (end: () => boolean): (() => void) => {
        const timer = setTimeout(end, 3000);
        return () => clearTimeout(timer);
      };
      const ended = await train({ ...session, context: { ...session.context, onceInterrupted } });
      return { result: ended, again: await reproduce(session, ended.runId) };
    });
    expect(result.notes.join("\n")).toMatch(/Ctrl-C ended train.time: \d+ more models? tried/);
    expect(again.identical).toBe(true);
  });
});
