import { expect, it } from "vitest";
import { exampleConfig, exampleCsv, exampleWorkspace } from "../../testing/exampleWorkspace.ts";
import { summaryOf } from "../../reporting/summary.ts";
import { deploy } from "../deploy/deploy.ts";
import { ingest } from "../ingest/ingest.ts";
import { score } from "../score/score.ts";
import { train } from "../train/train.ts";
import { reportInput } from "./reportInput.ts";

it("compares with the previously deployed model by the metric of the report, with an interval of the same rows only", async () => {
  const models = [{ family: "logistic_regression" }];
  const config = { ...exampleConfig, train: { models, metric: "log_loss" } };
  const files = { "practicedata/a.csv": exampleCsv(1, 80), "testdata/t.csv": exampleCsv(9, 60) };
  const example = await exampleWorkspace(config, files);
  const trained = (force = false) =>
    example.change(async (session) => {
      await ingest(session);
      await train(session);
      const tested = await score(session);
      await deploy(session, { force });
      return tested;
    });
  const reported = () => example.look((session) => reportInput(session, "latest"));
  const first = await trained();
  await example.configure({ ...config, train: { models, metric: "f1", seed: 7 } });
  await trained(true);
  const { decision } = await reported();
  expect(decision!.champion).toEqual({
    runId: first.runId,
    value: first.metrics["f1"],
    interval: first.intervals["f1"],
  });

  const costs = { false_negative: 200, false_positive: 10 };
  await example.configure({ ...config, costs, train: { models, metric: "cost", threshold: "tune" } });
  const second = await trained(true);
  const byCost = await reported();
  expect(byCost.decision!.champion!.value).toBeGreaterThan(1); // not the F1 score that it was scored with
  expect(byCost.decision!.champion!.interval).toBeNull();
  expect(summaryOf(byCost).details.at(-1)).toMatch(/reaches [\d,]+ on the same rows\.$/);

  example.write({ "testdata/t.csv": exampleCsv(11, 60), "practicedata/b.csv": exampleCsv(2, 40) });
  await trained(true);
  const other = (await reported()).decision!.champion!;
  expect(other.runId).toBe(second.runId);
  expect([other.value, other.interval]).toEqual([expect.any(Number), null]);
  expect(other.value).not.toBe(second.metrics["cost"]);

  // The score of the model is of other rows than those that the other model could be scored on now.
  example.write({ "testdata/t.csv": exampleCsv(12, 60) });
  const stale = await reported();
  expect(stale.decision!.champion).toMatchObject({ value: null, interval: null });
  expect(summaryOf(stale).details.at(-1)).toContain("was not scored on these rows");
});
