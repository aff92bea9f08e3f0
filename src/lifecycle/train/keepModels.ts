/** Writes the model files that a training keeps, and sets their aliases. */
import { isBaseline } from "../../estimators/findEstimator.ts";
import { join } from "node:path";
import type { Artifact } from "../../core/records/artifact.ts";
import type { Dataset } from "../../core/records/dataset.ts";
import type { Run } from "../../core/records/run.ts";
import { artifactOf } from "../../storage/files/artifactOf.ts";
import { atomicWrite } from "../../storage/files/atomicWrite.ts";
import { serializeModel } from "../../storage/model/modelFile.ts";
import { saveRecord } from "../../storage/store/saveRecord.ts";
import { buildModel } from "./buildModel.ts";
import type { Session } from "../session.ts";
import { finalModel } from "./trainCandidates.ts";
import type { TrainedCandidate } from "./trainOne.ts";
import type { PreparedData } from "./trainingData.ts";

export interface KeptModel {
  readonly model: Artifact;
  readonly modelVersion: number;
}

/** The trained candidates, best first. */
export interface Training {
  readonly dataset: Dataset;
  readonly data: PreparedData;
  readonly ranked: readonly TrainedCandidate[];
  /** Warnings of `inspectData`. */
  readonly suspicions: readonly string[];
  /** Of the configuration as it was given, without what mlctl chose. */
  readonly configSha256: string;
  /** Of all runs. */
  readonly tags?: Run["tags"] | undefined;
}

/** Writes the winner and the next models that `promotion.top` names. The winner gets the highest version. */
export async function keepModels(session: Session, training: Training, stamp: string): Promise<KeptModel[]> {
  const { dataset, data, ranked } = training;
  const { top } = session.config.promotion;
  const kept = ranked.filter((trained, index) => index === 0 || (index < top.length && isWorthKeeping(trained)));
  const newest = session.store.nextModelVersion() + kept.length - 1;
  const models: KeptModel[] = [];
  for (const [index, trained] of kept.entries()) {
    const place = index === 0 ? "" : `_${index + 1}`;
    const path = join(session.paths.models, `trainedmodel_${stamp}${place}.json`);
    const final = await finalModel(session, data, trained);
    atomicWrite(path, serializeModel(await buildModel(session, dataset, data, final)));
    models.push({ model: await artifactOf(session.paths.workspace, path), modelVersion: newest - index });
  }
  return models;
}

/** The baseline, models with constant predictions and failed candidates are not kept (they rank last). */
function isWorthKeeping({ fitted, family, degenerate }: TrainedCandidate): boolean {
  return fitted !== undefined && !isBaseline(family) && degenerate === undefined;
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
