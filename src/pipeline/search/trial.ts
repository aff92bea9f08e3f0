/** Trial: one point of a search and what came of it. */
import type { Point } from "./space.ts";

export interface Trial {
  /** From 0, in the order in which points were drawn. */
  readonly number: number;
  readonly params: Point;
  /** "pruned": given up before all folds had judged it. */
  readonly status: "finished" | "pruned" | "failed";
  /** The metric after one fold, two, …; null where it is undefined. */
  readonly steps: readonly (number | null)[];
  /** The last step, over all folds; null where it is undefined or the trial failed. */
  readonly value: number | null;
  /** In the threads, all folds together. */
  readonly seconds: number;
  /** Why it failed. */
  readonly error?: string;
}
