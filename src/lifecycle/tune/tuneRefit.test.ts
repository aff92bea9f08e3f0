/** A search evaluates a model that stops early as the leaderboard does, so that what is better there is better here. */
import { expect, it } from "vitest";
import { exampleConfig, exampleCsv, exampleWorkspace } from "../../testing/exampleWorkspace.ts";
import { ingest } from "../ingest/ingest.ts";
import { train } from "../train/train.ts";
import { tune } from "./tune.ts";

it("gives parameters the value that the leaderboard gives them", async () => {
  const config = { ...exampleConfig, train: { seed: 3 } };
  const example = await exampleWorkspace(config, { "practicedata/a.csv": exampleCsv(1, 300) });
  const { before, tuned } = await example.change(async (session) => {
    await ingest(session);
    return { before: await train(session), tuned: await tune(session, { trials: 2, workers: 1 }) };
  });
  const valuesOf = (rows: typeof before.leaderboard, family: string) =>
    rows.filter((row) => row.family === family).map(({ selection }) => selection!.value);
  for (const { family, best, configured, fits } of tuned.searches) {
    expect(valuesOf(before.leaderboard, family)).toContain(configured);
    if (best.value < configured!) expect(valuesOf(tuned.leaderboard, family)).toContain(best.value);
    expect(fits).toBe(2 * before.leaderboard[0]!.selection!.folds);
  }
  expect(tuned.searches.map(({ family }) => family)).toContain("xgboost");
});
