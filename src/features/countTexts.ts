/** How often each category occurs. */
import type { CategoryColumn } from "../core/table/table.ts";
import { compareTexts } from "./compareTexts.ts";

/** Texts that occur with their rows, most frequent first, ties by text; the dictionary may hold more. */
export function countTexts(column: CategoryColumn): { readonly text: string; readonly count: number }[] {
  const counts = new Float64Array(column.categories.length);
  for (const code of column.codes) if (code >= 0) counts[code]!++;
  return column.categories
    .map((text, code) => ({ text, count: counts[code]! }))
    .filter(({ count }) => count > 0)
    .toSorted((a, b) => b.count - a.count || compareTexts(a.text, b.text));
}
