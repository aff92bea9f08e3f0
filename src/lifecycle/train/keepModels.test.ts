import { describe, expect, it } from "vitest";
import type { JsonObject } from "../../core/json.ts";
import { exampleConfig, exampleCsv, exampleWorkspace } from "../../testing/exampleWorkspace.ts";
import { ingest } from "../ingest/ingest.ts";
import { listModels, noteModel, setAlias } from "../registry/models.ts";
import { train } from "./train.ts";

const models: JsonObject[] = [
  { family: "baseline" },
  { family: "logistic_regression" },
  { family: "xgboost", params: { n_estimators: 5 } },
];

function workspace(promotion: JsonObject) {
  const config = { ...exampleConfig, train: { models }, promotion };
  return exampleWorkspace(config, { "practicedata/a.csv": exampleCsv(1, 120) });
}

describe("promotion.top and promotion.always_alias", () => {
  it("keep the top models of the leaderboard under their aliases; the winner has the highest version", async () => {
    const example = await workspace({ top: ["best", "runner_up", "third"], always_alias: ["staging"] });
    const { result, listed } = await example.change(async (session) => {
      await ingest(session);
      const trained = await train(session);
      await setAlias(session, { name: "mine", reference: "v1", remove: false });
      return { result: trained, listed: listModels(session) };
    });
    const [first, second] = result.leaderboard;
    // The baseline learned nothing, so there is no third model.
    expect(result.aliases).toEqual({ best: first!.runId, runner_up: second!.runId, staging: first!.runId });
    expect(listed.map(({ version, runId, aliases }) => [version, runId, aliases])).toEqual([
      [2, first!.runId, ["best", "staging"]],
      [1, second!.runId, ["mine", "runner_up"]],
    ]);
    expect(result.modelVersion).toBe(2);
    const again = await example.change(async (session) => {
      const trained = await train(session);
      return { trained, listed: listModels(session) };
    });
    expect(again.listed.map(({ version, aliases }) => [version, aliases])).toEqual([
      [4, ["best", "staging"]],
      [3, ["runner_up"]],
      [2, []],
      [1, ["mine"]],
    ]);
  });

  it("cannot be set by hand", async () => {
    const example = await workspace({ always_alias: ["staging"] });
    await example.change(async (session) => {
      await ingest(session);
      await train(session);
      const set = setAlias(session, { name: "staging", reference: "v1", remove: false });
      await expect(set).rejects.toThrow("is set by training");
    });
  });
});

describe("noteModel", () => {
  it("saves a note with its run, returns the previous note, and removes it for an empty string", async () => {
    const example = await workspace({});
    await example.change(async (session) => {
      await ingest(session);
      await train(session);
      expect(await noteModel(session, "v1", " first ")).toMatchObject({ note: "first", previous: null });
      expect(await noteModel(session, "latest", "second")).toMatchObject({ note: "second", previous: "first" });
      expect(listModels(session)[0]).toMatchObject({ note: "second" });
      expect(await noteModel(session, "v1", "")).toMatchObject({ note: null, previous: "second" });
      expect(listModels(session)[0]).toMatchObject({ note: null });
      await expect(noteModel(session, "v1", "x".repeat(2001))).rejects.toThrow("at most 2000 characters");
    });
  });
});
