/** Fits of small data at the same time, on all cores: each takes one. */
import { availableParallelism } from "node:os";
import type { FitOptions } from "../../core/estimator.ts";

type Hooks = Pick<FitOptions, "signal" | "onProgress">;

/** With more cells, a fit uses all cores by itself, or its features need much memory. */
const SMALL_CELLS = 5_000_000;
const MOST_AT_ONCE = 8;

/**
 * @param cells rows times columns of all of them together
 * @param work is given the hooks of one fit, which know its share of the progress
 * @returns in the order of `items`
 * @throws the error of the first item that failed, once all that had begun have ended: a caller may start the next then
 */
export async function severalFits<Item, Result>(
  items: readonly Item[],
  hooks: Hooks,
  { cells, work }: { readonly cells: number; readonly work: (item: Item, own: Hooks) => Promise<Result> },
): Promise<Result[]> {
  const shares = new Float64Array(items.length);
  const results: Result[] = [];
  const failures: { readonly index: number; readonly error: unknown }[] = [];
  const left = items.keys().toArray().toReversed();
  const workThrough = async (): Promise<void> => {
    for (let index = left.pop(); index !== undefined; index = left.pop()) {
      if (hooks.signal?.aborted === true) return;
      const onProgress = (share: number): void => {
        shares[index!] = share;
        hooks.onProgress?.(shares.reduce((sum, each) => sum + each, 0) / items.length);
      };
      try {
        results[index] = await work(items[index]!, { ...hooks, onProgress });
      } catch (error) {
        left.length = 0;
        failures.push({ index, error });
      }
    }
  };
  const atOnce = cells < SMALL_CELLS ? Math.min(availableParallelism(), MOST_AT_ONCE, items.length) : 1;
  await Promise.all(Array.from({ length: atOnce }, workThrough));
  hooks.signal?.throwIfAborted();
  // The error of the first item, whichever came first.
  const [first] = failures.toSorted((a, b) => a.index - b.index);
  if (first !== undefined) throw first.error;
  return results;
}
