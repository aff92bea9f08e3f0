/** The model of a run for a page: the one that is served, or one that is read once and kept. */
import type { Model } from "../../core/records/model.ts";
import { MlctlError } from "../../core/errors.ts";
import type { Run } from "../../core/records/run.ts";
import { readRecordedModel } from "../../storage/model/modelFile.ts";
import { fromRecordPath } from "../../storage/files/workspacePaths.ts";
import type { PageRequest } from "./frame/page.ts";

/** Reading takes a millisecond for 100 kB: larger ones would keep predictions waiting. */
const MOST_BYTES = 8_000_000;
const MOST_KEPT = 4;

const kept = new Map<string, Model>();

/** Null where the run kept none, it cannot be read, or is too large to be read while others wait. */
export function recordedModel({ state, session }: PageRequest, run: Pick<Run, "model">): Model | null {
  const { model } = run;
  if (model === null) return null;
  const served = state.serving?.served;
  if (served?.deployment.model.sha256 === model.sha256) return served.model;
  const known = kept.get(model.sha256);
  if (known !== undefined) return known;
  if (model.bytes > MOST_BYTES) return null;
  try {
    const read = readRecordedModel(fromRecordPath(session.paths.workspace, model.path), model.sha256);
    kept.set(model.sha256, read);
    if (kept.size > MOST_KEPT) kept.delete(kept.keys().next().value!);
    return read;
  } catch (error) {
    // A damaged model is for `mlctl verify` to tell: the page shows the rest.
    if (error instanceof MlctlError) return null;
    throw error;
  }
}

export function inputNames(request: PageRequest, run: Run): string[] | null {
  return recordedModel(request, run)?.signature.inputs.map(({ name }) => name) ?? null;
}
