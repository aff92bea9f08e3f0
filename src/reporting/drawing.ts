/** Draws the plots of a report in this thread, or in a worker thread while other work goes on. */
import { renderPng } from "../plots/render.ts";
import type { PlotSpec } from "../plots/theme.ts";
import { plotFigure, type DrawFigure } from "./plotFigure.ts";
import type { PlotWorker } from "./plotWorker.ts";

export interface Drawing {
  readonly figure: DrawFigure;
  /** @returns a PNG */
  readonly picture: (spec: PlotSpec) => Promise<Uint8Array>;
}

export const drawInProcess: Drawing = { figure: plotFigure, picture: (spec) => renderPng(spec) };

/** Falls back to this thread if the worker fails, so that errors of a plot are thrown here. */
export function drawInThread(worker: PlotWorker): Drawing {
  return {
    figure: (id, spec) => worker.figure(id, spec).catch(() => drawInProcess.figure(id, spec)),
    picture: (spec) => worker.picture(spec).catch(() => drawInProcess.picture(spec)),
  };
}
