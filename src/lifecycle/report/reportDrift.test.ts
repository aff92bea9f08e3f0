import { beforeAll, expect, it } from "vitest";
import { deploy } from "../deploy/deploy.ts";
import { exampleConfig, exampleCsv, exampleWorkspace, type ExampleWorkspace } from "../../testing/exampleWorkspace.ts";
import { ingest } from "../ingest/ingest.ts";
import { loadModel } from "../loadModel.ts";
import { reportDrift } from "./reportInput.ts";
import { score } from "../score/score.ts";
import { train } from "../train/train.ts";
import { readDataset } from "../datasets.ts";

let example: ExampleWorkspace;

/** Ingests a folder; if `learns`, also trains and deploys. */
async function ingestFolder(folder: string, learns: boolean): Promise<void> {
  await example.configure({ ...exampleConfig, input_folder_path: folder });
  await example.change(async (session) => {
    await ingest(session);
    if (!learns) return;
    await train(session);
    await score(session);
    await deploy(session, { force: true });
  });
}

function drift(reference: string) {
  return example.look(async (session) => {
    const { run, model } = await loadModel(session, reference);
    const dataset = session.store.latestDataset(session.config.input_folder_path);
    const newest = dataset === undefined ? null : { dataset, table: await readDataset(session, dataset) };
    return reportDrift(session, { run: run!, model, newest });
  });
}

beforeAll(async () => {
  example = await exampleWorkspace(exampleConfig, {
    "practicedata/a.csv": exampleCsv(1, 300),
    "shifted/a.csv": exampleCsv(2, 300, 2),
    "testdata/t.csv": exampleCsv(9, 40),
  });
});

it("has nothing to compare with if there is only one dataset, or none", async () => {
  await ingestFolder("practicedata", true);
  expect(await drift("v1")).toEqual({ drift: null, distributions: {} });
  await example.configure({ ...exampleConfig, input_folder_path: "nothing" });
  expect(await drift("v1")).toEqual({ drift: null, distributions: {} });
});

it("compares newer data with the model's training data", async () => {
  await ingestFolder("shifted", false);
  const { drift: found, distributions } = await drift("v1");
  // 300 rows, shifted by two standard deviations in x only; the predictions depend on x.
  expect(Object.entries(found!.columns).flatMap(([name, { drifted }]) => (drifted ? [name] : []))).toEqual([
    "prediction",
    "x",
  ]);
  expect(found!.currentRows).toBe(300);
  expect(found!.dataset).toMatchObject({ tested: 3, drifted: 1 });
  expect(found!.target).toMatchObject({ measure: "p_value", direction: "below" });
  const x = distributions["x"]!;
  if (x.kind === "category") throw new Error("x is a number");
  const mean = (shares: readonly number[]): number =>
    shares.reduce((sum, share, i) => sum + (share * (x.edges[i]! + x.edges[i + 1]!)) / 2, 0);
  expect(mean(x.current) - mean(x.reference)).toBeCloseTo(2, 0);
});

it("compares the data of a model with that of the previously deployed model", async () => {
  await ingestFolder("shifted", true);
  const { drift: found } = await drift("v2");
  expect(found!.columns["x"]).toMatchObject({ drifted: true });
  expect(found!.referenceRows).toBe(240); // of the first model: 300 rows less 20 % for validation
});

it("compares only columns of the same kind", async () => {
  example.write({ "texts/a.csv": exampleCsv(3, 300).replace(/\n[^,\n]*,/g, "\nhigh,") });
  await ingestFolder("texts", false);
  const { distributions } = await drift("v1");
  expect(Object.keys(distributions)).toEqual(["z", "city"]);
});
