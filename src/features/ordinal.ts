/** Ordinal: replaces categories by whole numbers, in a given order. */
import { param } from "../core/paramSpec.ts";
import { graphColumn } from "../core/onnx.ts";
import { columnTransform, codeLookup } from "./mapColumns.ts";
import { countCategories } from "../stats/samplePositions.ts";
import { lookUp } from "./onnx/lookUp.ts";

/** The number of a category is its position in the list. */
type OrdinalState = { readonly columns: readonly { readonly name: string; readonly categories: readonly string[] }[] };

/** Missing and unseen categories become missing, as OrdinalEncoder(handle_unknown="use_encoded_value", unknown_value=nan). */
export const ordinal = columnTransform<OrdinalState, "category", { order: readonly string[] | null }>({
  type: "ordinal",
  description: "replaces a category by its position in an order: 0, 1, 2 and so on",
  kind: "category",
  options: [
    param(
      "order",
      { type: "texts", default: null },
      "categories from low to high; default: those seen in training, sorted as strings",
    ),
  ],
  fit(chosen, { order }) {
    const columns = chosen.map((column) => {
      // In the order of UTF-16 code units, so that a model does not depend on the locale.
      const seen = countCategories(column).map(({ category }) => category);
      return { name: column.name, categories: order ?? seen.toSorted() };
    });
    return { columns };
  },
  replace({ name, categories }) {
    const positions = codeLookup(new Map(categories.map((category, position) => [category, position])), NaN);
    return (column) => [{ kind: "number", name, values: Float64Array.from(column.codes, positions(column)) }];
  },
  toOnnx(graph, from, { name, categories }) {
    const valueOf = new Map(categories.map((text, place) => [text, place]));
    return [graphColumn(name, lookUp(graph, from, { valueOf, missing: NaN, otherwise: NaN }))];
  },
});
