/** at, lineage, models and the names that models answer to, over one history of two deployments. */
import { beforeAll, describe, expect, it } from "vitest";
import type { Deployment } from "../core/records/deployment.ts";
import { at } from "./registry/at.ts";
import { deploy } from "./deploy/deploy.ts";
import { exampleConfig, exampleCsv, exampleWorkspace, type ExampleWorkspace } from "./exampleWorkspace.test.ts";
import { ingest } from "./ingest/ingest.ts";
import { lineage } from "./registry/lineage.ts";
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
  const answered = (date: string) => example.look((session) => at(session, date));

  it("finds what answered then: from the instant of a deployment on, to the next", async () => {
    const [first, second] = deployments.map(({ deployedAt }) => Date.parse(deployedAt));
    expect((await answered(new Date(first!).toISOString())).run?.runId).toBe(runIds[0]);
    expect((await answered(new Date(second! - 1).toISOString())).run?.runId).toBe(runIds[0]);
    expect((await answered(new Date(second!).toISOString())).run?.runId).toBe(runIds[1]);
    expect(await answered(new Date(first! - 1).toISOString())).toMatchObject({ deployment: null, run: null });
  });

  it("takes a day for its end, and tells the data of the model then", async () => {
    const day = await example.look((session) => {
      const context = { ...session.context, now: () => new Date("2026-01-02T08:00:00Z") };
      return at({ ...session, context }, "2026-01-01");
    });
    expect(day.at).toBe("2026-01-01T23:59:59.999Z");
    expect(day).toMatchObject({ run: { runId: runIds[1] }, dataset: { rows: 120 } });
    expect((await answered("2025-12-31")).deployment).toBeNull();
  });

  it("takes now for a day that is not over, and for what is still to come", async () => {
    for (const date of ["2026-01-01", "2026-01-01T23:59:59Z", "2026-07-01"]) {
      const [answer, now] = await example.look((session) => {
        const time = session.context.now();
        return [
          at({ ...session, context: { ...session.context, now: () => time } }, date),
          time.toISOString(),
        ] as const;
      });
      expect(now < "2026-01-01T23").toBe(true);
      expect(answer).toMatchObject({ at: now, run: { runId: runIds[1] } });
    }
  });

  it("takes an instant with a zone, and refuses what is no date", async () => {
    const second = Date.parse(deployments[1]!.deployedAt);
    const inOslo = new Date(second + 3_600_000).toISOString().replace("Z", "+01:00");
    expect((await answered(inOslo)).run?.runId).toBe(runIds[1]);
    await expect(answered("yesterday")).rejects.toMatchObject({ kind: "usage", message: '"yesterday" is not a date' });
  });
});

describe("lineage", () => {
  const of = (reference: string) => example.look((session) => lineage(session, reference));

  it.each(["latest", "v2", "@champion", "deployment 2", "deployment-2", "deployment2", "d2"])(
    "leads from %s back to its files",
    async (reference) => {
      const { run, dataset, deployments: own } = await of(reference);
      expect(run.runId).toBe(runIds[1]);
      expect(dataset?.files.map(({ path }) => path)).toEqual(["practicedata/a.csv", "practicedata/b.csv"]);
      expect(own.map(({ deploymentId }) => deploymentId)).toEqual([2]);
    },
  );

  it("takes a prefix of a run id for one, also where it looks like a number of something", async () => {
    expect((await of(runIds[0]!.slice(0, 6))).run.runId).toBe(runIds[0]);
    await example.change(async ({ store, paths }) => {
      const { saveRecord } = await import("../storage/store/saveRecord.ts");
      const old = store.run(runIds[0]!)!;
      saveRecord(paths, store, { ...old, runId: "d27000000000", model: null, modelVersion: null });
    });
    expect((await of("d27")).run.runId).toBe("d27000000000");
  });

  it("says what it does not know", async () => {
    await expect(of("deployment 7")).rejects.toMatchObject({ kind: "usage", message: "there is no deployment 7" });
    await expect(of("nothing")).rejects.toMatchObject({ kind: "usage" });
  });
});

describe("models", () => {
  const alias = (name: string, reference?: string, remove = false) =>
    example.change(async (session) => setAlias(session, { name, reference, remove }));

  it("are listed newest first, with what is in production and since when", async () => {
    const rows = await example.look(listModels);
    expect(rows.map(({ runId, version, inProduction }) => [runId, version, inProduction])).toEqual([
      [runIds[1], 2, true],
      [runIds[0], 1, false],
    ]);
    expect(rows.map(({ lastDeployedAt }) => lastDeployedAt)).toEqual(
      deployments.toReversed().map(({ deployedAt }) => deployedAt),
    );
    expect(rows[0]!.aliases).toEqual(["champion"]);
    expect(rows[0]!.value).toBeGreaterThan(0.5);
  });

  it("are found by run, version, alias and path alike", async () => {
    const path = `${example.folder}/${(await example.look(listModels))[1]!.path}`;
    for (const reference of [runIds[0]!, "v1", path]) {
      const { run, model } = await example.look((session) => loadModel(session, reference));
      expect(run?.runId).toBe(runIds[0]);
      expect(model.format).toBe("mlctl-model");
    }
  });

  it("take a name, give it on to another, and lose it", async () => {
    expect(await alias("staging", "v1")).toEqual({ name: "staging", runId: runIds[0] });
    expect((await example.look((session) => loadModel(session, "@staging"))).run?.runId).toBe(runIds[0]);
    await alias("@staging", "@champion");
    expect((await example.look(listModels)).map(({ aliases }) => aliases)).toEqual([["champion", "staging"], []]);
    await alias("second", "v1");
    expect(await alias("staging", undefined, true)).toEqual({ name: "staging", runId: null });
    await expect(example.look((session) => loadModel(session, "@staging"))).rejects.toThrow("no alias @staging");
    expect((await example.look(listModels)).map(({ aliases }) => aliases)).toEqual([["champion"], ["second"]]);
  });

  it("keep the names of deployments, and names that would be taken for something else, to themselves", async () => {
    await expect(alias("champion", "v1")).rejects.toThrow("@champion follows what is deployed");
    await expect(alias("champion", undefined, true)).rejects.toThrow("@champion follows what is deployed");
    for (const name of ["latest", "v3", "V3", "", "two words", "a/b"]) {
      await expect(alias(name, "v1")).rejects.toMatchObject({
        kind: "usage",
        message: expect.stringContaining("cannot"),
      });
    }
    await expect(alias("gone", undefined, true)).rejects.toThrow("there is no alias @gone");
    await expect(alias("staging")).rejects.toThrow("which model is to have that name?");
  });
});
