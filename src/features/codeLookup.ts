/** Translates the codes of a category column into what a transform learned for their texts. */
import type { CategoryColumn } from "../core/table/table.ts";

/**
 * Codes differ between training and prediction, so the way always leads through the text. The translation of a
 * dictionary is kept until another one comes: tables are read in slices that share theirs.
 *
 * @returns for a column, a function from code to value; `absent` for missing (−1) and for texts that are not in `valueOf`
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
      values = column.categories.map((text) => valueOf.get(text) ?? absent);
    }
    const current = values;
    return (code) => (code < 0 ? absent : current[code]!);
  };
}
