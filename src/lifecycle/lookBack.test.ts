/** Tests at, lineage, models and aliases on a history of two deployments. */
import { beforeAll, describe, expect, it } from "vitest";
import type { Deployment } from "../core/records/lineage.ts";
import { at, lineage } from "./registry/lineage.ts";
import { deploy } from "./deploy/deploy.ts";
import { exampleConfig, exampleCsv, exampleWorkspace, type ExampleWorkspace } from "../testing/exampleWorkspace.ts";
import { ingest } from "./ingest/ingest.ts";
import { loadModel } from "./loadModel.ts";
import { listModels, setAlias } from "./registry/models.ts";
import { score } from "./score/score.ts";
import { train } from "./train/train.ts";

let example: ExampleWorkspace;
/** Oldest first. */
let runIds: string[];
let deployments: Deployment[];

beforeAll(async () => {
  example = await exampleWorkspace(exampleConfig, {
    "practicedata/a.csv": exampleCsv(1, 60),
    "testdata/t.csv": exampleCsv(9, 40),
  });
  runIds = [];
  for (const file of ["practicedata/a.csv", "practicedata/b.csv"]) {
    if (file !== "practicedata/a.csv") example.write({ [file]: exampleCsv(2, 60) });
    await example.change(async (session) => {
      await ingest(session);
      runIds.push((await train(session)).runId);
      await score(session);
      await deploy(session, { force: true });
    });
  }
  deployments = await example.look(({ store }) => store.deployments().toReversed());
});

describe("at", () => {
  const atTime = (date: string) => example.look((session) => at(session, date));

  it("finds the model deployed at an instant: from its deployment until the next one", async () => {
    const [first, second] = deployments.map(({ deployedAt }) => Date.parse(deployedAt));
    expect((await atTime(new Date(first!).toISOString())).run?.runId).toBe(runIds[0]);
    expect((await atTime(new Date(second! - 1).toISOString())).run?.runId).toBe(runIds[0]);
    expect((await atTime(new Date(second!).toISOString())).run?.runId).toBe(runIds[1]);
    expect(await atTime(new Date(first! - 1).toISOString())).toMatchObject({ deployment: null, run: null });
  });

  it("reads a day as its end, and reports the data of the model", async () => {
    const day = await example.look((session) => {
      const context = { ...session.context, now: () => new Date("2026-01-02T08:00:00Z") };
      return at({ ...session, context }, "2026-01-01");
    });
    expect(day.at).toBe("2026-01-01T23:59:59.999Z");
    expect(day).toMatchObject({ run: { runId: runIds[1] }, dataset: { rows: 120 } });
    expect((await atTime("2025-12-31")).deployment).toBeNull();
  });

  it("uses the current time for today and for future dates", async () => {
    for (const date of ["2026-01-01", "2026-01-01T23:59:59Z", "2026-07-01"]) {
      const [result, now] = await example.look((session) => {
        const time = session.context.now();
        return [
          at({ ...session, context: { ...session.context, now: () => time } }, date),
          time.toISOString(),
        ] as const;
      });
      expect(now < "2026-01-01T23").toBe(true);
      expect(result).toMatchObject({ at: now, run: { runId: runIds[1] } });
    }
  });

  it("accepts an instant with a time zone, and rejects an invalid date", async () => {
    const second = Date.parse(deployments[1]!.deployedAt);
    const inOslo = new Date(second + 3_600_000).toISOString().replace("Z", "+01:00");
    expect((await atTime(inOslo)).run?.runId).toBe(runIds[1]);
    await expect(atTime("yesterday")).rejects.toMatchObject({ kind: "usage", message: '"yesterday" is not a date' });
  });
});

describe("lineage", () => {
  const of = (reference: string) => example.look((session) => lineage(session, reference));

  it.each(["latest", "v2", "@champion", "deployment 2", "deployment-2", "deployment2", "d2"])(
    "traces %s back to its files",
    async (reference) => {
      const { run, dataset, deployments: own } = await of(reference);
      expect(run.runId).toBe(runIds[1]);
      expect(dataset?.files.map(({ path }) => path)).toEqual(["practicedata/a.csv", "practicedata/b.csv"]);
      expect(own.map(({ deploymentId }) => deploymentId)).toEqual([2]);
    },
  );

  it("accepts a prefix of a run id, even if it looks like a deployment number", async () => {
    expect((await of(runIds[0]!.slice(0, 6))).run.runId).toBe(runIds[0]);
    await example.change(async (session) => {
      const { saveRecord } = await import("../storage/store/saveRecord.ts");
      const old = session.store.run(runIds[0]!)!;
      await saveRecord(session, { ...old, runId: "d27000000000", model: null, modelVersion: null });
    });
    expect((await of("d2700000")).run.runId).toBe("d27000000000");
  });

  it("reports an unknown reference", async () => {
    await expect(of("deployment 7")).rejects.toMatchObject({ kind: "usage", message: "there is no deployment 7" });
    await expect(of("nothing")).rejects.toMatchObject({ kind: "usage" });
  });
});

describe("models", () => {
  const alias = (name: string, reference?: string, remove = false) =>
    example.change(async (session) => setAlias(session, { name, reference, remove }));

  it("are listed newest first, with the one in production and its deployment time", async () => {
    const rows = await example.look(listModels);
    expect(rows.map(({ runId, version, inProduction }) => [runId, version, inProduction])).toEqual([
      [runIds[1], 2, true],
      [runIds[0], 1, false],
    ]);
    expect(rows.map(({ lastDeployedAt }) => lastDeployedAt)).toEqual(
      deployments.toReversed().map(({ deployedAt }) => deployedAt),
    );
    expect(rows[0]!.aliases).toEqual(["champion"]);
    expect(rows[0]!.value).toBeLessThan(0.69);
  });

  it("are found by run, version, alias and path", async () => {
    const path = `${example.folder}/${(await example.look(listModels))[1]!.path}`;
    for (const reference of [runIds[0]!, "v1", path]) {
      const { run, model } = await example.look((session) => loadModel(session, reference));
      expect(run?.runId).toBe(runIds[0]);
      expect(model.format).toBe("mlctl-model");
    }
  });

  it("get an alias, hand it to another model, and lose it", async () => {
    expect(await alias("staging", "v1")).toEqual({ name: "staging", runId: runIds[0] });
    expect((await example.look((session) => loadModel(session, "@staging"))).run?.runId).toBe(runIds[0]);
    await alias("@staging", "@champion");
    expect((await example.look(listModels)).map(({ aliases }) => aliases)).toEqual([["champion", "staging"], []]);
    await alias("second", "v1");
    expect(await alias("staging", undefined, true)).toEqual({ name: "staging", runId: null });
    await expect(example.look((session) => loadModel(session, "@staging"))).rejects.toThrow("no alias @staging");
    expect((await example.look(listModels)).map(({ aliases }) => aliases)).toEqual([["champion"], ["second"]]);
  });

  it("reject reserved aliases and ambiguous names", async () => {
    await expect(alias("champion", "v1")).rejects.toThrow("@champion always points to the deployed model");
    await expect(alias("champion", undefined, true)).rejects.toThrow("@champion always points to the deployed model");
    for (const name of ["latest", "v3", "V3", "", "two words", "a/b"]) {
      await expect(alias(name, "v1")).rejects.toMatchObject({
        kind: "usage",
        message: expect.stringContaining("cannot"),
      });
    }
    await expect(alias("gone", undefined, true)).rejects.toThrow("there is no alias @gone");
    await expect(alias("staging")).rejects.toThrow("missing REF: the model to give this alias");
  });
});
