/**
 * Entry point of the threads of searches and workers: fits points on folds, or candidates on rows. Features are computed
 * once per fold, not per point.
 */
import { workerData } from "node:worker_threads";
import { MlctlError } from "../../core/errors.ts";
import type { JsonObject } from "../../core/json.ts";
import { type Matrix, selectRows } from "../../core/table/table.ts";
import { findEstimator } from "../../estimators/findEstimator.ts";
import { featureMatrix } from "../../features/compileTransforms.ts";
import { candidateFeatures, fitFeatures, type CandidateFeatures } from "../fit/candidateFeatures.ts";
import { fitPart, type FitTask } from "../fit/fitCandidate.ts";
import { partOf } from "../fit/splitRows.ts";
import { requireHistory } from "../predict/predictor.ts";
import type { FitResult, TrialResult, TrialTask, TrialWork } from "./trialPool.ts";

/** Maximum size of the cached matrices; the least recently used folds are dropped first. */
const KEPT_BYTES = 256 * 1024 * 1024;

/** `judged`: features of the fold's validation rows. */
type FoldFeatures = CandidateFeatures & { readonly judged: Matrix };

const { data, subjects } = workerData as TrialWork;
const kept = new Map<string, FoldFeatures>();

export default async function run(task: TrialTask | FitTask): Promise<TrialResult | FitResult> {
  const start = performance.now();
  const seconds = (): number => (performance.now() - start) / 1000;
  try {
    if ("subject" in task && task.fold === null) return { ...(await lengthOf(task)), seconds: seconds() };
    if ("subject" in task) return { predictions: await predictionsOf(task), seconds: seconds() };
    const { candidate, rows, watched } = task;
    const fitted = await fitPart(candidate, partOf(data, rows), {}, watched && partOf(data, watched));
    return { fitted, seconds: seconds() };
  } catch (error) {
    if (!(error instanceof MlctlError)) throw error;
    // Error classes are lost between threads.
    return { error: { kind: error.kind, message: error.message, hint: error.hint } };
  }
}

/** The parameters with the length at which the fit stopped early. */
async function lengthOf({ subject, params }: TrialTask): Promise<{ predictions: []; params: JsonObject }> {
  const { candidate } = subjects[subject]!;
  const { judged: _, ...features } = await featuresOf(subject, null);
  return { predictions: [], params: (await fitFeatures(candidate.family, features, { params })).params };
}

async function predictionsOf({ subject, fold, params, stages }: TrialTask): Promise<Float64Array[]> {
  const { family } = subjects[subject]!.candidate;
  const { judged, ...features } = await featuresOf(subject, fold);
  const estimator = findEstimator(family);
  const fitted = await fitFeatures(family, features, { params });
  const models = stages === null ? [fitted] : stages.map((length) => estimator.stages!.first(fitted, length));
  return models.map((model) => estimator.load(model).predict(judged));
}

async function featuresOf(subject: number, fold: number | null): Promise<FoldFeatures> {
  const key = `${subject} ${fold}`;
  const features = kept.get(key) ?? (await makeFeatures(subject, fold));
  kept.delete(key);
  kept.set(key, features);
  let bytes = 0;
  for (const [name, each] of [...kept].toReversed()) {
    bytes += each.X.values.byteLength + each.judged.values.byteLength;
    if (bytes > KEPT_BYTES && name !== key) kept.delete(name);
  }
  return features;
}

async function makeFeatures(subject: number, fold: number | null): Promise<FoldFeatures> {
  const { candidate, folds, stopOn } = subjects[subject]!;
  const { training, validation } = fold === null ? { training: stopOn!, validation: new Int32Array(0) } : folds[fold]!;
  const part = partOf(data, training);
  const features = await candidateFeatures(candidate, part);
  const rows = selectRows(data.inputs, validation);
  requireHistory(features.transforms)(rows);
  return { ...features, judged: featureMatrix(rows, features.transforms) };
}
