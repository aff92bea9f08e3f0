/** Builds and writes the model files that a training keeps, and sets their aliases. */
import { join } from "node:path";
import { isBaseline } from "../../estimators/findEstimator.ts";
import type { Dataset, Run } from "../../core/records/lineage.ts";
import { MODEL_VERSION, type Model } from "../../core/records/model.ts";
import type { Signature } from "../../core/table/table.ts";
import { lookBacks } from "../../features/compileTransforms.ts";
import { requiredColumns } from "../../features/fitTransforms.ts";
import { fitBaseline } from "../../pipeline/fit/fitCandidate.ts";
import { predictionColumn } from "../../pipeline/rows/encodeLabels.ts";
import { signatureOf } from "../../pipeline/rows/signatureOf.ts";
import { referenceOf } from "../../stats/referenceOf.ts";
import { nullStrings } from "../settings.ts";
import type { Workspace } from "../workspace.ts";
import { artifactOf } from "../../storage/files/workspacePaths.ts";
import { atomicWrite } from "../../storage/files/atomicWrite.ts";
import { serializeModel } from "../../storage/model/modelFile.ts";
import { saveRecord } from "../../storage/store/saveRecord.ts";
import type { Session } from "../session.ts";
import { finalModel } from "./trainCandidates.ts";
import type { TrainedCandidate } from "./trainOne.ts";
import type { PreparedData } from "./trainingData.ts";

/** The trained candidates, best first. */
export interface Training {
  readonly dataset: Dataset;
  readonly data: PreparedData;
  readonly ranked: readonly TrainedCandidate[];
  readonly suspicions: readonly string[];
  /** Of the configuration as it was given, without what mlctl chose. */
  readonly configSha256: string;
  readonly tags?: Run["tags"] | undefined;
}

/** Writes the winner and the next models that `promotion.top` names. The winner gets the highest version. */
export async function keepModels(session: Session, training: Training, stamp: string) {
  const { dataset, data, ranked } = training;
  const { top } = session.config.promotion;
  // The baseline, models with constant predictions and failed candidates are not kept (they rank last).
  const kept = ranked.filter(({ fitted, family, degenerate }, index) => {
    const isWorthKeeping = fitted !== undefined && !isBaseline(family) && degenerate === undefined;
    return index === 0 || (index < top.length && isWorthKeeping);
  });
  const newest = session.store.nextModelVersion() + kept.length - 1;
  const models: Pick<Run, "model" | "modelVersion">[] = [];
  for (const [index, trained] of kept.entries()) {
    const place = index === 0 ? "" : `_${index + 1}`;
    const path = join(session.paths.models, `trainedmodel_${stamp}${place}.json`);
    const final = await finalModel(session, data, trained);
    atomicWrite(path, serializeModel(await buildModel(session, dataset, data, final)));
    models.push({ model: await artifactOf(session.paths.workspace, path), modelVersion: newest - index });
  }
  return models;
}

/**
 * Assigns the aliases of `promotion.top` by rank and those of `promotion.always_alias` to the winner.
 * @returns run id by alias
 */
export async function nameModels(session: Session, runs: readonly Run[]): Promise<Record<string, string>> {
  const { store, config } = session;
  const { top, always_alias: always } = config.promotion;
  const kept = runs.filter(({ model }) => model !== null);
  const given = Object.fromEntries([
    ...top.flatMap((name, index) => (kept[index] === undefined ? [] : [[name, kept[index].runId] as const])),
    ...always.map((name) => [name, runs[0]!.runId] as const),
  ]);
  if (Object.keys(given).length === 0) return given;
  const manual = store.aliases().filter(({ source, name }) => source === "manual" && !top.includes(name));
  const others = Object.fromEntries(manual.map(({ name, runId }) => [name, runId]));
  await saveRecord(session, { kind: "aliases", aliases: { ...others, ...given } });
  return given;
}

export function readingOf(config: Workspace["config"], { columns }: Dataset): Signature["reading"] {
  const { ingest } = config;
  // How numbers and dates are written in the input files, also of columns that are no inputs, such as the target.
  const formats = columns.flatMap(({ name, format }) => (format === undefined ? [] : [[name, format] as const]));
  return {
    nullValues: nullStrings(config),
    normalizeNames: ingest.normalize_names,
    trim: ingest.trim,
    formats: Object.fromEntries(formats),
  };
}

/** Contains no time, run id or path: the same data, configuration and seed give the same model, byte for byte. */
export async function buildModel(
  { config, configSha256, codeVersion }: Workspace,
  dataset: Dataset,
  data: PreparedData,
  { candidate, fitted: chosen, final, metrics }: TrainedCandidate,
): Promise<Omit<Model, "sha256">> {
  const fitted = final ?? chosen;
  if (fitted === undefined) throw new TypeError("a failed candidate has no model");
  const part = final === undefined ? data.parts().training : data;
  const rows = final === undefined ? data.split.training : Int32Array.from(data.y.keys());
  // Only the columns that the transforms read: prediction requests need no others.
  const needed = requiredColumns(fitted.transforms);
  const training = { ...part.inputs, columns: part.inputs.columns.filter(({ name }) => needed.has(name)) };
  return {
    format: "mlctl-model",
    version: MODEL_VERSION,
    codeVersion,
    signature: openInTime(
      signatureOf(training, data.target, readingOf(config, dataset)),
      config.time_column,
      lookBacks(fitted.transforms).length > 0,
    ),
    transforms: fitted.transforms,
    estimator: fitted.estimator,
    baseline: await fitBaseline(data, rows),
    threshold: fitted.threshold,
    ...(fitted.calibration === undefined ? {} : { calibration: fitted.calibration }),
    metrics,
    importance: fitted.importance,
    lineage: {
      datasetSha256: dataset.artifact.sha256,
      configSha256: configSha256(),
      seed: candidate.seed,
      featureSet: candidate.featureSet,
      trainingRows: rows.length,
      validationRows: data.split.validation.length,
    },
    reference: referenceOf(training, {
      seed: candidate.seed,
      prediction: predictionColumn(data.target, fitted.evaluation.yPred),
      target: predictionColumn(data.target, part.y),
    }),
  };
}

/**
 * Removes the range of the time column if its later values are expected: numbers, such as rounds, and dates of a model that
 * looks back, whose history says which it reaches. Other dates may be ten years later anyway.
 */
function openInTime(signature: Signature, timeColumn: string | null, looksBack: boolean): Signature {
  const inputs = signature.inputs.map((spec) => {
    const { minimum: _minimum, maximum: _maximum, ...open } = spec;
    return spec.name === timeColumn && (spec.kind !== "date" || looksBack) ? open : spec;
  });
  return { ...signature, inputs };
}
