/** Writes the best parameters of a search into a config.json. */
import { readFileSync } from "node:fs";
import { withParams } from "../../config/jsonc.ts";
import { atomicWrite } from "../../storage/files/atomicWrite.ts";
import { bestFirst, type TuneResult } from "./tune.ts";

/**
 * Writes the best parameters of each model over its feature sets.
 * @param files the config.json to read, and the file to write atomically; may be the same
 * @returns the path of the written file
 */
export function writeParams(
  { searches, greaterIsBetter }: Pick<TuneResult, "searches" | "greaterIsBetter">,
  { from, to }: { readonly from: string; readonly to: string },
): string {
  // The last entry of a model wins, which is its best search.
  const bestLast = bestFirst(searches, greaterIsBetter).toReversed();
  const params = new Map(bestLast.map(({ model, best }) => [model, best.params]));
  atomicWrite(to, withParams(readFileSync(from, "utf8"), params));
  return to;
}
