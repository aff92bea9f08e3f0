/** Serves the current deployment and switches to each new one. */
import { servedPredictor, type PredictorTools } from "../predictions/servedPredictor.ts";
import { responseText } from "../predictions/responseText.ts";
import type { ServedModel } from "../../lifecycle/predict/servedModel.ts";
import { modelSelector, type RowSelector } from "../../lifecycle/predict/modelSelector.ts";
import { followDeployment, type Follower } from "./followDeployment.ts";
import { pinnedModels } from "./pinnedModels.ts";
import { withoutFolders, type ServerState, type Serving } from "./serverState.ts";

export interface ServingTools extends Pick<PredictorTools, "predictionId" | "now"> {
  /** Receives a message for each deployment that is served from now on. */
  readonly report: (message: string) => void;
}

/** Serves the current deployment, if any, before it returns; later ones as they appear. */
export function keepServing(state: ServerState, { report, ...tools }: ServingTools): Follower {
  const { workspace, metrics, log } = state;
  const { config, context } = workspace;
  const servingOf = <Served extends ServedModel>(served: Served): Serving<Served> => {
    const counted = (values: readonly (string | number)[]): void =>
      metrics.countPredictions(values, served.labels !== null);
    const predictor = servedPredictor(served, config, { log, counted, selector: selectorOf(state, served), ...tools });
    return { served, predictor, responseText: responseText(config, served.runId) };
  };
  state.pinned = pinnedModels(state, servingOf);
  return followDeployment({
    workspace,
    take(served) {
      const { runId, deploymentId } = served.deployment;
      const { selector: replaced } = state.serving?.predictor ?? {};
      const before = state.serving?.served.runId;
      state.serving = servingOf(served);
      void replaced?.close();
      state.refusal = null;
      metrics.swaps++;
      report(`deployment ${deploymentId}: serving run ${runId}${before === undefined ? "" : ` instead of ${before}`}`);
    },
    refuse(reason) {
      state.refusal = withoutFolders(reason.message, workspace);
      metrics.swapFailures++;
      const kept =
        state.serving === undefined ? "no model is served" : `run ${state.serving.served.runId} is still served`;
      const message = `the new deployment is refused, ${kept}: ${reason.message}`;
      context.emit({ type: "warning", stage: "serve", message, ...(reason.hint && { hint: reason.hint }) });
    },
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
