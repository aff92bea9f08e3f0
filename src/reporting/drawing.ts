/** Where a report is drawn: here, or in a thread while other work goes on here. */
import { renderPng } from "../plots/render.ts";
import type { PlotSpec } from "../plots/theme.ts";
import { plotFigure, type DrawFigure } from "./plotFigure.ts";
import type { PlotWorker } from "./plotWorker.ts";

export interface Drawing {
  readonly figure: DrawFigure;
  /** @returns a PNG */
  readonly picture: (spec: PlotSpec) => Promise<Uint8Array>;
}

export const drawnHere: Drawing = { figure: plotFigure, picture: (spec) => renderPng(spec) };

/** Where the thread does not start, or ends, it is drawn here after all; a plot that cannot be drawn says so from here. */
export function drawnBeside(worker: PlotWorker): Drawing {
  return {
    figure: (id, spec) => worker.figure(id, spec).catch(() => drawnHere.figure(id, spec)),
    picture: (spec) => worker.picture(spec).catch(() => drawnHere.picture(spec)),
  };
}
