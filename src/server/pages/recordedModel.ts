/** The model of a run for a page: the served model, or one that is read once and cached. */
import type { Model } from "../../core/records/model.ts";
import { attempt } from "../../core/errors.ts";
import type { Run } from "../../core/records/run.ts";
import { readRecordedModel } from "../../storage/model/modelFile.ts";
import { fromRecordPath } from "../../storage/files/workspacePaths.ts";
import type { PageRequest } from "./frame/page.ts";

/** Maximum size of a model file. Reading 100 kB blocks the server for about a millisecond. */
const MAX_BYTES = 8_000_000;
const MAX_CACHED = 4;

/** By SHA-256. */
const cache = new Map<string, Model>();

/** Null if the run kept no model, or if the model cannot be read or is larger than MAX_BYTES. */
export function recordedModel({ state, session }: PageRequest, run: Run): Model | null {
  const { model } = run;
  if (model === null) return null;
  const served = state.serving?.served;
  if (served?.deployment.model.sha256 === model.sha256) return served.model;
  const cached = cache.get(model.sha256);
  if (cached !== undefined) return cached;
  if (model.bytes > MAX_BYTES) return null;
  const path = fromRecordPath(session.paths.workspace, model.path);
  // `mlctl verify` reports a damaged model; the page shows the rest.
  const read = attempt(
    () => readRecordedModel(path, model.sha256),
    () => null,
  );
  if (read === null) {
    // Another machine trained it: the next call of the page has it.
    void session.records.fetch(run, [model]).catch(() => {});
    return null;
  }
  cache.set(model.sha256, read);
  if (cache.size > MAX_CACHED) cache.delete(cache.keys().next().value!);
  return read;
}

export function inputNames(request: PageRequest, run: Run): string[] | null {
  return recordedModel(request, run)?.signature.inputs.map(({ name }) => name) ?? null;
}
