/** The thread that draws plots: predictions must not wait while a page does. */
import { parentPort } from "node:worker_threads";
import { plotSpec, type PlotSpec } from "../../plots/theme.ts";
import { htmlText } from "../../reporting/html.ts";
import { plotFigure } from "../../reporting/plotFigure.ts";

export interface PlotOrder {
  readonly number: number;
  readonly id: string;
  readonly spec: PlotSpec;
}

export type PlotAnswer =
  { readonly number: number; readonly figure: string } | { readonly number: number; readonly problem: string };

// The plot library takes half a second to load: that is over before anybody has found a run to look at.
void plotFigure("first", plotSpec({ text: "" }, "", { data: { values: [] }, mark: "point" }));

parentPort?.on("message", ({ number, id, spec }: PlotOrder) => {
  plotFigure(id, spec).then(
    (figure) => parentPort!.postMessage({ number, figure: htmlText(figure) } satisfies PlotAnswer, []),
    (error: unknown) => parentPort!.postMessage({ number, problem: String(error) } satisfies PlotAnswer, []),
  );
});
