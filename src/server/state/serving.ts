/** Puts a deployment to work: what is compiled for it, and when it takes over. */
import { servedPredictor, type PredictorTools } from "../predictions/servedPredictor.ts";
import { responseText } from "../predictions/responseText.ts";
import { followDeployment, type Follower } from "./followDeployment.ts";
import type { ServerState } from "./serverState.ts";

export interface ServingTools extends Pick<PredictorTools, "predictionId" | "now"> {
  /** Who answers from now on. */
  readonly tell: (message: string) => void;
}

/** The deployment of now is served when this returns, where there is one; later ones are taken up as they come. */
export function keepServing(state: ServerState, { tell, ...tools }: ServingTools): Follower {
  const { workspace, metrics, log } = state;
  const { config, context } = workspace;
  return followDeployment({
    workspace,
    take(served) {
      const { runId, deploymentId } = served.deployment;
      const isClass = served.labels !== null;
      const counted = (values: readonly (string | number)[]): void => metrics.predicted(values, isClass);
      const before = state.serving?.served.deployment.runId;
      state.serving = {
        served,
        predictor: servedPredictor(served, config, { log, counted, ...tools }),
        responseText: responseText(config, runId),
      };
      state.refusal = null;
      metrics.swaps++;
      const message = `deployment ${deploymentId}: run ${runId} answers${before === undefined ? "" : ` instead of ${before}`}`;
      tell(message);
    },
    refuse(reason) {
      state.refusal = reason.message;
      metrics.swapFailures++;
      const stays =
        state.serving === undefined ? "nothing is served" : `${state.serving.served.deployment.runId} stays`;
      const message = `the new deployment is refused, ${stays}: ${reason.message}`;
      context.emit({ type: "warning", stage: "serve", message, ...(reason.hint && { hint: reason.hint }) });
    },
  });
}
