/** One-hot: a 0/1 column for each category seen in training. */
import { replaceColumns } from "../core/onnx.ts";
import type { CategoryColumn, NumberColumn } from "../core/table/table.ts";
import type { Transform, TransformOption } from "../core/transform.ts";
import { codeLookup } from "./codeLookup.ts";
import { countCategories } from "../stats/countCategories.ts";
import { mapColumns, namesOf } from "./mapColumns.ts";
import { chooseColumns, option, readOptions } from "./readOptions.ts";
import { positions } from "./onnx/lookUp.ts";

type OneHotState = {
  readonly columns: readonly { readonly name: string; readonly categories: readonly string[] }[];
};

const options: readonly TransformOption[] = [
  option(
    "max_categories",
    { type: "integer", default: 100, minimum: 1 },
    "maximum number of 0/1 columns per column, for its most frequent categories",
  ),
];

/** An unseen, rare or missing category gives a row of zeros, as handle_unknown="ignore" in scikit-learn. */
export const oneHot: Transform<OneHotState> = {
  type: "one_hot",
  description: "replaces a category by 0/1 columns named column=value",
  kinds: ["category"],
  options,
  fit(table, given) {
    const { max_categories: limit } = readOptions<{ max_categories: number }>(given, options);
    return {
      columns: chooseColumns(table, given, ["category"]).map((column) => ({
        name: column.name,
        categories: mostFrequent(column, limit),
      })),
    };
  },
  inputNames: namesOf,
  outputNames: (state) => state.columns.flatMap((column) => featureNames(column)),
  load: ({ columns }) => mapColumns("category", columns, encoder),
  toOnnx: (graph, state, columns) =>
    replaceColumns(columns, state.columns, (from, { categories }) => {
      const width = categories.length;
      if (width === 0) return [];
      const places = graph.constant("int64", [...categories.keys()], [1, width]);
      const same = graph.add("Equal", [positions(graph, from, categories), places]);
      const tensor = graph.add("Cast", [same], { to: { int: 11 } });
      return featureNames({ name: from.name, categories }).map((name, place) => {
        return { name, kind: "number" as const, tensor, width, place };
      });
    }),
};

function mostFrequent(column: CategoryColumn, limit: number): string[] {
  const counted = countCategories(column).slice(0, limit);
  return counted.map(({ category }) => category).toSorted();
}

function featureNames(column: OneHotState["columns"][number]): string[] {
  return column.categories.map((category) => `${column.name}=${category}`);
}

function encoder(state: OneHotState["columns"][number]): (column: CategoryColumn) => NumberColumn[] {
  const names = featureNames(state);
  const slots = codeLookup(new Map(state.categories.map((category, slot) => [category, slot])), -1);
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
}
