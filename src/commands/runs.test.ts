import { Chalk } from "chalk";
import { expect, it } from "vitest";
import { viewText } from "../cli/viewText.ts";
import { exampleRun } from "../testing/exampleRecords.ts";
import { runsView } from "./runs.ts";

it("keeps run, version and status whole on a narrow terminal, because commands take them", () => {
  const runs = [1, 2].map((n) => exampleRun(n, { family: "logistic_regression" }));
  const text = viewText(runsView(runs, runs[0]!.runId), 60, new Chalk({ level: 0 }));
  for (const word of [...runs.map(({ runId }) => runId), "version", "in production", "finished"])
    expect(text).toContain(word);
  expect(Math.max(...text.split("\n").map((line) => line.length))).toBeLessThanOrEqual(60);
});
