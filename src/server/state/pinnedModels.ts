/** Models by version, for callers that must not change model with a deployment: loaded on demand, a bounded number of them. */
import { MlctlError } from "../../core/errors.ts";
import type { Run } from "../../core/records/run.ts";
import { loadModel, recordedModel } from "../../lifecycle/loadModel.ts";
import { servedModel, type ServedModel } from "../../lifecycle/predict/servedModel.ts";
import type { Session } from "../../lifecycle/session.ts";
import { resolveRun } from "../../storage/store/resolveRun.ts";
import { HttpProblem, problemFrom } from "../http/problem.ts";
import type { ServerState, Serving } from "./serverState.ts";

/** Each takes the memory of a model; the one that was used least recently makes room. */
const MAX_MODELS = 4;

export function pinnedModels(
  state: ServerState,
  servingOf: (served: ServedModel) => Serving,
): (reference: string) => Promise<Serving> {
  /** By run, the least recently used first. */
  const loaded = new Map<string, Promise<Serving>>();
  return async (reference) => {
    const { workspace } = state;
    const session: Session = { ...workspace, store: state.store.current() };
    const run = runOf(session, reference);
    const { runId } = run;
    if (state.serving?.served.runId === runId) return state.serving;
    const found = loaded.get(runId) ?? loadRun(session, run).then((model) => servingOf(servedModel(workspace, model)));
    loaded.delete(runId);
    loaded.set(runId, found);
    if (loaded.size > MAX_MODELS) {
      const [oldest, dropped] = loaded.entries().next().value!;
      loaded.delete(oldest);
      void dropped.then(({ predictor }) => predictor.selector?.close()).catch(() => {});
    }
    try {
      return await found;
    } catch (error) {
      loaded.delete(runId);
      if (error instanceof MlctlError) throw problemFrom(error.kind === "usage" ? "not-found" : "not-ready", error);
      throw error;
    }
  };
}

/** @throws {HttpProblem} 404 */
function runOf({ store }: Session, reference: string): Run {
  try {
    const run = /^v\d+$/.test(reference) ? resolveRun(store, reference) : store.run(reference);
    if (run !== undefined) return run;
  } catch (error) {
    throw error instanceof MlctlError ? problemFrom("not-found", error) : error;
  }
  const hint = "a version such as v3, or the id of a run; `mlctl models list` shows them";
  throw new HttpProblem("not-found", `there is no model ${reference.slice(0, 80)}`, { hint });
}

/** From the models folder or the bucket, else from the release of a deployment. */
async function loadRun(session: Session, run: Run): Promise<Pick<ServedModel, "model" | "runId" | "sha256">> {
  const { runId } = run;
  try {
    const { model, sha256 } = await loadModel(session, runId);
    return { model, runId, sha256 };
  } catch (error) {
    const released = session.store.deployments().find((each) => each.runId === runId && each.prunedAt === undefined);
    if (released === undefined || !(error instanceof MlctlError) || error.kind !== "data") throw error;
    const { model: artifact } = released;
    return { model: await recordedModel(session, released, artifact), runId, sha256: artifact.sha256 };
  }
}
