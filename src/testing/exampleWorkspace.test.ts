import { expect, it } from "vitest";
import { exampleConfig, exampleCsv, exampleWorkspace } from "./exampleWorkspace.ts";

it("gives each test its own workspace with files and a store", async () => {
  const example = await exampleWorkspace(exampleConfig, { "practicedata/a.csv": exampleCsv(1, 3) });
  expect(example.list("practicedata")).toEqual(["a.csv"]);
  expect(await example.look(({ store }) => store.runs())).toEqual([]);
  expect(exampleCsv(1, 3)).toBe(exampleCsv(1, 3));
});
