/** Ordinal: replaces categories by whole numbers, in a given order. */
import { graphColumn, replaceColumns } from "../core/onnx.ts";
import type { CategoryColumn, NumberColumn } from "../core/table/table.ts";
import type { Transform, TransformOption } from "../core/transform.ts";
import { codeLookup } from "./codeLookup.ts";
import { countCategories } from "../stats/countCategories.ts";
import { mapColumns, namesOf } from "./mapColumns.ts";
import { chooseColumns, option, readOptions } from "./readOptions.ts";
import { lookUp } from "./onnx/lookUp.ts";

type OrdinalState = {
  /** The number of a category is its position in the list. */
  readonly columns: readonly { readonly name: string; readonly categories: readonly string[] }[];
};

const options: readonly TransformOption[] = [
  option(
    "order",
    { type: "texts", default: null },
    "categories from low to high; default: those seen in training, sorted as strings",
  ),
];

/** Missing and unseen categories become missing, as OrdinalEncoder(handle_unknown="use_encoded_value", unknown_value=nan). */
export const ordinal: Transform<OrdinalState> = {
  type: "ordinal",
  description: "replaces a category by its position in an order: 0, 1, 2 and so on",
  kinds: ["category"],
  options,
  fit(table, given) {
    const { order } = readOptions<{ order: readonly string[] | null }>(given, options);
    const columns = chooseColumns(table, given, ["category"]).map((column) => ({
      name: column.name,
      categories: order ?? seen(column),
    }));
    return { columns };
  },
  inputNames: namesOf,
  outputNames: namesOf,
  load: ({ columns }) =>
    mapColumns("category", columns, ({ categories }) => {
      const positions = codeLookup(new Map(categories.map((category, position) => [category, position])), NaN);
      return (column) => [encoded(column, positions(column))];
    }),
  toOnnx: (graph, state, columns) =>
    replaceColumns(columns, state.columns, (from, { categories }) => {
      const valueOf = new Map(categories.map((text, place) => [text, place]));
      return [graphColumn(from.name, lookUp(graph, from, { valueOf, missing: NaN, otherwise: NaN }))];
    }),
};

/** In the order of UTF-16 code units, so that a model does not depend on the locale. */
function seen(column: CategoryColumn): string[] {
  const counted = countCategories(column);
  return counted.map(({ category }) => category).toSorted();
}

function encoded(column: CategoryColumn, positionOf: (code: number) => number): NumberColumn {
  const values = Float64Array.from(column.codes, positionOf);
  return { kind: "number", name: column.name, values };
}
