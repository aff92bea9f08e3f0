/** Counts the rows of each category. */
import type { CategoryColumn } from "../core/table/table.ts";

export function rowsByCode({ codes, categories }: CategoryColumn): Float64Array {
  const rows = new Float64Array(categories.length);
  // By index, because an iterator over millions of values takes several times as long.
  for (let row = 0; row < codes.length; row++) if (codes[row]! >= 0) rows[codes[row]!]!++;
  return rows;
}

/** Categories that occur, most frequent first, ties in string order. Skips unused entries of the dictionary. */
export function countCategories(column: CategoryColumn): { readonly category: string; readonly count: number }[] {
  const counts = rowsByCode(column);
  return column.categories
    .map((category, code) => ({ category, count: counts[code]! }))
    .filter(({ count }) => count > 0)
    .toSorted((a, b) => b.count - a.count || (a.category < b.category ? -1 : 1));
}
