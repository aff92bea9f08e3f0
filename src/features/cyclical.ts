/** Cyclical: encodes periodic numbers (months, hours) as sine and cosine, so that December is next to January. */
import { MlctlError } from "../core/errors.ts";
import { columnTensor, graphColumn, replaceColumns, scalar } from "../core/onnx.ts";
import type { NumberColumn } from "../core/table/table.ts";
import type { Transform, TransformOption } from "../core/transform.ts";
import { mapColumns, mapValues, namesOf } from "./mapColumns.ts";
import { chooseColumns, option, readOptions } from "./readOptions.ts";

/** Periods of the parts that date_parts makes. */
const knownPeriods: ReadonlyMap<string, number> = new Map([
  ["quarter", 4],
  ["month", 12],
  ["day_of_week", 7],
  ["hour", 24],
]);

type CyclicalState = {
  readonly columns: readonly { readonly name: string; readonly period: number }[];
  /** Whether to keep the original column. */
  readonly keep: boolean;
};

const options: readonly TransformOption[] = [
  option(
    "period",
    { type: "number", default: null, minimum: Number.MIN_VALUE },
    "length of one cycle; known for quarter, month, day_of_week and hour",
  ),
  option("keep", { type: "boolean", default: false }, "keeps the original column too"),
];

/** `<name>_sin` and `<name>_cos` of 2π · value / period. By default it uses the columns whose period follows from the name. */
export const cyclical: Transform<CyclicalState> = {
  type: "cyclical",
  description: "replaces a periodic number by its sine and cosine",
  kinds: ["number"],
  options,
  fit(table, given) {
    const { period, keep } = readOptions<{ period: number | null; keep: boolean }>(given, options);
    const named = given["column"] !== undefined || given["columns"] !== undefined;
    const columns = chooseColumns(table, given, ["number"])
      .filter(({ name }) => named || knownPeriod(name) !== undefined)
      .map(({ name }) => ({ name, period: period ?? knownPeriod(name) ?? unknownPeriod(name) }));
    return { columns, keep };
  },
  inputNames: namesOf,
  outputNames: ({ columns, keep }) => columns.flatMap(({ name }) => madeNames(name, keep)),
  load: ({ columns, keep }) => mapColumns("number", columns, ({ period }) => circle(period, keep)),
  /** cos(x) as sin(x + π/2): all runtimes support Sin for doubles, but not all support Cos. */
  toOnnx: (graph, { columns: states, keep }, columns) =>
    replaceColumns(columns, states, (from, { name, period }) => {
      const angle = graph.add("Mul", [columnTensor(graph, from), scalar(graph, (2 * Math.PI) / period)]);
      const sine = graphColumn(`${name}_sin`, graph.add("Sin", [angle]));
      const quarter = graph.add("Add", [angle, scalar(graph, Math.PI / 2)]);
      const cosine = graphColumn(`${name}_cos`, graph.add("Sin", [quarter]));
      return keep ? [from, sine, cosine] : [sine, cosine];
    }),
};

function circle(period: number, keep: boolean): (column: NumberColumn) => NumberColumn[] {
  const turn = (2 * Math.PI) / period;
  return (column) => {
    const sine = mapValues(column, (value) => Math.sin(value * turn), `${column.name}_sin`);
    const cosine = mapValues(column, (value) => Math.cos(value * turn), `${column.name}_cos`);
    return keep ? [column, sine, cosine] : [sine, cosine];
  };
}

function madeNames(name: string, keep: boolean): string[] {
  return [...(keep ? [name] : []), `${name}_sin`, `${name}_cos`];
}

/** Matches the names that date_parts gives: "month" as well as "start_month". */
function knownPeriod(name: string): number | undefined {
  for (const [part, period] of knownPeriods) if (name === part || name.endsWith(`_${part}`)) return period;
  return undefined;
}

function unknownPeriod(name: string): never {
  throw new MlctlError("usage", `the period of column "${name}" is unknown`, { hint: 'set "period"' });
}
