/** Group: merges categories, by name or because they are rare. */
import { MlctlError } from "../core/errors.ts";
import { columnTensor, graphColumn, replaceColumns } from "../core/onnx.ts";
import type { CategoryColumn } from "../core/table/table.ts";
import type { Transform, TransformOption } from "../core/transform.ts";
import { countCategories } from "../stats/countCategories.ts";
import { mapColumns, namesOf } from "./mapColumns.ts";
import { chooseColumns, option, readOptions } from "./readOptions.ts";
import { lookUp, MISSING, positions } from "./onnx/lookUp.ts";

interface GroupOptions {
  readonly groups: Readonly<Record<string, unknown>> | null;
  readonly min_count: number | null;
  readonly other: string;
}

type GroupState = {
  readonly columns: readonly {
    readonly name: string;
    /** Categories that stay; null: all. */
    readonly kept: readonly string[] | null;
  }[];
  /** From category to group. */
  readonly groups: readonly (readonly [string, string])[];
  readonly other: string;
};

const options: readonly TransformOption[] = [
  option("groups", { type: "object", default: null }, "for each group name, the list of categories to merge"),
  option(
    "min_count",
    { type: "integer", default: null, minimum: 1 },
    "categories (after `groups`) with fewer training rows become `other`, as do unseen ones",
  ),
  option("other", { type: "text", default: "other" }, "name for the rare categories"),
];

/** E.g. `{ "groups": { "Fog_Smoke_Squall": ["Fog", "Smoke", "Squall"] } }`. Missing values stay missing. */
export const group: Transform<GroupState> = {
  type: "group",
  description: "merges categories, by name or because they are rare",
  kinds: ["category"],
  options,
  fit(table, given) {
    const { groups, min_count: minCount, other } = readOptions<GroupOptions>(given, options);
    if (groups === null && minCount === null) {
      throw new MlctlError("usage", "no groups given", { hint: 'set "groups" or "min_count"' });
    }
    const pairs = Object.entries(groups ?? {}).flatMap(([name, members]) => membersOf(name, members));
    const named = new Map(pairs);
    const merged = (column: CategoryColumn): CategoryColumn =>
      renamed(column, (category) => named.get(category) ?? category);
    const columns = chooseColumns(table, given, ["category"]).map((column) => ({
      name: column.name,
      kept: minCount === null ? null : frequent(merged(column), minCount),
    }));
    return { columns, groups: pairs, other };
  },
  inputNames: namesOf,
  outputNames: namesOf,
  load(state) {
    const named = new Map(state.groups);
    return mapColumns("category", state.columns, ({ kept }) => {
      const keep = kept === null ? undefined : new Set(kept);
      const groupOf = (category: string): string => {
        const merged = named.get(category) ?? category;
        return keep === undefined || keep.has(merged) ? merged : state.other;
      };
      return (column) => [renamed(column, groupOf)];
    });
  },
  toOnnx: (graph, state, columns) =>
    replaceColumns(columns, state.columns, (from, { kept }) => {
      const valueOf = groupsOf(new Map(state.groups), kept, state.other);
      const made = lookUp(graph, from, { valueOf, missing: MISSING, otherwise: state.other });
      if (kept !== null) return [graphColumn(from.name, made, "category")];
      // Strings without a group are unchanged.
      const place = positions(graph, from, [MISSING, ...valueOf.keys()]);
      const unknown = graph.add("Equal", [place, graph.constant("int64", [-1], [])]);
      return [graphColumn(from.name, graph.add("Where", [unknown, columnTensor(graph, from), made]), "category")];
    }),
};

function membersOf(name: string, members: unknown): [string, string][] {
  if (Array.isArray(members) && members.every((member) => typeof member === "string")) {
    return members.map((member) => [member, name]);
  }
  throw new MlctlError("usage", `group "${name}" is not a list of strings`);
}

function frequent(column: CategoryColumn, minCount: number): string[] {
  const counted = countCategories(column).filter(({ count }) => count >= minCount);
  return counted.map(({ category }) => category);
}

/** The group of each category that is named in `groups` or kept; all others are `other` if `kept` is set. */
function groupsOf(
  groups: ReadonlyMap<string, string>,
  kept: readonly string[] | null,
  other: string,
): ReadonlyMap<string, string> {
  if (kept === null) return groups;
  const keep = new Set(kept);
  const own = kept.map((text) => [text, text] as const);
  const merged = [...groups].map(([text, name]) => [text, keep.has(name) ? name : other] as const);
  return new Map([...own, ...merged]);
}

/** Renames categories; categories with the same new name share a code. */
function renamed(column: CategoryColumn, nameOf: (category: string) => string): CategoryColumn {
  const codeOf = new Map<string, number>();
  const newCodes = column.categories.map((category) => {
    const name = nameOf(category);
    const code = codeOf.get(name) ?? codeOf.size;
    codeOf.set(name, code);
    return code;
  });
  const codes = column.codes.map((code) => (code < 0 ? -1 : newCodes[code]!));
  return { kind: "category", name: column.name, codes, categories: [...codeOf.keys()] };
}
