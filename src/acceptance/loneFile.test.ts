/** From a folder with one file of rows, and nothing else, to a deployed model. */
import { expect, it } from "vitest";
import { emptyWorkspace, type FullprocessJson } from "./lifecycleWorkspace.ts";

it("deploys a model of the column that is named, and init refuses to write over it", () => {
  const workspace = emptyWorkspace();
  const line = (i: number): string => `C${1000 + ((i * 37) % 250)},${(i * 7) % 19},${i % 3 === 0 ? "?" : `p${i % 3}`}`;
  const rows = Array.from({ length: 250 }, (_, i) => `${line(i)},${(i * 7) % 19 > 9 || i % 10 === 0 ? "yes" : "no"}`);
  workspace.write({ "data.csv": ["customer_id,months,plan,left", ...rows, ""].join("\n") });
  const { status, run_id: runId, notes } = workspace.json<FullprocessJson>("fullprocess", "--target", "left");
  expect(status).toBe("deployed");
  expect(notes[0]).toContain("wrote sourcedata/train.csv, testdata/test.csv");
  expect(notes).toContain("50 of 250 rows test, chosen with the same share of each class, seed 42");
  expect(workspace.json("models", "show", "@champion")).toMatchObject({ run: { run_id: runId } });
  expect(workspace.read("config.json")).toContain('"id_columns": [\n    "customer_id"\n  ]');
  const refused = workspace.run(["init", "--from", "data.csv", "--target", "left"]);
  expect(refused.status).toBe(2);
  expect(refused.stderr).toContain(
    "already has sourcedata/train.csv, testdata/test.csv, config.schema.json, config.json",
  );
});
