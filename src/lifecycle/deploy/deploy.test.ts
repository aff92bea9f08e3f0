import { describe, expect, it } from "vitest";
import { deploy, type DeployOptions } from "./deploy.ts";
import { exampleConfig, exampleCsv, exampleWorkspace, type ExampleWorkspace } from "../../testing/exampleWorkspace.ts";
import { ingest } from "../ingest/ingest.ts";
import { score } from "../score/score.ts";
import { train } from "../train/train.ts";

const testData = { "testdata/t.csv": exampleCsv(9, 60) };

/** A workspace with one trained model. */
async function trained(config = exampleConfig): Promise<ExampleWorkspace> {
  const example = await exampleWorkspace(config, { "practicedata/a.csv": exampleCsv(1, 80), ...testData });
  await trainAgain(example);
  return example;
}

function trainAgain(example: ExampleWorkspace): Promise<string> {
  return example.change(async (session) => {
    await ingest(session);
    const { runId } = await train(session);
    await score(session);
    return runId;
  });
}

const deployed = (example: ExampleWorkspace, options: DeployOptions = {}) =>
  example.change((session) => deploy(session, options));

const inProduction = (example: ExampleWorkspace) =>
  (JSON.parse(example.read("production_deployment/deployment.json")) as { runId: string }).runId;

describe("deploy", () => {
  it("reports the result of a dry run and writes nothing", async () => {
    const example = await trained();
    expect(await deployed(example, { dryRun: true })).toMatchObject({ status: "deployed", dryRun: true, path: null });
    expect(example.list("production_deployment")).toEqual([]);
  });

  it("keeps a model that is already deployed, and a champion that is not beaten by enough", async () => {
    const example = await trained();
    const { runId } = await deployed(example);
    expect(await deployed(example)).toMatchObject({ status: "kept", reasons: ["it is already deployed"] });
    await example.configure({ ...exampleConfig, promotion: { min_improvement: 0.9 } });
    example.write({ "practicedata/b.csv": exampleCsv(2, 40) });
    await trainAgain(example);
    expect(await deployed(example)).toMatchObject({ status: "kept", previousRunId: runId });
    expect(inProduction(example)).toBe(runId);
    expect(await deployed(example, { force: true })).toMatchObject({
      status: "deployed",
      reasons: ["forced", expect.stringContaining("not better by more than 0.9")],
    });
    expect(await deployed(example, { rollback: true })).toMatchObject({ status: "rolled_back", runId });
    expect(inProduction(example)).toBe(runId);
  });

  it("does not compare the challenger with a champion that has another target or other columns", async () => {
    const example = await trained();
    await deployed(example);
    await example.configure({ ...exampleConfig, target: "city" });
    await trainAgain(example);
    const other = await deployed(example, { dryRun: true, force: true });
    expect(other.reasons.join()).not.toContain("against the champion's");

    await example.configure({ ...exampleConfig, drop_columns: ["z"] });
    await trainAgain(example);
    example.write({ "testdata/t.csv": testData["testdata/t.csv"].replace("x,z,city", "x,zz,city") });
    const { reasons } = await deployed(example, { dryRun: true, force: true });
    expect(reasons.join()).toContain("the deployed model cannot predict these rows");
    expect(reasons.join()).toContain('column "z" is missing; did you rename it to "zz"?');
  });

  it("needs test data unless it is forced", async () => {
    const example = await trained();
    example.write({ testdata: null });
    await expect(deployed(example)).rejects.toMatchObject({ kind: "notReady" });
    expect(await deployed(example, { force: true })).toMatchObject({
      status: "deployed",
      value: null,
      reasons: ["forced", "no test data: testdata does not exist"],
    });
  });

  it("enforces the limits of the configuration", async () => {
    const example = await trained({ ...exampleConfig, promotion: { require: { recall: { min: 1 } } } });
    const { status, reasons } = await deployed(example);
    expect(status).toBe("kept");
    expect(reasons).toEqual([expect.stringMatching(/^recall is 0\.\d+; required: at least 1$/)]);
  });
});
