/** Text transforms as ONNX operators: each is a lookup of strings; an empty string is missing. */
import type { GroupState } from "../../features/group.ts";
import type { MapState } from "../../features/map.ts";
import type { OneHotState } from "../../features/oneHot.ts";
import type { OrdinalState } from "../../features/ordinal.ts";
import type { TargetEncodeState } from "../../features/targetEncode.ts";
import type { GraphBuilder } from "./graph.ts";
import { columnTensor, column, replaceColumns, type GraphColumn } from "./graphColumns.ts";

type Columns = readonly GraphColumn[];

/** ONNX has no missing string. If the empty string is a category, no value is missing. */
const MISSING = "";

/** Position of each string among `texts`; −1 for other strings. */
function positions(graph: GraphBuilder, from: GraphColumn, texts: readonly string[]): string {
  return graph.addMl("LabelEncoder", [columnTensor(graph, from)], {
    keys_strings: { texts },
    values_int64s: { ints: texts.map((_, place) => place) },
    default_int64: { int: -1 },
  });
}

interface Lookup<T> {
  readonly valueOf: ReadonlyMap<string, T>;
  readonly missing: T;
  readonly otherwise: T;
}

/** Position −1 selects the last entry, which is for all other strings. */
function lookUp<T extends string | number>(
  graph: GraphBuilder,
  from: GraphColumn,
  { valueOf, missing, otherwise }: Lookup<T>,
): string {
  const all = new Map([[MISSING, missing], ...valueOf]);
  const values = [...all.values(), otherwise];
  const table = graph.constant(typeof otherwise === "number" ? "double" : "string", values);
  return graph.add("Gather", [table, positions(graph, from, [...all.keys()])]);
}

export function oneHotNodes(graph: GraphBuilder, state: OneHotState, columns: Columns): GraphColumn[] {
  const categoriesOf = new Map(state.columns.map(({ name, categories }) => [name, categories]));
  return replaceColumns(columns, [...categoriesOf.keys()], (from) => {
    const categories = categoriesOf.get(from.name)!;
    const width = categories.length;
    if (width === 0) return [];
    const places = graph.constant("int64", [...categories.keys()], [1, width]);
    const same = graph.add("Equal", [positions(graph, from, categories), places]);
    const tensor = graph.add("Cast", [same], { to: { int: 11 } });
    return categories.map((category, place) => {
      return { name: `${from.name}=${category}`, kind: "number" as const, tensor, width, place };
    });
  });
}

export function ordinalNodes(graph: GraphBuilder, state: OrdinalState, columns: Columns): GraphColumn[] {
  const categoriesOf = new Map(state.columns.map(({ name, categories }) => [name, categories]));
  return replaceColumns(columns, [...categoriesOf.keys()], (from) => {
    const valueOf = new Map(categoriesOf.get(from.name)!.map((text, place) => [text, place]));
    return [column(from.name, lookUp(graph, from, { valueOf, missing: NaN, otherwise: NaN }))];
  });
}

export function targetEncodeNodes(graph: GraphBuilder, state: TargetEncodeState, columns: Columns): GraphColumn[] {
  const encodingOf = new Map(state.columns.map((encoding) => [encoding.name, encoding]));
  return replaceColumns(columns, [...encodingOf.keys()], (from) => {
    const { values, missing } = encodingOf.get(from.name)!;
    const lookup = { valueOf: new Map(values), missing, otherwise: state.prior };
    return [column(from.name, lookUp(graph, from, lookup))];
  });
}

function numberOf(value: string | number | null): number {
  return value === null ? NaN : Number(value);
}

function textOf(value: string | number | null): string {
  return value === null ? MISSING : String(value);
}

export function mapNodes(graph: GraphBuilder, state: MapState, columns: Columns): GraphColumn[] {
  const { values, missing, otherwise } = state;
  const toNumbers = [...values.map(([, value]) => value), otherwise, missing].some(
    (value) => typeof value === "number",
  );
  const lookup = <T>(of: (value: string | number | null) => T): Lookup<T> => ({
    valueOf: new Map(values.map(([text, value]) => [text, of(value)])),
    missing: of(missing),
    otherwise: of(otherwise),
  });
  return replaceColumns(columns, state.columns, (from) => [
    toNumbers
      ? column(from.name, lookUp(graph, from, lookup(numberOf)))
      : column(from.name, lookUp(graph, from, lookup(textOf)), "category"),
  ]);
}

export function groupNodes(graph: GraphBuilder, state: GroupState, columns: Columns): GraphColumn[] {
  const named = new Map(state.groups);
  const keptOf = new Map(state.columns.map(({ name, kept }) => [name, kept]));
  return replaceColumns(columns, [...keptOf.keys()], (from) => {
    const kept = keptOf.get(from.name)!;
    const lookup = { valueOf: grouped(named, kept, state.other), missing: MISSING, otherwise: state.other };
    const made = lookUp(graph, from, lookup);
    if (kept !== null) return [column(from.name, made, "category")];
    // Strings without a group are unchanged.
    const unknown = graph.add("Equal", [
      positions(graph, from, [MISSING, ...lookup.valueOf.keys()]),
      graph.constant("int64", [-1], []),
    ]);
    return [column(from.name, graph.add("Where", [unknown, columnTensor(graph, from), made]), "category")];
  });
}

function grouped(
  named: ReadonlyMap<string, string>,
  kept: readonly string[] | null,
  other: string,
): Map<string, string> {
  if (kept === null) return new Map(named);
  const keep = new Set(kept);
  const own = kept.map((text) => [text, text] as const);
  const renamed = [...named].map(([text, name]) => [text, keep.has(name) ? name : other] as const);
  return new Map([...own, ...renamed]);
}
