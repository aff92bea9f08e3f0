/** Draws plots in a thread that starts with the first of them, and keeps what was drawn. */
import { createHash } from "node:crypto";
import { Worker } from "node:worker_threads";
import { projectRoot } from "../../core/projectRoot.ts";
import type { PlotSpec } from "../../plots/theme.ts";
import { trusted, type Html } from "../../reporting/html.ts";
import { emptyNote } from "../../reporting/section.ts";
import type { PlotAnswer, PlotOrder } from "./plotThread.ts";

/** @param id starts with a letter, distinct in the page */
export type DrawPlot = (id: string, spec: PlotSpec) => Promise<Html>;

export interface PlotDrawer {
  readonly draw: DrawPlot;
  /** Starts the thread, where it does not run yet. */
  prepare(): void;
  close(): Promise<void>;
}

/** A figure takes about 12 kB. */
const MOST_KEPT = 500;
/** Vega alone takes half a second to load. */
const PATIENCE_MS = 10_000;

/** Only compiled code runs in a thread; tests run the sources, with the build beside them. */
const threadUrl = new URL("dist/server/pages/plotThread.js", projectRoot);

export function plotDrawer(): PlotDrawer {
  const kept = new Map<string, Promise<Html>>();
  const waiting = new Map<
    number,
    { readonly resolve: (figure: string) => void; readonly reject: (error: Error) => void }
  >();
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
      if ("figure" in answer) order?.resolve(answer.figure);
      else order?.reject(new Error(answer.problem));
    });
    started.on("error", (error) => gone(String(error)));
    started.on("exit", (code) => gone(`the thread that draws ended with code ${code}`));
    worker = started;
    return started;
  };
  const drawn = (id: string, spec: PlotSpec): Promise<string> =>
    new Promise((resolve, reject) => {
      const number = ++ordered;
      const late = setTimeout(() => {
        waiting.delete(number);
        reject(new Error("it takes too long"));
      }, PATIENCE_MS);
      waiting.set(number, {
        resolve: (figure) => (clearTimeout(late), resolve(figure)),
        reject: (error) => (clearTimeout(late), reject(error)),
      });
      thread().postMessage({ number, id, spec } satisfies PlotOrder, []);
    });

  return {
    draw(id, spec) {
      const key = createHash("sha256")
        .update(`${id}\n${JSON.stringify(spec)}`)
        .digest("base64url");
      const known = kept.get(key);
      if (known !== undefined) return known;
      const made = drawn(id, spec).then(trusted, (error: Error) => {
        kept.delete(key);
        return emptyNote(`“${spec.title.text}” cannot be drawn: ${error.message}`);
      });
      kept.set(key, made);
      if (kept.size > MOST_KEPT) kept.delete(kept.keys().next().value!);
      return made;
    },
    prepare: () => void thread(),
    async close() {
      await worker?.terminate();
    },
  };
}
