/** Compares two runs: data, configuration, parameters, features, and metrics on the same rows. */
import { leaves, withoutValueAt } from "../../config/jsonPath.ts";
import { MlctlError } from "../../core/errors.ts";
import { present } from "../../core/text/format.ts";
import type { Json } from "../../core/json.ts";
import type { Run } from "../../core/records/lineage.ts";
import { metricsWithInterval } from "../../metrics/bootstrapInterval.ts";
import { findMetric } from "../../metrics/findMetric.ts";
import { compareEvaluations, dropOf, type MetricDifference } from "../../pipeline/judge/compareEvaluations.ts";
import { diffData } from "./diffData.ts";
import { judgePair, runWithModel, type RunWithModel } from "./retrain.ts";
import type { Session } from "../session.ts";
import { readTestData, type TestData } from "../testData.ts";

/** Tolerance for rounding, so that it does not decide a gate: in doubles, 0.8 − 0.79 is more than 0.01. */
const ROUNDING = 1e-12;

export interface DiffOptions {
  /** A file or folder to use instead of test_data_path. */
  readonly data?: string | undefined;
  /** By metric, how much worse the second run may be. */
  readonly maxDrop: Readonly<Record<string, number>>;
  readonly smallest: Readonly<Record<string, number>>;
}

/** @throws {MlctlError} kind "usage" for a metric that the task does not have, "data" if the runs cannot be compared */
export async function diffRuns(session: Session, references: readonly [string, string], options: DiffOptions) {
  const [a, b] = [await runWithModel(session, references[0]), await runWithModel(session, references[1])];
  const limits = byMetric(options.maxDrop, a.run);
  const smallestEffects = byMetric(options.smallest, a.run);
  const test = await readTestData(session, [a.model, b.model], options.data).catch((error: unknown) => {
    if (options.data === undefined && error instanceof MlctlError && error.kind === "notReady") return null;
    throw error;
  });
  const judged = test === null ? null : judgePair(session, a.model, b.model, test.table);
  const named = [a.run.metric, b.run.metric, ...Object.keys(limits)];
  const differences = judged === null ? [] : compared();
  // $schema is for editors only.
  const settings = [a, b].map(({ run }) => withoutValueAt(run.config, ["$schema"])) as [Json, Json];
  return {
    a: summary(a),
    b: summary(b),
    rows: judged?.b.table.rowCount ?? null,
    differences,
    gates: Object.entries(limits).map(([metric, limit]) => gateOf(differences, metric, limit)),
    params: changes(a.run.params, b.run.params),
    settings: changes(...settings),
    data: await diffData(session, a, b),
    features: featureChanges(a, b),
    notes: notesOf(a, b, test),
  };

  function compared(): MetricDifference[] {
    const { a: first, b: second } = judged!;
    const names = metricsWithInterval(first.metrics, second.table.rowCount, named);
    return compareEvaluations(first.evaluation, second.evaluation, names, {
      seed: session.config.train.seed,
      smallestEffects,
    });
  }
}

export type DiffResult = Awaited<ReturnType<typeof diffRuns>>;

function byMetric(given: Readonly<Record<string, number>>, { task }: Run): Record<string, number> {
  return Object.fromEntries(Object.entries(given).map(([name, value]) => [findMetric(name, task).name, value]));
}

/** @returns `drop`, how much worse the second run is; null if it is undefined */
function gateOf(differences: readonly MetricDifference[], metric: string, limit: number) {
  const found = differences.find((difference) => difference.metric === metric);
  const drop = found === undefined ? NaN : dropOf(found);
  return { metric, limit, drop: Number.isFinite(drop) ? drop : null, passed: drop <= limit + ROUNDING };
}

function changes(a: Json, b: Json): { key: string; a: Json; b: Json }[] {
  const [first, second] = [leavesByKey(a), leavesByKey(b)];
  return [...new Set([...first.keys(), ...second.keys()])]
    .toSorted()
    .map((key) => ({ key, a: first.get(key) ?? null, b: second.get(key) ?? null }))
    .filter((difference) => JSON.stringify(difference.a) !== JSON.stringify(difference.b));
}

function leavesByKey(of: Json): Map<string, Json> {
  return new Map(leaves(of).map(({ path, value }) => [path.join("."), value]));
}

function featureChanges(a: RunWithModel, b: RunWithModel) {
  const [first, second] = [a.model.estimator.featureNames, b.model.estimator.featureNames];
  const [inFirst, inSecond] = [new Set(first), new Set(second)];
  return {
    common: first.filter((name) => inSecond.has(name)).length,
    added: second.filter((name) => !inFirst.has(name)),
    removed: first.filter((name) => !inSecond.has(name)),
  };
}

function summary({ run, model }: RunWithModel) {
  const { runId, modelVersion, family, featureSet, createdAt, seed } = run;
  return { runId, modelVersion, family, featureSet, createdAt, seed, threshold: model.threshold };
}

function notesOf(a: RunWithModel, b: RunWithModel, test: TestData | null): string[] {
  return present([
    a.run.runId === b.run.runId && "both are the same run",
    a.run.codeVersion !== b.run.codeVersion &&
      `trained by different versions of mlctl: ${a.run.codeVersion} and ${b.run.codeVersion}`,
    ...[a, b].map(
      ({ run, retrained }) => retrained && `run ${run.runId} has no model file: it was trained again in memory`,
    ),
    test === null && "there is no test data, so the metrics cannot be compared on the same rows",
  ]);
}
