/** Entry point of the worker thread that draws plots, so that predictions and the steps of fullprocess do not wait. */
import { enableCompileCache, flushCompileCache } from "node:module";
import { workerData } from "node:worker_threads";
import { replyToRequests } from "../core/workerThread.ts";
import { renderPng } from "../plots/render.ts";
import { plotSpec, type PlotSpec } from "../plots/theme.ts";
import { htmlText } from "./html.ts";
import { plotFigure } from "./plotFigure.ts";

export interface PlotRequest {
  /** Id of the HTML figure; null to draw a PNG. */
  readonly id: string | null;
  readonly spec: PlotSpec;
}

export interface PlotThreadData {
  /** Where V8 keeps compiled code of the program; a thread does not inherit it. */
  readonly compileCache: string | undefined;
}

const { compileCache } = workerData as PlotThreadData;
if (compileCache !== undefined) enableCompileCache(compileCache);

// Loads the plot library, which takes half a second, before the first request.
void plotFigure("first", plotSpec({ text: "" }, "", { data: { values: [] }, mark: "point" })).then(() =>
  flushCompileCache(),
);

replyToRequests<PlotRequest, string | Uint8Array>(({ id, spec }) =>
  id === null ? renderPng(spec) : plotFigure(id, spec).then(htmlText),
);
