/** Serves the current deployment and switches to each new one. */
import { servedPredictor, type PredictorTools } from "../predictions/servedPredictor.ts";
import { responseDocument } from "../predictions/responseDocument.ts";
import { type DeployedServedModel, type ServedModel, servedModel } from "../../lifecycle/predict/servedModel.ts";
import { modelSelector, type RowSelector } from "../../lifecycle/predict/inputStream.ts";
import { followDeployment } from "./followDeployment.ts";
import { withoutFolders, type ServerState, type Serving } from "./serverState.ts";
import { MlctlError } from "../../core/errors.ts";
import type { Run } from "../../core/records/lineage.ts";
import { loadModel, recordedModel } from "../../lifecycle/loadModel.ts";
import type { Session } from "../../lifecycle/session.ts";
import { resolveRun } from "../../storage/store/resolveRun.ts";
import { HttpProblem, problemFrom } from "../http/problem.ts";

export interface ServingTools extends Pick<PredictorTools, "predictionId" | "now"> {
  /** Receives a message for each deployment that is served from now on. */
  readonly report: (message: string) => void;
}

/** Serves the current deployment, if any, before it returns; later ones as they appear. @returns ends that */
export function keepServing(state: ServerState, { report, ...tools }: ServingTools): () => void {
  const { workspace, metrics, log } = state;
  const { config, context } = workspace;
  const servingOf = <Served extends ServedModel>(served: Served): Serving<Served> => {
    const counted = (values: readonly (string | number)[]): void =>
      metrics.countPredictions(values, served.labels !== null);
    const predictor = servedPredictor(served, config, { log, counted, selector: selectorOf(state, served), ...tools });
    return { served, predictor, response: responseDocument(config, served) };
  };
  state.pinned = pinnedModels(state, servingOf);
  const take = (served: DeployedServedModel): void => {
    const { runId, deploymentId } = served.deployment;
    const { selector: replaced } = state.serving?.predictor ?? {};
    const before = state.serving?.served.runId;
    state.serving = servingOf(served);
    void replaced?.close();
    state.refusal = null;
    metrics.swaps++;
    report(`deployment ${deploymentId}: serving run ${runId}${before === undefined ? "" : ` instead of ${before}`}`);
  };
  return followDeployment(workspace, take, (reason) => {
    state.refusal = withoutFolders(reason.message, workspace);
    metrics.swapFailures++;
    const kept =
      state.serving === undefined ? "no model is served" : `run ${state.serving.served.runId} is still served`;
    const message = `the new deployment is refused, ${kept}: ${reason.message}`;
    context.emit({ type: "warning", stage: "serve", message, ...(reason.hint && { hint: reason.hint }) });
  });
}

/** What computes the columns of `ingest.select` for the rows of requests; undefined if the model has none. */
function selectorOf({ workspace, store }: ServerState, { model, runId }: ServedModel): RowSelector | undefined {
  const { config, context } = workspace;
  if (Object.keys(config.ingest.select).length === 0) return undefined;
  const run = store.current().run(runId);
  const recorded = run === undefined ? [] : (store.current().dataset(run.datasetId)?.columns ?? []);
  const onNote = (message: string): void => context.emit({ type: "warning", stage: "serve", message });
  return modelSelector(config, model, { recorded, onNote, maxSeconds: config.serve.limits.select_seconds });
}

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
    const run = /^(latest|v\d+|@.+)$/.test(reference) ? resolveRun(store, reference) : store.run(reference);
    if (run !== undefined) return run;
  } catch (error) {
    throw error instanceof MlctlError ? problemFrom("not-found", error) : error;
  }
  const hint =
    "a version such as v3, an alias such as @champion, latest, or the id of a run; `mlctl models list` shows them";
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
