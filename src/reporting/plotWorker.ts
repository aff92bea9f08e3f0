/** Draws plots in a worker thread, which starts with the first plot or by `prepare`. */
import { Worker } from "node:worker_threads";
import { endThreads } from "../core/nativeOpening.ts";
import { projectRoot } from "../core/projectRoot.ts";
import type { PlotSpec } from "../plots/theme.ts";
import { trusted, type Html } from "./html.ts";
import type { PlotResponse, PlotRequest } from "./plotThread.ts";

export interface PlotWorker {
  /** Starts the thread if it is not running. */
  prepare(): void;
  /** Like `plotFigure`. */
  figure(id: string, spec: PlotSpec): Promise<Html>;
  /** Like `renderPng`. */
  picture(spec: PlotSpec): Promise<Uint8Array>;
  close(): Promise<void>;
}

interface Waiting {
  readonly resolve: (drawn: string | Uint8Array) => void;
  readonly reject: (error: Error) => void;
}

/** Threads run the compiled code; tests run the sources and need a build for the thread. */
const threadUrl = new URL("bin/plotThread.js", projectRoot);

export function plotWorker(): PlotWorker {
  const waiting = new Map<number, Waiting>();
  let worker: Worker | undefined;
  let lastNumber = 0;

  const failAll = (reason: string): void => {
    worker = undefined;
    for (const { reject } of waiting.values()) reject(new Error(reason));
    waiting.clear();
  };
  const thread = (): Worker => {
    if (worker !== undefined) return worker;
    const started = new Worker(threadUrl, { stdout: true, stderr: true, execArgv: [] });
    started.unref();
    started.on("message", (response: PlotResponse) => {
      const request = waiting.get(response.number);
      waiting.delete(response.number);
      if (waiting.size === 0) started.unref();
      if ("drawn" in response) request?.resolve(response.drawn);
      else request?.reject(new Error(response.problem));
    });
    // A failing thread emits both events, and a new thread may have started in between.
    const ended = (reason: string): void => void (worker === started && failAll(reason));
    started.on("error", (error) => ended(String(error)));
    started.on("exit", (code) => ended(`the plot thread ended with code ${code}`));
    worker = started;
    return started;
  };
  const draw = (id: string | null, spec: PlotSpec): Promise<string | Uint8Array> =>
    new Promise((resolve, reject) => {
      const number = ++lastNumber;
      waiting.set(number, { resolve, reject });
      thread().postMessage({ number, id, spec } satisfies PlotRequest, []);
      // Keeps the process alive until the plot is drawn.
      thread().ref();
    });

  return {
    prepare: () => void thread(),
    figure: async (id, spec) => trusted((await draw(id, spec)) as string),
    picture: async (spec) => (await draw(null, spec)) as Uint8Array,
    async close() {
      await endThreads(async () => worker?.terminate());
    },
  };
}
