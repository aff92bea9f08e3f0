/** reproduce: trains a run again from what was recorded of it, and proves the model identical, byte for byte. */
import { configSchema } from "../config/schema.ts";
import { MlctlError } from "../core/errors.ts";
import type { JsonObject } from "../core/json.ts";
import type { Run } from "../core/run.ts";
import type { Candidate } from "../pipeline/fitCandidate.ts";
import { parseModel, serializeModel } from "../storage/modelFile.ts";
import { resolveRun } from "../storage/resolveRun.ts";
import { sha256Text } from "../storage/sha256Text.ts";
import { buildModel } from "./buildModel.ts";
import { loadModel } from "./loadModel.ts";
import type { Session } from "./session.ts";
import { trainOne } from "./trainCandidates.ts";
import { prepareData } from "./trainingData.ts";
import { transformRequests } from "./transformRequests.ts";

export interface ReproduceResult {
  readonly runId: string;
  readonly identical: boolean;
  /** Hash of the recorded model and of the one trained now. */
  readonly expectedSha256: string;
  readonly sha256: string;
  /** Parts of the model that differ; none when it is identical. */
  readonly differences: readonly string[];
  readonly seconds: number;
  readonly notes: readonly string[];
}

/**
 * Nothing is written.
 * @throws {MlctlError} kind "usage" for a run that kept no model, "data" where its dataset is gone or changed
 */
export async function reproduce(session: Session, reference: string): Promise<ReproduceResult> {
  const start = performance.now();
  const run = resolveRun(session.store, reference);
  const { model: recorded } = await loadModel(session, run.runId);
  const dataset = session.store.dataset(run.datasetId);
  if (dataset === undefined) {
    throw new MlctlError(
      "data",
      `the record of dataset ${run.datasetId}, which run ${run.runId} was trained on, is gone`,
      {
        hint: "restore it with its CSV, then run `mlctl reindex`",
      },
    );
  }
  const config = configSchema().parse(run.config);
  const then = { ...session, config, configSha256: run.configSha256, recordedConfig: run.config };
  const data = await prepareData(then, dataset);
  const emit = (share: number): void =>
    session.context.emit({ type: "progress", stage: `train ${run.family}`, done: share, total: 1, unit: "models" });
  const trained = await trainOne(then, { candidate: candidateOf(run, config), data, emit });
  if (trained.error !== undefined) throw trained.error;
  const text = serializeModel(await buildModel(then, dataset, data, trained));
  const [expectedSha256, sha256] = [run.model!.sha256, sha256Text(text)];
  return {
    runId: run.runId,
    identical: sha256 === expectedSha256,
    expectedSha256,
    sha256,
    differences: sha256 === expectedSha256 ? [] : differingParts(recorded, parseModel(text, "the model trained again")),
    seconds: (performance.now() - start) / 1000,
    notes:
      run.codeVersion === session.codeVersion
        ? []
        : [`trained by mlctl ${run.codeVersion}, this is ${session.codeVersion}`],
  };
}

/** The parameters as they were resolved, the engine included. */
function candidateOf(run: Run, config: Session["config"]): Candidate {
  return {
    family: run.family,
    params: run.params as JsonObject,
    featureSet: run.featureSet,
    featurePatterns: config.train.feature_sets[run.featureSet] ?? null,
    features: transformRequests(config),
    threshold: config.train.threshold,
    calibration: config.train.calibration,
    classWeight: config.train.class_weight,
    metric: run.metric,
    seed: run.seed,
  };
}

function differingParts(recorded: object, again: object): string[] {
  const names = new Set([...Object.keys(recorded), ...Object.keys(again)]);
  return [...names].filter((name) => name !== "sha256" && partText(recorded, name) !== partText(again, name));
}

function partText(model: object, name: string): string | undefined {
  return JSON.stringify(Object.entries(model).find(([key]) => key === name)?.[1]);
}
