/** The thread that draws plots: predictions must not wait while a page does, nor the steps of fullprocess. */
import { parentPort } from "node:worker_threads";
import { renderPng } from "../plots/render.ts";
import { plotSpec, type PlotSpec } from "../plots/theme.ts";
import { htmlText } from "./html.ts";
import { plotFigure } from "./plotFigure.ts";

export interface PlotOrder {
  readonly number: number;
  /** Of the figure; null asks for a PNG. */
  readonly id: string | null;
  readonly spec: PlotSpec;
}

export type PlotAnswer =
  | { readonly number: number; readonly drawn: string | Uint8Array }
  | { readonly number: number; readonly problem: string };

// The plot library takes half a second to load: that is over before anybody has found a run to look at.
void plotFigure("first", plotSpec({ text: "" }, "", { data: { values: [] }, mark: "point" }));

parentPort?.on("message", ({ number, id, spec }: PlotOrder) => {
  const drawing = id === null ? renderPng(spec) : plotFigure(id, spec).then(htmlText);
  drawing.then(
    (drawn) => parentPort!.postMessage({ number, drawn } satisfies PlotAnswer, []),
    (error: unknown) => parentPort!.postMessage({ number, problem: String(error) } satisfies PlotAnswer, []),
  );
});
