/** Fits of small data at the same time, on all cores: each takes one. */
import { availableParallelism } from "node:os";
import type { FitOptions } from "../../core/estimator.ts";

type Hooks = Pick<FitOptions, "signal" | "onProgress">;

/** With more rows, a fit uses all cores by itself, or its features need much memory. */
const SMALL_ROWS = 50_000;
const MOST_AT_ONCE = 8;

/**
 * @param rows of the largest fit
 * @param work is given the hooks of one fit, which know its share of the progress
 * @returns in the order of `items`
 * @throws the error of a fit, after those that had begun have ended: a caller may start the next one then
 */
export async function severalFits<Item, Result>(
  items: readonly Item[],
  hooks: Hooks,
  { rows, work }: { readonly rows: number; readonly work: (item: Item, own: Hooks) => Promise<Result> },
): Promise<Result[]> {
  const shares = new Float64Array(items.length);
  const results: Result[] = [];
  const left = items.keys().toArray().toReversed();
  const workThrough = async (): Promise<void> => {
    for (let index = left.pop(); index !== undefined; index = left.pop()) {
      hooks.signal?.throwIfAborted();
      const onProgress = (share: number): void => {
        shares[index!] = share;
        hooks.onProgress?.(shares.reduce((sum, each) => sum + each, 0) / items.length);
      };
      try {
        results[index] = await work(items[index]!, { ...hooks, onProgress });
      } catch (error) {
        left.length = 0;
        throw error;
      }
    }
  };
  const atOnce = rows < SMALL_ROWS ? Math.min(availableParallelism(), MOST_AT_ONCE, items.length) : 1;
  const ended = await Promise.allSettled(Array.from({ length: atOnce }, workThrough));
  for (const outcome of ended) if (outcome.status === "rejected") throw outcome.reason;
  return results;
}
