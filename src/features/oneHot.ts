/** One-hot: a 0/1 column for each category seen in training. */
import type { CategoryColumn, Column } from "../core/table/table.ts";
import type { Transform, TransformOption } from "../core/transform.ts";
import { chooseColumns } from "./chooseColumns.ts";
import { codeLookup } from "./codeLookup.ts";
import { compareTexts } from "./compareTexts.ts";
import { countTexts } from "./countTexts.ts";
import { mapColumns } from "./mapColumns.ts";
import { readOptions } from "./readOptions.ts";

export type OneHotState = {
  readonly columns: readonly { readonly name: string; readonly categories: readonly string[] }[];
};

const options: readonly TransformOption[] = [
  {
    name: "max_categories",
    type: "integer",
    default: 100,
    minimum: 1,
    description: "the most frequent categories of a column get a column each, the others none",
  },
];

/** A category that was not seen in training, was too rare, or is missing gives a row of zeros: handle_unknown="ignore". */
export const oneHot: Transform<OneHotState> = {
  type: "one_hot",
  description: "makes a 0/1 column column=value for each category",
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
  inputNames: (state) => state.columns.map((column) => column.name),
  outputNames: (state) => state.columns.flatMap((column) => featureNames(column)),
  load: (state) =>
    mapColumns(
      "category",
      state.columns.map((column) => ({ name: column.name, apply: encoder(column) })),
    ),
};

function mostFrequent(column: CategoryColumn, limit: number): string[] {
  return countTexts(column)
    .slice(0, limit)
    .map(({ text }) => text)
    .toSorted(compareTexts);
}

function featureNames(column: OneHotState["columns"][number]): string[] {
  return column.categories.map((category) => `${column.name}=${category}`);
}

function encoder(state: OneHotState["columns"][number]): (column: CategoryColumn) => Column[] {
  const names = featureNames(state);
  const slots = codeLookup(new Map(state.categories.map((text, slot) => [text, slot])), -1);
  return (column) => {
    const slotOf = slots(column);
    const made = names.map((name) => ({
      kind: "number" as const,
      name,
      values: new Float64Array(column.codes.length),
    }));
    for (let row = 0; row < column.codes.length; row++) {
      const slot = slotOf(column.codes[row]!);
      if (slot >= 0) made[slot]!.values[row] = 1;
    }
    return made;
  };
}
