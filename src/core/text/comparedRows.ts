/** Says how many rows were tested for drift, and how many of the dataset were not because the model knows them. */
import type { DriftReport } from "../records/drift.ts";

/** "1,200 new rows (the other 4,000 rows of the dataset are training data)". @param format formats a number of rows */
export function comparedRows(
  { currentRows, knownRows, earlierRows = 0 }: Pick<DriftReport, "currentRows" | "knownRows" | "earlierRows">,
  format: (count: number) => string = String,
): string {
  const rows = (kind: string): string => `${format(currentRows)} ${kind}${currentRows === 1 ? "row" : "rows"}`;
  if (knownRows === undefined) return rows("");
  if (earlierRows > 0)
    return `${rows("new ")} (of the others, ${format(earlierRows)} came earlier and ${format(knownRows)} are training data)`;
  if (knownRows === 0) return rows("new ");
  if (currentRows === 0) return `no new rows (all ${format(knownRows)} rows of the dataset are training data)`;
  return `${rows("new ")} (the other ${format(knownRows)} rows of the dataset are training data)`;
}
