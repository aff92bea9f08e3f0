/** A run by its id, with the version of its model where it kept one. */
import type { Run } from "../../core/run.ts";
import { html, type Html } from "../../reporting/html.ts";
import { pageAddress } from "./pageAddress.ts";

export function runLink(runId: string, modelVersion: Run["modelVersion"] = null): Html {
  const version = modelVersion === null ? null : html` <span class="tag">v${modelVersion}</span>`;
  return html`<a class="nowrap" href="${pageAddress("runs", runId)}"><code>${runId}</code></a
    >${version}`;
}

/** Runs of models from elsewhere have no record here. */
export function modelLink(runId: string | null, modelVersion: Run["modelVersion"] = null): Html | string {
  return runId === null ? "a model file" : runLink(runId, modelVersion);
}
