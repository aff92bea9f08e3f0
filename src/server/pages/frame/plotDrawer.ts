/** Draws plots of pages in a thread and caches them. */
import { createHash } from "node:crypto";
import type { PlotSpec } from "../../../plots/theme.ts";
import type { Html } from "../../../reporting/html.ts";
import type { DrawFigure } from "../../../reporting/plotFigure.ts";
import { plotWorker } from "../../../reporting/plotWorker.ts";
import { emptyNote } from "../../../reporting/section.ts";

/** Maximum number of cached plots; one takes about 12 kB. */
const MAX_CACHED = 500;
/** Loading Vega alone takes half a second. */
const TIMEOUT_MS = 10_000;

export function plotDrawer() {
  const cache = new Map<string, Promise<Html>>();
  const worker = plotWorker();
  const drawn = (id: string, spec: PlotSpec): Promise<Html> =>
    new Promise((resolve, reject) => {
      const timeout = setTimeout(() => reject(new Error("drawing timed out")), TIMEOUT_MS);
      void worker
        .figure(id, spec)
        .then(resolve, reject)
        .finally(() => clearTimeout(timeout));
    });

  const draw: DrawFigure = (id, spec) => {
    const key = createHash("sha256")
      .update(`${id}\n${JSON.stringify(spec)}`)
      .digest("base64url");
    const cached = cache.get(key);
    if (cached !== undefined) return cached;
    const made = drawn(id, spec).catch((error: Error) => {
      cache.delete(key);
      return emptyNote(`“${spec.title.text}” cannot be drawn: ${error.message}`);
    });
    cache.set(key, made);
    if (cache.size > MAX_CACHED) cache.delete(cache.keys().next().value!);
    return made;
  };
  return { draw, prepare: worker.prepare, close: worker.close };
}
