/** Trial: one point of a search with its result. */
import type { Point } from "./space.ts";

export interface Trial {
  /** From 0, in the order in which points were drawn. */
  readonly number: number;
  readonly params: Point;
  /** "pruned": stopped before it was evaluated on all folds. */
  readonly status: "finished" | "pruned" | "failed";
  /** The metric after one fold, two folds, …; null if undefined. */
  readonly steps: readonly (number | null)[];
  /** The last step; null if it is undefined or the trial failed. */
  readonly value: number | null;
  /** Time in the threads, summed over the folds. */
  readonly seconds: number;
  /** Reason of a failed trial. */
  readonly error?: string;
}
