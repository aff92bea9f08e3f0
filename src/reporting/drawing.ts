/** Draws the plots of a report in this thread, or in a worker thread while other work goes on. */
import { getCompileCacheDir } from "node:module";
import { dirname } from "node:path";
import { renderPng } from "../plots/render.ts";
import type { PlotSpec } from "../plots/theme.ts";
import { plotFigure, type DrawFigure } from "./plotFigure.ts";
import { workerThread } from "../core/workerThread.ts";
import { trusted } from "./html.ts";
import type { PlotRequest, PlotThreadData } from "./plotThread.ts";

export interface Drawing {
  readonly figure: DrawFigure;
  readonly picture: (spec: PlotSpec) => Promise<Uint8Array>;
}

export const drawInProcess: Drawing = { figure: plotFigure, picture: renderPng };

/** Falls back to this thread if the worker fails, so that errors of a plot are thrown here. */
export function drawInThread(worker: PlotWorker): Drawing {
  return {
    figure: (id, spec) => worker.figure(id, spec).catch(() => drawInProcess.figure(id, spec)),
    picture: (spec) => worker.picture(spec).catch(() => drawInProcess.picture(spec)),
  };
}

export type PlotWorker = ReturnType<typeof plotWorker>;

/** Draws in a worker thread, which starts with the first plot or by `prepare`. */
export function plotWorker() {
  const cache = getCompileCacheDir();
  // Node adds a folder for its version.
  const workerData: PlotThreadData = { compileCache: cache === undefined ? undefined : dirname(cache) };
  const options = { file: "dist/app/plotThread.js", exited: "the plot thread ended", workerData };
  const thread = workerThread<PlotRequest, string | Uint8Array>(options);
  return {
    prepare: thread.start,
    figure: async (id: string, spec: PlotSpec) => trusted((await thread.request({ id, spec })) as string),
    picture: async (spec: PlotSpec) => (await thread.request({ id: null, spec })) as Uint8Array,
    close: thread.end,
  };
}
