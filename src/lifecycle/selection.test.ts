/** With cross-validation, the folds choose the model and the validation rows do not. */
import { expect, it } from "vitest";
import type { JsonObject } from "../core/json.ts";
import { random } from "../core/random.ts";
import { exampleWorkspace } from "../testing/exampleWorkspace.ts";
import { ingest } from "./ingest/ingest.ts";
import { loadModel } from "./loadModel.ts";
import { train } from "./train/train.ts";

const TRAINING_ROWS = 90;

/** y depends on a in the training rows. In the validation rows it depends on b if `turned`. */
function rows(turned: boolean): string {
  const { normal, integer } = random(3);
  const lines = Array.from({ length: 120 }, (_, row) => {
    const [a, b, noise] = [normal(), normal(), normal()];
    const cause = turned && row >= TRAINING_ROWS ? b : a;
    return `${row},${a},${b},g${integer(9)},${new Date(Date.UTC(2024, 0, row + 1)).toISOString().slice(0, 10)},${3 * cause + noise}`;
  });
  return ["id,a,b,shop,day,y", ...lines].join("\n");
}

async function trainedOn(turned: boolean, selection: JsonObject) {
  const config: JsonObject = {
    target: "y",
    task: "regression",
    id_columns: ["id", "shop"],
    time_column: "day",
    features: [{ type: "drop", column: "day" }],
    train: {
      split: { method: "head", rows: TRAINING_ROWS },
      selection,
      feature_sets: { a: ["a"], b: ["b"] },
      models: [{ family: "linear_regression" }],
    },
  };
  const example = await exampleWorkspace(config, { "sourcedata/rows.csv": rows(turned) });
  return example.change(async (session) => {
    await ingest(session);
    const result = await train(session);
    const run = session.store.run(result.runId)!;
    return { result, run, estimator: (await loadModel(session, "latest")).model.estimator };
  });
}

it.each<JsonObject>([
  { method: "k_fold", folds: 3 },
  { method: "time_series", folds: 4 },
  { method: "group_k_fold", group_column: "shop" },
])("other labels in the validation rows change neither the winner nor its model: %o", async (selection) => {
  const [usual, turned] = [await trainedOn(false, selection), await trainedOn(true, selection)];
  expect(usual.result.leaderboard[0]!.featureSet).toBe("a");
  expect(turned.result.leaderboard.map(({ featureSet }) => featureSet)).toEqual(["a", "b"]);
  expect(turned.result.leaderboard.map((row) => row.selection)).toEqual(
    usual.result.leaderboard.map((row) => row.selection),
  );
  expect(turned.estimator).toEqual(usual.estimator);
  // Both are still evaluated on the validation rows, where the loser is better.
  const [winner, loser] = turned.result.leaderboard.map(({ metrics }) => metrics["rmse"]!);
  expect(loser).toBeLessThan(winner!);
  expect(turned.run.metrics["rmse"]).toBe(winner);
  expect(turned.run.selection).toEqual(turned.result.leaderboard[0]!.selection);
});

it("without folds the validation rows choose the model", async () => {
  const { result, run } = await trainedOn(true, { method: "validation" });
  expect(result.leaderboard[0]).toMatchObject({ featureSet: "b", selection: null });
  expect(run.selection).toBeUndefined();
});

it("a missing group column is named, with the closest existing name", async () => {
  await expect(trainedOn(false, { method: "group_k_fold", group_column: "shops" })).rejects.toMatchObject({
    kind: "usage",
    message: 'train.selection.group_column: the data has no column "shops"',
    hint: 'did you mean "shop"?',
  });
});

it("says that validation rows share groups with training rows; a split by group keeps them apart", async () => {
  const config: JsonObject = {
    target: "y",
    task: "regression",
    id_columns: ["id", "day"],
    train: { selection: { method: "group_k_fold", group_column: "shop" }, models: [{ family: "linear_regression" }] },
  };
  const example = await exampleWorkspace(config, { "sourcedata/rows.csv": rows(false) });
  const notes = async (): Promise<string> =>
    example.change(async (session) => {
      await ingest(session);
      return (await train(session)).notes.join("\n");
    });
  expect(await notes()).toContain("24 of 24 validation rows have a group that training rows have, too");
  await example.configure({ ...config, train: { ...(config["train"] as JsonObject), split: { method: "group" } } });
  expect(await notes()).not.toContain("have a group that training rows have");
  // Without models mlctl splits by the groups itself.
  await example.configure({ ...config, train: { selection: { group_column: "shop" } } });
  expect(await notes()).not.toContain("have a group that training rows have");
});
