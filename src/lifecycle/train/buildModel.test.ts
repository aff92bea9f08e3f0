import { expect, it } from "vitest";
import { parseModel, serializeModel } from "../../storage/model/modelFile.ts";
import { buildModel } from "./keepModels.ts";
import { exampleConfig, exampleCsv, exampleWorkspace, type ExampleWorkspace } from "../../testing/exampleWorkspace.ts";
import { ingest } from "../ingest/ingest.ts";
import { trainCandidates } from "./trainCandidates.ts";
import { prepareData } from "./trainingData.ts";
import { train } from "./train.ts";

const files = { "practicedata/a.csv": exampleCsv(1, 120), "practicedata/b.csv": exampleCsv(2, 30) };

/** Builds the model in the same way as train. */
function build(example: ExampleWorkspace) {
  return example.change(async (session) => {
    const { dataset: ingested } = await ingest(session);
    const dataset = session.store.dataset(ingested!.sha256)!;
    const data = await prepareData(session, dataset);
    const { ranked } = await trainCandidates(session, data);
    const [winner] = ranked;
    return { dataset, data, winner: winner!, model: await buildModel(session, dataset, data, winner!) };
  });
}

it("gives the same bytes in another folder, at another time, with other file names", async () => {
  const here = await exampleWorkspace(exampleConfig, files);
  const there = await exampleWorkspace(
    { ...exampleConfig, input_folder_path: "elsewhere" },
    { "elsewhere/1.csv": files["practicedata/a.csv"], "elsewhere/deep/2.csv": files["practicedata/b.csv"] },
  );
  for (let i = 0; i < 5000; i++) there.workspace().context.now(); // more than an hour later
  const texts = [serializeModel((await build(here)).model), serializeModel((await build(there)).model)];
  expect(texts[1]).toBe(texts[0]);
});

it("contains no time, no run id and no path", async () => {
  const example = await exampleWorkspace(exampleConfig, files);
  const { runId } = await example.change(async (session) => {
    await ingest(session);
    return train(session);
  });
  const text = example.read(`models/${example.list("models").find((name) => name.startsWith("trainedmodel"))}`);
  expect(text).not.toContain(runId);
  expect(text).not.toContain(example.folder);
  expect(text).not.toMatch(/finaldata|practicedata|\.csv|2026-|20260101T/);
});

it("is the same after a round trip through JSON", async () => {
  const { model } = await build(await exampleWorkspace(exampleConfig, files));
  const { sha256, ...read } = parseModel(serializeModel(model), "model.json");
  expect(read).toEqual(model);
  expect(sha256).toMatch(/^[0-9a-f]{64}$/);
});

it("describes the training rows and only the columns that the model uses", async () => {
  const constant = files["practicedata/a.csv"].replaceAll("\n", ",same\n").replace(",same", ",unused");
  const example = await exampleWorkspace(exampleConfig, { "practicedata/a.csv": constant });
  const { model, data, dataset, winner } = await build(example);
  expect(model.signature.inputs.map(({ name }) => name)).toEqual(["x", "z", "city"]);
  expect(model.signature.target).toEqual({ name: "leaves", task: "binary", classes: ["no", "yes"] });
  expect(model.lineage).toEqual({
    datasetSha256: dataset.artifact.sha256,
    configSha256: example.workspace().configSha256(),
    seed: 42,
    featureSet: "all",
    trainingRows: data.split.training.length,
    validationRows: data.split.validation.length,
  });
  expect(data.split.training.length + data.split.validation.length).toBe(120);
  expect(model.reference.rows).toBe(data.split.training.length);
  expect(model.reference.prediction).toMatchObject({ kind: "category", count: data.split.validation.length });
  expect(model.metrics).toEqual(winner.metrics);
  expect(model.baseline.family).toBe("baseline");
  expect(model.threshold).toBe(0.5);
});

it("keeps the range and the predictions of a regression", async () => {
  const csv = files["practicedata/a.csv"];
  const models = [{ family: "linear_regression" }];
  const example = await exampleWorkspace(
    { ...exampleConfig, target: "z", train: { models } },
    { "practicedata/a.csv": csv },
  );
  const { model } = await build(example);
  expect(model.signature.target).toEqual({ name: "z", task: "regression" });
  expect(model.threshold).toBeNull();
  expect(model.reference.prediction).toMatchObject({ kind: "number", count: 24 });
  expect(model.signature.inputs.find(({ name }) => name === "leaves")).toMatchObject({ categories: ["no", "yes"] });
});

it("is not built from a failed candidate", async () => {
  const example = await exampleWorkspace(exampleConfig, files);
  const { dataset, data, winner } = await build(example);
  const failed = { ...winner, fitted: undefined };
  await expect(buildModel(example.workspace(), dataset, data, failed)).rejects.toThrow(TypeError);
});
