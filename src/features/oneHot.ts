/** One-hot: a 0/1 column for each category seen in training. */
import { param } from "../core/paramSpec.ts";
import type { NumberColumn } from "../core/table/table.ts";
import { columnTransform, codeLookup } from "./mapColumns.ts";
import { countCategories } from "../stats/samplePositions.ts";
import { positions } from "./onnx/lookUp.ts";

type FittedCategory = { readonly name: string; readonly categories: readonly string[] };

/** An unseen, rare or missing category gives a row of zeros, as handle_unknown="ignore" in scikit-learn. */
export const oneHot = columnTransform<
  { readonly columns: readonly FittedCategory[] },
  "category",
  { max_categories: number }
>({
  type: "one_hot",
  description: "replaces a category by 0/1 columns named column=value",
  kind: "category",
  options: [
    param(
      "max_categories",
      { type: "integer", default: 100, minimum: 1 },
      "maximum number of 0/1 columns per column, for its most frequent categories",
    ),
  ],
  fit(chosen, { max_categories: limit }) {
    const columns = chosen.map((column) => {
      const counted = countCategories(column).slice(0, limit);
      return { name: column.name, categories: counted.map(({ category }) => category).toSorted() };
    });
    return { columns };
  },
  outputs: featureNames,
  replace(fitted) {
    const names = featureNames(fitted);
    const slots = codeLookup(new Map(fitted.categories.map((category, slot) => [category, slot])), -1);
    return (column) => {
      const slotOf = slots(column);
      const made = names.map((name): NumberColumn => {
        return { kind: "number", name, values: new Float64Array(column.codes.length) };
      });
      for (let row = 0; row < column.codes.length; row++) {
        const slot = slotOf(column.codes[row]!);
        if (slot >= 0) made[slot]!.values[row] = 1;
      }
      return made;
    };
  },
  toOnnx(graph, from, fitted) {
    const { categories } = fitted;
    const width = categories.length;
    if (width === 0) return [];
    const places = graph.constant("int64", [...categories.keys()], [1, width]);
    const same = graph.add("Equal", [positions(graph, from, categories), places]);
    const tensor = graph.add("Cast", [same], { to: { int: 11 } });
    return featureNames(fitted).map((name, place) => ({ name, kind: "number", tensor, width, place }));
  },
});

function featureNames({ name, categories }: FittedCategory): string[] {
  return categories.map((category) => `${name}=${category}`);
}
