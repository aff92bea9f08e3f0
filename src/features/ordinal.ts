/** Ordinal: a whole number for each category, in an order. */
import type { CategoryColumn, NumberColumn } from "../core/table/table.ts";
import type { Transform, TransformOption } from "../core/transform.ts";
import { chooseColumns } from "./chooseColumns.ts";
import { codeLookup } from "./codeLookup.ts";
import { compareTexts } from "./compareTexts.ts";
import { countTexts } from "./countTexts.ts";
import { mapColumns } from "./mapColumns.ts";
import { readOptions } from "./readOptions.ts";

export type OrdinalState = {
  /** The number of a category is its place. */
  readonly columns: readonly { readonly name: string; readonly categories: readonly string[] }[];
};

const options: readonly TransformOption[] = [
  {
    name: "order",
    type: "texts",
    default: null,
    description: "categories from low to high; left out, those seen in training, sorted by text",
  },
];

/** Missing and unseen categories become missing, as OrdinalEncoder(handle_unknown="use_encoded_value", unknown_value=nan). */
export const ordinal: Transform<OrdinalState> = {
  type: "ordinal",
  description: "replaces a category by its place in an order, 0, 1, 2 and so on",
  kinds: ["category"],
  options,
  fit(table, given) {
    const { order } = readOptions<{ order: readonly string[] | null }>(given, options);
    const columns = chooseColumns(table, given, ["category"]).map((column) => ({
      name: column.name,
      categories:
        order ??
        countTexts(column)
          .map(({ text }) => text)
          .toSorted(compareTexts),
    }));
    return { columns };
  },
  inputNames: (state) => state.columns.map((column) => column.name),
  outputNames: (state) => state.columns.map((column) => column.name),
  load: (state) =>
    mapColumns(
      "category",
      state.columns.map(({ name, categories }) => {
        const places = codeLookup(new Map(categories.map((text, place) => [text, place])), NaN);
        return { name, apply: (column) => [placed(column, places(column))] };
      }),
    ),
};

function placed(column: CategoryColumn, placeOf: (code: number) => number): NumberColumn {
  const values = Float64Array.from(column.codes, placeOf);
  return { kind: "number", name: column.name, values };
}
