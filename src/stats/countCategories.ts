/** Counts the rows of each category. */
import type { CategoryColumn } from "../core/table/table.ts";

/** Categories that occur, most frequent first, ties in string order. Skips unused entries of the dictionary. */
export function countCategories(column: CategoryColumn): { readonly category: string; readonly count: number }[] {
  const counts = new Float64Array(column.categories.length);
  for (const code of column.codes) if (code >= 0) counts[code]!++;
  return column.categories
    .map((category, code) => ({ category, count: counts[code]! }))
    .filter(({ count }) => count > 0)
    .toSorted((a, b) => b.count - a.count || (a.category < b.category ? -1 : 1));
}
