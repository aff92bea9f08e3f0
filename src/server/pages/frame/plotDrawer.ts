/** Draws plots of pages in a thread, and keeps what was drawn. */
import { createHash } from "node:crypto";
import type { PlotSpec } from "../../../plots/theme.ts";
import type { Html } from "../../../reporting/html.ts";
import type { DrawFigure } from "../../../reporting/plotFigure.ts";
import { plotWorker } from "../../../reporting/plotWorker.ts";
import { emptyNote } from "../../../reporting/section.ts";

export interface PlotDrawer {
  readonly draw: DrawFigure;
  /** Starts the thread, where it does not run yet. */
  prepare(): void;
  close(): Promise<void>;
}

/** A figure takes about 12 kB. */
const MOST_KEPT = 500;
/** Vega alone takes half a second to load. */
const PATIENCE_MS = 10_000;

export function plotDrawer(): PlotDrawer {
  const kept = new Map<string, Promise<Html>>();
  const worker = plotWorker();
  const drawn = (id: string, spec: PlotSpec): Promise<Html> =>
    new Promise((resolve, reject) => {
      const late = setTimeout(() => reject(new Error("it takes too long")), PATIENCE_MS);
      void worker
        .figure(id, spec)
        .then(resolve, reject)
        .finally(() => clearTimeout(late));
    });

  return {
    draw(id, spec) {
      const key = createHash("sha256")
        .update(`${id}\n${JSON.stringify(spec)}`)
        .digest("base64url");
      const known = kept.get(key);
      if (known !== undefined) return known;
      const made = drawn(id, spec).catch((error: Error) => {
        kept.delete(key);
        return emptyNote(`“${spec.title.text}” cannot be drawn: ${error.message}`);
      });
      kept.set(key, made);
      if (kept.size > MOST_KEPT) kept.delete(kept.keys().next().value!);
      return made;
    },
    prepare: worker.prepare,
    close: worker.close,
  };
}
