/** Draws plots in a thread that starts with the first of them, or ahead of it. */
import { Worker } from "node:worker_threads";
import { endThreads } from "../core/nativeOpening.ts";
import { projectRoot } from "../core/projectRoot.ts";
import type { PlotSpec } from "../plots/theme.ts";
import { trusted, type Html } from "./html.ts";
import type { PlotAnswer, PlotOrder } from "./plotThread.ts";

export interface PlotWorker {
  /** Starts the thread, where it does not run yet. */
  prepare(): void;
  /** As plotFigure. */
  figure(id: string, spec: PlotSpec): Promise<Html>;
  /** As renderPng. */
  picture(spec: PlotSpec): Promise<Uint8Array>;
  close(): Promise<void>;
}

interface Waiting {
  readonly resolve: (drawn: string | Uint8Array) => void;
  readonly reject: (error: Error) => void;
}

/** Only compiled code runs in a thread; tests run the sources, with the build beside them. */
const threadUrl = new URL("bin/plotThread.js", projectRoot);

export function plotWorker(): PlotWorker {
  const waiting = new Map<number, Waiting>();
  let worker: Worker | undefined;
  let ordered = 0;

  const gone = (reason: string): void => {
    worker = undefined;
    for (const { reject } of waiting.values()) reject(new Error(reason));
    waiting.clear();
  };
  const thread = (): Worker => {
    if (worker !== undefined) return worker;
    const started = new Worker(threadUrl, { stdout: true, stderr: true, execArgv: [] });
    started.unref();
    started.on("message", (answer: PlotAnswer) => {
      const order = waiting.get(answer.number);
      waiting.delete(answer.number);
      if (waiting.size === 0) started.unref();
      if ("drawn" in answer) order?.resolve(answer.drawn);
      else order?.reject(new Error(answer.problem));
    });
    // One that fails tells it twice, and by then another may draw.
    const ended = (reason: string): void => void (worker === started && gone(reason));
    started.on("error", (error) => ended(String(error)));
    started.on("exit", (code) => ended(`the thread that draws ended with code ${code}`));
    worker = started;
    return started;
  };
  const ask = (id: string | null, spec: PlotSpec): Promise<string | Uint8Array> =>
    new Promise((resolve, reject) => {
      const number = ++ordered;
      waiting.set(number, { resolve, reject });
      thread().postMessage({ number, id, spec } satisfies PlotOrder, []);
      // A process does not end while somebody waits for a plot.
      thread().ref();
    });

  return {
    prepare: () => void thread(),
    figure: async (id, spec) => trusted((await ask(id, spec)) as string),
    picture: async (spec) => (await ask(null, spec)) as Uint8Array,
    async close() {
      await endThreads(async () => worker?.terminate());
    },
  };
}
