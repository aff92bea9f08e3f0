/** Text length: number of characters and words of a text. */
import type { CategoryColumn, NumberColumn } from "../core/table/table.ts";
import type { Transform } from "../core/transform.ts";
import { mapColumns } from "./mapColumns.ts";
import { chooseColumns, readOptions } from "./readOptions.ts";
import { words } from "./words.ts";

export type TextLengthState = { readonly columns: readonly string[] };

/** `<name>_length` and `<name>_words`; missing stays missing, an empty text has length 0. */
export const textLength: Transform<TextLengthState> = {
  type: "text_length",
  description: "replaces text by its number of characters and words",
  kinds: ["category"],
  options: [],
  fit(table, given) {
    readOptions(given, []);
    return { columns: chooseColumns(table, given, ["category"]).map(({ name }) => name) };
  },
  inputNames: (state) => state.columns,
  outputNames: (state) => state.columns.flatMap((name) => [`${name}_length`, `${name}_words`]),
  load: ({ columns }) =>
    mapColumns("category", columns, (name) => (column) => [
      measured(column, `${name}_length`, (text) => [...text].length),
      measured(column, `${name}_words`, (text) => words(text).length),
    ]),
};

function measured(
  { codes, categories }: CategoryColumn,
  name: string,
  measure: (text: string) => number,
): NumberColumn {
  const values = Float64Array.from(codes, (code) => (code < 0 ? NaN : measure(categories[code]!)));
  return { kind: "number", name, values };
}
