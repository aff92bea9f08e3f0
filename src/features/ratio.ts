/** Ratio: divides numbers by another column, such as seconds of use by calls, since trees cannot divide. */
import { type ParamSpec, param } from "../core/paramSpec.ts";
import { MlctlError } from "../core/errors.ts";
import { absent, columnTensor, graphColumn, replaceColumns, scalar } from "../core/onnx.ts";
import type { Column, NumberColumn } from "../core/table/table.ts";
import type { Transform } from "../core/transform.ts";
import { mapColumns, chooseColumns, readOptions } from "./mapColumns.ts";

type RatioState = {
  readonly columns: readonly string[];
  readonly by: string;
  /** All columns that are read, in the order of the training table. */
  readonly inputs: readonly string[];
};

const options: readonly ParamSpec[] = [param("by", { type: "text", default: null }, "number column to divide by")];

/** Keeps its columns and adds `<name>_by_<by>` after each; a division by zero gives a missing value. */
export const ratio: Transform<RatioState> = {
  type: "ratio",
  description: "divides numbers by another column",
  kinds: ["number"],
  options,
  fit(table, given) {
    const { by } = readOptions<{ by: string | null }>(given, options);
    if (by === null) {
      throw new MlctlError("usage", "no column to divide by given", {
        hint: 'set "by": { "type": "ratio", "column": "seconds", "by": "calls" }',
      });
    }
    const [divisor] = chooseColumns(table, { column: by }, ["number"]);
    const columns = chooseColumns(table, given, ["number"]).filter((column) => column !== divisor);
    const read = new Set<Column>([...columns, divisor!]);
    const inputs = table.columns.filter((column) => read.has(column));
    return { columns: columns.map(({ name }) => name), by, inputs: inputs.map(({ name }) => name) };
  },
  inputNames: ({ inputs }) => inputs,
  outputNames: ({ columns, by, inputs }) =>
    inputs.flatMap((name) => (columns.includes(name) ? [name, madeName(name, by)] : [name])),
  load({ columns, by, inputs }) {
    // Throws if a column is missing or of another kind.
    const checked = mapColumns("number", inputs, () => (column) => [column]);
    const divided = new Set(columns);
    return (table) => {
      const { rowCount, columns: all } = checked(table);
      const divisor = all.find((column): column is NumberColumn => column.name === by)!;
      const made = all.flatMap((column) =>
        divided.has(column.name) && column.kind === "number" ? [column, quotient(column, divisor)] : [column],
      );
      return { rowCount, columns: made };
    };
  },
  toOnnx(graph, { columns: names, by }, columns) {
    const divisorColumn = columns.find(({ name }) => name === by)!;
    const divisor = columnTensor(graph, divisorColumn);
    return replaceColumns(columns, names, (from) => {
      const raw = graph.add("Div", [columnTensor(graph, from), divisor]);
      const finite = graph.add("Where", [absent(graph, raw), scalar(graph, NaN), raw]);
      return [from, graphColumn(madeName(from.name, by), finite)];
    });
  },
};

function madeName(name: string, by: string): string {
  return `${name}_by_${by}`;
}

function quotient(column: NumberColumn, by: NumberColumn): NumberColumn {
  const values = column.values.map((value, row) => {
    const result = value / by.values[row]!;
    return Number.isFinite(result) ? result : NaN;
  });
  return { kind: "number", name: madeName(column.name, by.name), values };
}
