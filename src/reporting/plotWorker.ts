/** Draws plots in a worker thread, which starts with the first plot or by `prepare`. */
import { workerThread } from "../core/workerThread.ts";
import type { PlotSpec } from "../plots/theme.ts";
import { trusted, type Html } from "./html.ts";
import type { PlotRequest } from "./plotThread.ts";

export interface PlotWorker {
  /** Starts the thread if it is not running. */
  prepare(): void;
  /** Like `plotFigure`. */
  figure(id: string, spec: PlotSpec): Promise<Html>;
  /** Like `renderPng`. */
  picture(spec: PlotSpec): Promise<Uint8Array>;
  close(): Promise<void>;
}

export function plotWorker(): PlotWorker {
  const thread = workerThread<PlotRequest, string | Uint8Array>({
    file: "dist/app/plotThread.js",
    exited: "the plot thread ended",
  });
  return {
    prepare: thread.start,
    figure: async (id, spec) => trusted((await thread.request({ id, spec })) as string),
    picture: async (spec) => (await thread.request({ id: null, spec })) as Uint8Array,
    close: thread.end,
  };
}
