/** reproduce: trains a run again from what was recorded of it, and proves the model identical, byte for byte. */
import type { Run } from "../../core/records/run.ts";
import { parseModel } from "../../storage/model/modelFile.ts";
import { resolveRun } from "../../storage/store/resolveRun.ts";
import { sha256Text } from "../../storage/files/sha256.ts";
import { loadModel } from "../loadModel.ts";
import { datasetOf, retrain } from "./retrain.ts";
import type { Session } from "../session.ts";

export interface ReproduceResult {
  readonly runId: string;
  readonly identical: boolean;
  /** What it was trained from again: dataset and configuration by hash, and the seed. */
  readonly from: Pick<Run, "datasetId" | "datasetSha256" | "configSha256" | "family" | "seed">;
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
  const text = await retrain(session, { run, dataset: datasetOf(session, run), seed: run.seed });
  const [expectedSha256, sha256] = [run.model!.sha256, sha256Text(text)];
  return {
    runId: run.runId,
    from: fromOf(run),
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

function fromOf({ datasetId, datasetSha256, configSha256, family, seed }: Run): ReproduceResult["from"] {
  return { datasetId, datasetSha256, configSha256, family, seed };
}

function differingParts(recorded: object, again: object): string[] {
  const names = new Set([...Object.keys(recorded), ...Object.keys(again)]);
  return [...names].filter((name) => name !== "sha256" && partText(recorded, name) !== partText(again, name));
}

function partText(model: object, name: string): string | undefined {
  return JSON.stringify(Object.entries(model).find(([key]) => key === name)?.[1]);
}
