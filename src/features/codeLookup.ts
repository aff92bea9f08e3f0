/** Maps the codes of a category column to values that a transform learned for their categories. */
import type { CategoryColumn } from "../core/table/table.ts";

/**
 * Codes differ between training and prediction, so the lookup is by category. It is cached until another dictionary is
 * used, since slices of one table share a dictionary.
 * @returns for a column, a function from code to value; `absent` for missing (−1) and for categories not in `valueOf`
 */
export function codeLookup<T>(
  valueOf: ReadonlyMap<string, T>,
  absent: T,
): (column: CategoryColumn) => (code: number) => T {
  let dictionary: readonly string[] | undefined;
  let values: T[] = [];
  return (column) => {
    if (column.categories !== dictionary) {
      dictionary = column.categories;
      values = column.categories.map((category) => valueOf.get(category) ?? absent);
    }
    const current = values;
    return (code) => (code < 0 ? absent : current[code]!);
  };
}
