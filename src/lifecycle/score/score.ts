/** score: computes every metric of a model and of the baseline on the test set, with bootstrap intervals. */
import { formatNumber } from "../../core/text/format.ts";
import { findMetric } from "../../metrics/findMetric.ts";
import { costUnit, costsOf } from "../settings.ts";
import { judge } from "../judge.ts";
import { loadModel } from "../loadModel.ts";
import type { Session } from "../session.ts";
import { readTestData } from "../testData.ts";
import { recordScore, scoreOf } from "./recordScore.ts";

export interface ScoreOptions {
  readonly model?: string;
  /** A file or folder to use instead of test_data_path; the result is then not recorded. */
  readonly data?: string;
}

export type ScoreResult = Readonly<Awaited<ReturnType<typeof score>>>;

/** @throws {MlctlError} kind "notReady" if there is no model or no test data, "data" if they do not match */
export async function score(session: Session, options: ScoreOptions = {}) {
  const loaded = await loadModel(session, options.model ?? "latest");
  const { model, run } = loaded;
  const test = await readTestData(session, [model], options.data);
  const message = `scoring ${run?.runId ?? "the model"} on ${test.table.rowCount} rows`;
  session.context.emit({ type: "stage", stage: "score", message });
  const { target } = model.signature;
  const judged = judge(model, test.table, costsOf(session.config));
  const { warnings, copiedRows, copiedValidationRows, ...values } = await scoreOf(session, loaded, { judged, test });
  const leakage = { copiedRows, copiedValidationRows };
  const recorded =
    run === null || options.data !== undefined
      ? null
      : await recordScore(session, run, { ...values, ...leakage, warnings }, judged);
  return {
    runId: run?.runId ?? null,
    modelVersion: run?.modelVersion ?? null,
    ...values,
    task: target.task,
    classes: target.classes ?? null,
    /** Unit of the metric "cost", e.g. "EUR per 1,000 rows"; null if no costs are configured. */
    costUnit: "cost" in values.metrics ? costUnit(session.config) : null,
    leakage,
    warnings,
    /** Of the latestscore file; null if the result was not recorded. */
    path: recorded?.score.artifact.path ?? null,
    isDeployed: run !== null && session.store.deployments()[0]?.runId === run.runId,
  };
}

/** Why the value does not reach `limit`; undefined if it does. A null value never does. */
export function belowLimit({ metric, value, task }: ScoreResult, limit = NaN): string | undefined {
  const { greaterIsBetter } = findMetric(metric, task);
  const isFar = value === null || (greaterIsBetter ? value < limit : value > limit);
  if (Number.isNaN(limit) || !isFar) return undefined;
  return `${metric} is ${formatNumber(value)}; required: ${greaterIsBetter ? "at least" : "at most"} ${limit}`;
}
