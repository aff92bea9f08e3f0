import { execFileSync } from "node:child_process";
import { describe, expect, it } from "vitest";
import type { Deployment } from "../../core/records/lineage.ts";
import { originText } from "../../core/text/recordText.ts";
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

  it("records the score of a model that was not scored on the test rows, as score does", async () => {
    const example = await trained();
    example.write({ "testdata/t.csv": exampleCsv(8, 70) });
    const { runId } = await deployed(example);
    const scoreOf = () =>
      example.look(({ store }) => ({ ...store.run(runId)!.score!, createdAt: "", artifact: { path: "" } }));
    const recorded = await scoreOf();
    expect(recorded).toMatchObject({ rows: 70, interval: [expect.any(Number), expect.any(Number)] });
    expect(example.list("production_deployment")).toContain("latestscore.txt");
    await example.change((session) => score(session));
    expect(await scoreOf()).toEqual(recorded);
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

  it("says that the champion uses a column that drop_columns leaves out now", async () => {
    const example = await trained();
    await deployed(example);
    await example.configure({ ...exampleConfig, drop_columns: ["x"] });
    const runId = await trainAgain(example);
    const { status, reasons } = await deployed(example);
    expect(status).toBe("kept");
    expect(reasons).toContain(
      `the deployed model uses "x", which drop_columns leaves out now: \`mlctl deploy ${runId} --force\` replaces it all the same`,
    );
  });

  it("deploys the same model with the threshold that config.json names, though no metric is better", async () => {
    const config = { ...exampleConfig, train: { models: [{ family: "logistic_regression" }], threshold: 0.5 } };
    const example = await trained(config);
    await deployed(example);
    await example.configure({ ...config, train: { ...config.train, threshold: 0.28 } });
    const runId = await trainAgain(example);
    expect(await deployed(example)).toMatchObject({
      status: "deployed",
      runId,
      reasons: expect.arrayContaining([
        expect.stringMatching(/^only the threshold changes, from 0.5 to 0.28 \(f1 from 0\.\d+ to 0\.\d+\), as config/),
      ]) as string[],
    });
    await example.configure({
      ...config,
      train: { ...config.train, threshold: 0.9 },
      promotion: { require: { recall: { min: 0.99 } } },
    });
    await trainAgain(example);
    expect(await deployed(example)).toMatchObject({ status: "kept" });
  });

  it("deploys the same model with the threshold for new costs, and names it if the model differs too", async () => {
    const models = [{ family: "logistic_regression" }];
    const config = { ...exampleConfig, train: { models, metric: "log_loss", threshold: "tune" } };
    const example = await trained(config);
    await deployed(example);
    const costs = { false_negative: 200, false_positive: 1 };
    await example.configure({ ...config, costs: { ...costs, currency: "EUR" } });
    const runId = await trainAgain(example);
    const { status, reasons } = await deployed(example, { dryRun: true });
    expect(status).toBe("deployed");
    expect(reasons).toContainEqual(
      expect.stringMatching(/^only the threshold changes, .* \(cost from \d.* to \d.* EUR per 1,000 rows\), as config/),
    );
    // Not what config.json says any more.
    await example.configure(config);
    expect(await deployed(example)).toMatchObject({ status: "kept" });
    await example.configure({ ...config, costs, train: { ...config.train, models: [{ family: "logistic_regression", params: { C: 0.001 } }] } }); // prettier-ignore
    const other = await trainAgain(example);
    const kept = await deployed(example);
    expect(kept).toMatchObject({ status: "kept", runId: other });
    expect(kept.reasons.at(-1)).toMatch(/^the threshold would change from .*: `mlctl deploy \w+ --force` deploys it$/);
    expect(kept.reasons.at(-1)).toContain(`mlctl deploy ${other}`);
    const forced = await deployed(example, { force: true, dryRun: true });
    expect(forced.reasons.at(-1)).toMatch(/^the threshold changes from [^`]*$/);
    const promoted = await deployed(example, { command: "mlctl models promote v3 --to prod" });
    expect(promoted.reasons.at(-1)).toContain(": `mlctl models promote v3 --to prod --force` deploys it");
    expect(runId).not.toBe(other);
    await example.configure({ ...config, costs, train: { ...config.train, threshold: 0.95, models: [{ family: "logistic_regression", params: { C: 0.001 } }] } }); // prettier-ignore
    await trainAgain(example);
    const dearer = (await deployed(example)).reasons.at(-1);
    expect(dearer).toMatch(
      /^its threshold is worse: it would change from .* to 0.95 \(cost from \d.* to \d.* money per 1,000 rows\)$/,
    );
  });

  it("records the commit, and that files of it were changed since", async () => {
    const example = await trained();
    const git = (...args: string[]) =>
      execFileSync("git", ["-C", example.folder, "-c", "user.name=ada", "-c", "user.email=a@b", ...args]);
    git("init", "-q");
    git("add", "config.json", "practicedata");
    git("commit", "-q", "-m", "start");
    const recorded = () => JSON.parse(example.read("production_deployment/deployment.json")) as Deployment;
    await deployed(example, { force: true });
    expect(recorded().commit).toMatch(/^[0-9a-f]{40}$/);
    expect(recorded().dirty).toBeUndefined();
    example.write({ "practicedata/a.csv": exampleCsv(3, 90) });
    await trainAgain(example);
    await deployed(example, { force: true });
    expect(recorded().dirty).toBe(true);
    expect(originText(recorded())).toContain(" with uncommitted changes");
    // What is recorded is the tree of now, not that of the deployment that it returns to.
    git("commit", "-qam", "more");
    await deployed(example, { rollback: true });
    expect(recorded().dirty).toBeUndefined();
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
