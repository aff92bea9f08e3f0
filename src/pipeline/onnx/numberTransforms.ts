/** Numeric transforms as ONNX operators, in double precision: the same values as in features/. */
import type { ClipState } from "../../features/clip.ts";
import type { CyclicalState } from "../../features/cyclical.ts";
import type { ImputeState } from "../../features/impute.ts";
import type { LogState } from "../../features/log.ts";
import type { RatioState } from "../../features/ratio.ts";
import type { RoundState } from "../../features/round.ts";
import type { StandardizeState } from "../../features/standardize.ts";
import type { GraphBuilder } from "./graph.ts";
import { columnTensor, column, replaceColumns, scalar, type GraphColumn } from "./graphColumns.ts";

type Columns = readonly GraphColumn[];

/** Bool tensor: true if a value is missing or infinite. */
function absent(graph: GraphBuilder, value: string): string {
  return graph.add("Or", [graph.add("IsNaN", [value]), graph.add("IsInf", [value])]);
}

function each<T extends { readonly name: string }>(
  columns: Columns,
  states: readonly T[],
  replace: (from: GraphColumn, state: T) => readonly GraphColumn[],
): GraphColumn[] {
  const byName = new Map(states.map((state) => [state.name, state]));
  return replaceColumns(columns, [...byName.keys()], (from) => replace(from, byName.get(from.name)!));
}

export function imputeNodes(graph: GraphBuilder, state: ImputeState, columns: Columns): GraphColumn[] {
  return each(columns, state.columns, (from, { name, fill }) => {
    const value = columnTensor(graph, from);
    const missing = absent(graph, value);
    const filled = column(name, graph.add("Where", [missing, scalar(graph, fill), value]));
    if (!state.indicator) return [filled];
    return [filled, column(`${name}_missing`, graph.add("Cast", [missing], { to: { int: 11 } }))];
  });
}

export function standardizeNodes(graph: GraphBuilder, state: StandardizeState, columns: Columns): GraphColumn[] {
  return each(columns, state.columns, (from, { name, mean, scale }) => {
    const centred = graph.add("Sub", [columnTensor(graph, from), scalar(graph, mean)]);
    return [column(name, graph.add("Div", [centred, scalar(graph, scale)]))];
  });
}

/** Comparisons with NaN are false, so NaN is kept; for ONNX's Clip this is undefined. */
export function clipNodes(graph: GraphBuilder, state: ClipState, columns: Columns): GraphColumn[] {
  return each(columns, state.columns, (from, { name, minimum, maximum }) => {
    const bounded = (value: string, operator: string, bound: number | null): string => {
      if (bound === null) return value;
      const end = scalar(graph, bound);
      return graph.add("Where", [graph.add(operator, [value, end]), end, value]);
    };
    return [column(name, bounded(bounded(columnTensor(graph, from), "Less", minimum), "Greater", maximum))];
  });
}

export function logNodes(graph: GraphBuilder, { columns: names, method }: LogState, columns: Columns): GraphColumn[] {
  const log1p = (value: string): string => graph.add("Log", [graph.add("Add", [value, scalar(graph, 1)])]);
  const logarithm = (value: string): string => {
    if (method === "log") return graph.add("Log", [value]);
    if (method === "log10") return graph.add("Div", [graph.add("Log", [value]), scalar(graph, Math.LN10)]);
    if (method === "log1p") return log1p(value);
    return graph.add("Mul", [graph.add("Sign", [value]), log1p(graph.add("Abs", [value]))]);
  };
  return replaceColumns(columns, names, (from) => {
    const raw = logarithm(columnTensor(graph, from));
    return [column(from.name, graph.add("Where", [absent(graph, raw), scalar(graph, NaN), raw]))];
  });
}

export function ratioNodes(graph: GraphBuilder, { columns: names, by }: RatioState, columns: Columns): GraphColumn[] {
  const divisor = columnTensor(
    graph,
    columns.find(({ name }) => name === by)!,
  );
  return replaceColumns(columns, names, (from) => {
    const raw = graph.add("Div", [columnTensor(graph, from), divisor]);
    return [from, column(`${from.name}_by_${by}`, graph.add("Where", [absent(graph, raw), scalar(graph, NaN), raw]))];
  });
}

/** ONNX rounds halves to even, as features/round does. */
export function roundNodes(graph: GraphBuilder, state: RoundState, columns: Columns): GraphColumn[] {
  const power = scalar(graph, 10 ** Math.abs(state.digits));
  const [first, second] = state.digits >= 0 ? ["Mul", "Div"] : ["Div", "Mul"];
  return replaceColumns(columns, state.columns, (from) => {
    const value = columnTensor(graph, from);
    const rounded = graph.add(second!, [graph.add("Round", [graph.add(first!, [value, power])]), power]);
    const beyond = absent(graph, graph.add("Mul", [value, power]));
    return [column(from.name, graph.add("Where", [beyond, value, rounded]))];
  });
}

/** cos(x) as sin(x + π/2): all runtimes support Sin for doubles, but not all support Cos. */
export function cyclicalNodes(graph: GraphBuilder, state: CyclicalState, columns: Columns): GraphColumn[] {
  return each(columns, state.columns, (from, { name, period }) => {
    const angle = graph.add("Mul", [columnTensor(graph, from), scalar(graph, (2 * Math.PI) / period)]);
    const sine = column(`${name}_sin`, graph.add("Sin", [angle]));
    const quarter = graph.add("Add", [angle, scalar(graph, Math.PI / 2)]);
    const cosine = column(`${name}_cos`, graph.add("Sin", [quarter]));
    return state.keep ? [from, sine, cosine] : [sine, cosine];
  });
}
