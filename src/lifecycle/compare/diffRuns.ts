/** Compares two runs: data, configuration, parameters, features, and metrics on the same rows. */
import { leaves, withoutValueAt } from "../../config/jsonPath.ts";
import { recover } from "../../core/errors.ts";
import { present } from "../../core/text/format.ts";
import type { Json } from "../../core/json.ts";
import type { Run, Dataset } from "../../core/records/lineage.ts";
import { metricsWithInterval } from "../../metrics/bootstrapInterval.ts";
import { findMetric } from "../../metrics/findMetric.ts";
import { compareEvaluations, dropOf, type MetricDifference } from "../../pipeline/judge/compareEvaluations.ts";
import type { Session } from "../session.ts";
import { readTestData, type TestData } from "../testData.ts";
import { conformLeniently } from "../../monitoring/conformLeniently.ts";
import { driftReport } from "../../monitoring/driftReport.ts";
import { driftOptions } from "../settings.ts";
import { readableDataset } from "../datasets.ts";
import { judgePair, runWithModel, type RunWithModel } from "./retrain.ts";

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
  const reading = readTestData(session, [a.model, b.model], options.data);
  const test = await (options.data === undefined ? reading.catch(recover(() => null, "notReady")) : reading);
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

/** Added and removed columns, files (by content), and columns of another type; empty if a dataset is not known any more. */
async function diffData(session: Session, a: RunWithModel, b: RunWithModel) {
  const [first, second] = [session.store.dataset(a.run.datasetId), session.store.dataset(b.run.datasetId)];
  const same = a.run.datasetSha256 === b.run.datasetSha256;
  const [types, otherTypes] = [typesOf(first), typesOf(second)];
  const bothKnown = first !== undefined && second !== undefined;
  return {
    same,
    a: side(a, first),
    b: side(b, second),
    added: bothKnown ? [...otherTypes.keys()].filter((name) => !types.has(name)) : [],
    removed: bothKnown ? [...types.keys()].filter((name) => !otherTypes.has(name)) : [],
    changed: [...types].flatMap(([column, type]) => {
      const other = otherTypes.get(column);
      return other === undefined || other === type ? [] : [{ column, a: type, b: other }];
    }),
    filesAdded: missingFiles(second, first),
    filesRemoved: missingFiles(first, second),
    ...(await movedColumns(session, { a, second, same })),
  };
}

function side({ run }: RunWithModel, dataset: Dataset | undefined) {
  const { datasetId, datasetSha256: sha256, trainingRows, validationRows } = run;
  const [columnCount, files] = [dataset?.columns.length ?? null, dataset?.files.length ?? null];
  return { datasetId, sha256, rows: dataset?.rows ?? null, columnCount, files, trainingRows, validationRows };
}

function typesOf(dataset: Dataset | undefined): Map<string, string> {
  return new Map(dataset?.columns.map(({ name, type }) => [name, type]));
}

function missingFiles(from: Dataset | undefined, other: Dataset | undefined): string[] {
  if (from === undefined || other === undefined) return [];
  const known = new Set(other.files.map(({ sha256 }) => sha256));
  return from.files.filter(({ sha256 }) => !known.has(sha256)).map(({ path }) => path);
}

/**
 * Columns of the second dataset that drifted from the training rows of the first run, by the rules of config.json.
 * @returns null for `moved` if it is unknown; `movedReason` says why
 */
async function movedColumns(
  session: Session,
  { a, second, same }: { a: RunWithModel; second: Dataset | undefined; same: boolean },
) {
  if (same) return { moved: [], movedReason: null };
  const table = await readableDataset(session, second);
  if (table === undefined) return { moved: null, movedReason: "the second dataset is missing or has changed" };
  const { inputs } = conformLeniently(table, a.model.signature);
  const { columns } = driftReport(a.model.reference, inputs, driftOptions(session.config));
  const moved = Object.entries(columns).flatMap(([column, { drifted, test, value, psi }]) =>
    drifted ? [{ column, test, value, psi }] : [],
  );
  return { moved, movedReason: null };
}
