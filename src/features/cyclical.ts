/** Cyclical: encodes periodic numbers (months, hours) as sine and cosine, so that December is next to January. */
import { param } from "../core/paramSpec.ts";
import { MlctlError } from "../core/errors.ts";
import { columnTensor, graphColumn, scalar } from "../core/onnx.ts";
import { columnTransform, mapValues } from "./mapColumns.ts";

/** Periods of the parts that date_parts makes. */
const knownPeriods = { quarter: 4, month: 12, day_of_week: 7, hour: 24 };

type CyclicalState = {
  readonly columns: readonly { readonly name: string; readonly period: number }[];
  readonly keep: boolean;
};

/** `<name>_sin` and `<name>_cos` of 2π · value / period. By default it uses the columns whose period follows from the name. */
export const cyclical = columnTransform<CyclicalState, "number", { period: number | null; keep: boolean }>({
  type: "cyclical",
  description: "replaces a periodic number by its sine and cosine",
  kind: "number",
  options: [
    param(
      "period",
      { type: "number", default: null, minimum: Number.MIN_VALUE },
      "length of one cycle; known for quarter, month, day_of_week and hour",
    ),
    param("keep", { type: "boolean", default: false }, "keeps the original column too"),
  ],
  fit(chosen, { period, keep }, { given }) {
    const named = given["column"] !== undefined || given["columns"] !== undefined;
    const columns = chosen
      .filter(({ name }) => named || knownPeriod(name) !== undefined)
      .map(({ name }) => ({ name, period: period ?? knownPeriod(name) ?? unknownPeriod(name) }));
    return { columns, keep };
  },
  outputs: ({ name }, { keep }) => [...(keep ? [name] : []), `${name}_sin`, `${name}_cos`],
  replace({ name, period }, { keep }) {
    const turn = (2 * Math.PI) / period;
    return (column) => {
      const sine = mapValues(column, (value) => Math.sin(value * turn), `${name}_sin`);
      const cosine = mapValues(column, (value) => Math.cos(value * turn), `${name}_cos`);
      return keep ? [column, sine, cosine] : [sine, cosine];
    };
  },
  /** cos(x) as sin(x + π/2): all runtimes support Sin for doubles, but not all support Cos. */
  toOnnx(graph, from, { name, period }, { keep }) {
    const angle = graph.add("Mul", [columnTensor(graph, from), scalar(graph, (2 * Math.PI) / period)]);
    const sine = graphColumn(`${name}_sin`, graph.add("Sin", [angle]));
    const quarter = graph.add("Add", [angle, scalar(graph, Math.PI / 2)]);
    const cosine = graphColumn(`${name}_cos`, graph.add("Sin", [quarter]));
    return keep ? [from, sine, cosine] : [sine, cosine];
  },
});

/** Matches the names that date_parts gives: "month" as well as "start_month". */
function knownPeriod(name: string): number | undefined {
  return Object.entries(knownPeriods).find(([part]) => name === part || name.endsWith(`_${part}`))?.[1];
}

function unknownPeriod(name: string): never {
  throw new MlctlError("usage", `the period of column "${name}" is unknown`, { hint: 'set "period"' });
}
