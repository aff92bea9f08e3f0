/** Entry point of the worker thread that draws plots, so that predictions and the steps of fullprocess do not wait. */
import { parentPort } from "node:worker_threads";
import { renderPng } from "../plots/render.ts";
import { plotSpec, type PlotSpec } from "../plots/theme.ts";
import { htmlText } from "./html.ts";
import { plotFigure } from "./plotFigure.ts";

export interface PlotRequest {
  readonly number: number;
  /** Id of the HTML figure; null to draw a PNG. */
  readonly id: string | null;
  readonly spec: PlotSpec;
}

export type PlotResponse =
  | { readonly number: number; readonly drawn: string | Uint8Array }
  | { readonly number: number; readonly problem: string };

// Loads the plot library, which takes half a second, before the first request.
void plotFigure("first", plotSpec({ text: "" }, "", { data: { values: [] }, mark: "point" }));

parentPort?.on("message", ({ number, id, spec }: PlotRequest) => {
  const drawing = id === null ? renderPng(spec) : plotFigure(id, spec).then(htmlText);
  drawing.then(
    (drawn) => parentPort!.postMessage({ number, drawn } satisfies PlotResponse, []),
    (error: unknown) => parentPort!.postMessage({ number, problem: String(error) } satisfies PlotResponse, []),
  );
});
