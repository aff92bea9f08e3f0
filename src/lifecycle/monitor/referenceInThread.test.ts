import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import type { FittedEstimator } from "../../core/estimator.ts";
import type { Model } from "../../core/records/model.ts";
import { referenceInThread } from "./monitorReference.ts";
import { referenceOfFiles, type ReferenceFiles } from "./referenceOfRows.ts";

const folder = mkdtempSync(join(tmpdir(), "mlctl-reference-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** y = 2 a + 1 */
const estimator: FittedEstimator = {
  family: "linear_regression",
  params: {},
  featureNames: ["a"],
  task: "regression",
  classCount: 0,
  state: { coefficients: [2], intercept: 1, means: [0] },
};
const model: Model = {
  format: "mlctl-model",
  version: 1,
  codeVersion: "0",
  signature: {
    inputs: [{ name: "a", kind: "number", missingShare: 0 }],
    target: { name: "y", task: "regression" },
    reading: { nullValues: [""], normalizeNames: false },
  },
  transforms: [],
  estimator,
  baseline: estimator,
  threshold: null,
  metrics: {},
  importance: [],
  lineage: { datasetSha256: "", configSha256: "", seed: 1, featureSet: "", trainingRows: 1, validationRows: 1 },
  reference: { rows: 1, columns: {}, prediction: null },
  sha256: "",
};

/** A file larger than 4 MB, so that a thread is started. */
function request(name: string, row: (i: number) => string): ReferenceFiles {
  const path = join(folder, name);
  writeFileSync(path, `a,text\n${Array.from({ length: 150_000 }, (_, i) => row(i)).join("\n")}\n`);
  return { model, paths: [path], reading: {}, timeColumn: null, round: null, seed: 42, isExact: false };
}

describe("referenceInThread", () => {
  it("gives the same result for a large file as reading it in this thread", async () => {
    const files = request("rows.csv", (i) => `${(i * 7919) % 10_007},a text of some length`);
    const found = await referenceInThread(files);
    expect(found).toEqual(await referenceOfFiles(files));
    // the values cycle through 0 … 10,006
    expect(found.columns.a).toMatchObject({ kind: "number", count: 150_000, missing: 0 });
    expect(found.prediction).toMatchObject({ kind: "number", count: 50_000 });
  });

  it("reports the same error as reading the file in this thread", async () => {
    const files = request("wrong.csv", (i) => (i === 140_000 ? "1" : `${i},a text of some length`));
    const error = await referenceOfFiles(files).catch((reason: unknown) => reason);
    expect(error).toMatchObject({ kind: "data", message: expect.stringContaining("line 140002") });
    const { kind, message, hint, details } = error as Record<string, unknown>;
    await expect(referenceInThread(files)).rejects.toMatchObject({ kind, message, hint, details });
  });
});
