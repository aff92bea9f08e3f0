/** A search that was killed goes on where it was. */
import { appendFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { emptyWorkspace } from "../lifecycleWorkspace.ts";

interface TuneJson {
  readonly searches: readonly { readonly reused: number }[];
  readonly model: { readonly sha256: string };
}

const search = {
  method: "tpe",
  trials: 14,
  folds: 3,
  space: {
    max_depth: { distribution: "integer", low: 1, high: 4 },
    gamma: { distribution: "log_uniform", low: 0.001, high: 1 },
  },
};
const params = { n_estimators: 20, num_parallel_tree: 80 };

const rows = Array.from(
  { length: 160 },
  (_, i) => `${(i * 37) % 160},${(i * 53) % 160},${(i * 37) % 160 > 80 ? 1 : 0}`,
);

it("killed or cut off in the middle of a line, tune loses no finished trial and comes to the same end", async () => {
  const workspace = emptyWorkspace({ target: "y", train: { models: [{ family: "xgboost", params, search }] } });
  workspace.write({ "sourcedata/rows.csv": ["a,b,y", ...rows, ""].join("\n") });
  workspace.ok("ingest");
  const { child, finished } = workspace.start("tune", "--workers", "1", "--json");
  const journal = (): string | undefined => workspace.names("models", /\.jsonl$/)[0];
  // The first line says which search it is.
  const finishedTrials = (): number =>
    journal() === undefined ? 0 : workspace.read(`models/${journal()}`).trim().split("\n").length - 1;
  while (finishedTrials() < 5 && child.exitCode === null) await new Promise((resolve) => setTimeout(resolve, 20));
  child.kill("SIGKILL");
  await finished;
  const kept = finishedTrials();
  expect(kept).toBeGreaterThanOrEqual(5);
  appendFileSync(join(workspace.folder, "models", journal()!), '\n{"number":13,"par');
  const resumed = workspace.json<TuneJson>("tune");
  expect(resumed.searches[0]!.reused).toBe(kept);
  const fresh = workspace.json<TuneJson>("tune", "--fresh");
  expect(fresh.model.sha256).toBe(resumed.model.sha256);
  expect(workspace.names("models", /\.jsonl$/)).toEqual([]);
});
