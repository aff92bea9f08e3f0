/** Writes the best parameters of a search into a config.json. */
import { readFileSync } from "node:fs";
import { withParams } from "../../config/jsonc.ts";
import { atomicWrite } from "../../storage/files/atomicWrite.ts";
import type { SearchResult, TuneResult } from "./tune.ts";

export interface WriteOptions {
  /** The config.json to read. */
  readonly from: string;
  /** The file to write, atomically; may be the same file. */
  readonly to: string;
}

/** Writes the best parameters of each model over its feature sets. @returns the path of the written file */
export function writeParams(
  { searches, greaterIsBetter }: Pick<TuneResult, "searches" | "greaterIsBetter">,
  { from, to }: WriteOptions,
): string {
  const best = new Map<number, SearchResult>();
  for (const search of searches) {
    const found = best.get(search.model);
    const isBetter =
      found === undefined ||
      (greaterIsBetter ? search.best.value > found.best.value : search.best.value < found.best.value);
    if (isBetter) best.set(search.model, search);
  }
  atomicWrite(
    to,
    withParams(readFileSync(from, "utf8"), new Map([...best].map(([model, search]) => [model, search.best.params]))),
  );
  return to;
}
