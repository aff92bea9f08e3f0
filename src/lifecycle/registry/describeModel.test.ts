import { expect, it } from "vitest";
import { exampleConfig, exampleWorkspace } from "../../testing/exampleWorkspace.ts";
import { train } from "../train/train.ts";
import { loadModel } from "../loadModel.ts";
import { exampleRow } from "../predict/servedModel.ts";
import { ingest } from "../ingest/ingest.ts";
import { describeModel } from "./describeModel.ts";

it("says what an auditor asks for, and nothing of single training rows", async () => {
  const names = (i: number): string => (i % 40 === 0 ? `Ann ${i}` : i % 2 === 0 ? "north" : "south");
  const rows = Array.from(
    { length: 200 },
    (_, i) => `${i * 1.37},${names(i)},Person ${i % 40},${(i * 7) % 13 < 6 ? "yes" : "no"}`,
  );
  const config = {
    ...exampleConfig,
    target: "left",
    features: null,
    train: { models: [{ family: "logistic_regression" }], calibration: "sigmoid", threshold: 0.4, seed: 1 },
  };
  const example = await exampleWorkspace(config, {
    "practicedata/a.csv": `salary,place,name,left\n${rows.join("\n")}\n`,
  });
  const {
    described,
    written,
    example: exampled,
  } = await example.change(async (session) => {
    await ingest(session);
    const { model } = await train(session);
    const { model: loaded } = await loadModel(session, "latest");
    return { described: await describeModel(session, "latest"), written: model.path, example: exampleRow(loaded) };
  });
  expect(described.model).toMatchObject({ family: "logistic_regression", threshold: 0.4, target: { name: "left" } });
  expect(described.model.calibration).toMatchObject({ method: "sigmoid" });
  expect(described.model.importance.map(([name]) => name).toSorted()).toEqual(["name", "place", "salary"]);
  expect(exampled.map(({ value }) => value)).toEqual([expect.any(Number), "south", null]);
  expect(described.model.inputs.find(({ name }) => name === "place")).toMatchObject({
    categories: ["north", "south"],
    categoryCount: expect.any(Number),
  });
  const text = JSON.stringify(described.model);
  // The file itself has them: drift is tested against them. Only the range of a column is shown.
  const file = example.read(written);
  const range = described.model.inputs.find(({ name }) => name === "salary")!;
  const values = rows.flatMap((row) => row.split(",").slice(0, 2)).filter((value) => value.length >= 6);
  const single = values.filter(
    (value) => file.includes(value) && ![range.minimum, range.maximum].includes(Number(value)),
  );
  expect(single.length).toBeGreaterThan(50);
  expect(single.some((value) => value.startsWith("Ann"))).toBe(true);
  expect(single.filter((value) => text.includes(value))).toEqual([]);
});
