/** reproduce: trains a recorded run again and compares the model byte for byte. */
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
  /** What the run was trained from again. */
  readonly from: Pick<Run, "datasetId" | "datasetSha256" | "configSha256" | "family" | "seed">;
  /** Hash of the recorded model. */
  readonly expectedSha256: string;
  /** Hash of the model trained now. */
  readonly sha256: string;
  /** Parts of the model that differ; empty if it is identical. */
  readonly differences: readonly string[];
  readonly seconds: number;
  readonly notes: readonly string[];
}

/**
 * Writes nothing.
 * @throws {MlctlError} kind "usage" for a run without a model file, "data" if its dataset is missing or has changed
 */
export async function reproduce(session: Session, reference: string): Promise<ReproduceResult> {
  const start = performance.now();
  const run = resolveRun(session.store, reference);
  const { model: recorded } = await loadModel(session, run.runId);
  const { datasetId, datasetSha256, configSha256, family, seed } = run;
  const text = await retrain(session, { run, dataset: datasetOf(session, run), seed });
  const [expectedSha256, sha256] = [run.model!.sha256, sha256Text(text)];
  return {
    runId: run.runId,
    from: { datasetId, datasetSha256, configSha256, family, seed },
    identical: sha256 === expectedSha256,
    expectedSha256,
    sha256,
    differences: sha256 === expectedSha256 ? [] : differingParts(recorded, parseModel(text, "the model trained again")),
    seconds: (performance.now() - start) / 1000,
    notes:
      run.codeVersion === session.codeVersion
        ? []
        : [`trained by mlctl ${run.codeVersion}; this is mlctl ${session.codeVersion}`],
  };
}

function differingParts(recorded: object, again: object): string[] {
  const names = new Set([...Object.keys(recorded), ...Object.keys(again)]);
  return [...names].filter((name) => name !== "sha256" && partText(recorded, name) !== partText(again, name));
}

function partText(model: object, name: string): string | undefined {
  return JSON.stringify(Object.entries(model).find(([key]) => key === name)?.[1]);
}
