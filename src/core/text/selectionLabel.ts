/** Label of the cross-validation score in tables. */
import type { Selection } from "../records/run.ts";

/** "5 folds", "median of 5 folds", "trimmed mean of 5 folds". */
export function selectionLabel({ folds, aggregate }: Selection): string {
  return aggregate === "mean" ? `${folds} folds` : `${aggregate.replace("_", " ")} of ${folds} folds`;
}
