/** reproduce: trains a recorded run again and compares the model byte for byte. */
import { parseModel } from "../../storage/model/modelFile.ts";
import { resolveRun } from "../../storage/store/resolveRun.ts";
import { sha256Text } from "../../storage/files/workspacePaths.ts";
import { loadModel } from "../loadModel.ts";
import { datasetOf, retrain } from "./retrain.ts";
import type { Session } from "../session.ts";

/**
 * Writes nothing.
 * @returns the hashes of the recorded model and of that trained now, and the parts that differ
 * @throws {MlctlError} kind "usage" for a run without a model file, "data" if its dataset is missing or has changed
 */
export async function reproduce(session: Session, reference: string) {
  const start = performance.now();
  const run = resolveRun(session.store, reference);
  const { model: recorded } = await loadModel(session, run.runId);
  const { datasetId, datasetSha256, configSha256, family, seed } = run;
  const notes: string[] = [];
  const onShared = (did: readonly string[]): void => void notes.push(...did);
  const text = await retrain(session, { run, dataset: datasetOf(session, run), seed, onShared });
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
        ? notes
        : [...notes, `trained by mlctl ${run.codeVersion}; this is mlctl ${session.codeVersion}`],
  };
}

function differingParts(...models: readonly object[]): string[] {
  const [recorded, again] = models.map(
    (model) => new Map(Object.entries(model).map(([k, v]) => [k, JSON.stringify(v)])),
  );
  const names = new Set([...recorded!.keys(), ...again!.keys()]);
  return [...names].filter((name) => name !== "sha256" && recorded!.get(name) !== again!.get(name));
}
