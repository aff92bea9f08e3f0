/** Group: merges categories, by name or because they are rare. */
import { param } from "../core/paramSpec.ts";
import { MlctlError } from "../core/errors.ts";
import { columnTensor, graphColumn } from "../core/onnx.ts";
import type { CategoryColumn } from "../core/table/table.ts";
import { countCategories } from "../stats/samplePositions.ts";
import { columnTransform } from "./mapColumns.ts";
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

/** E.g. `{ "groups": { "Fog_Smoke_Squall": ["Fog", "Smoke", "Squall"] } }`. Missing values stay missing. */
export const group = columnTransform<GroupState, "category", GroupOptions>({
  type: "group",
  description: "merges categories, by name or because they are rare",
  kind: "category",
  options: [
    param("groups", { type: "object", default: null }, "for each group name, the list of categories to merge"),
    param(
      "min_count",
      { type: "integer", default: null, minimum: 1 },
      "categories (after `groups`) with fewer training rows become `other`, as do unseen ones",
    ),
    param("other", { type: "text", default: "other" }, "name for the rare categories"),
  ],
  fit(chosen, { groups: given, min_count: minCount, other }) {
    if (given === null && minCount === null)
      throw new MlctlError("usage", "no groups given", { hint: 'set "groups" or "min_count"' });
    const groups = Object.entries(given ?? {}).flatMap(([name, members]) => membersOf(name, members));
    const groupOf = new Map(groups);
    const columns = chosen.map((column) => {
      const counted = countCategories(renamed(column, (category) => groupOf.get(category) ?? category));
      const frequent = counted.filter(({ count }) => count >= (minCount ?? 0)).map(({ category }) => category);
      return { name: column.name, kept: minCount === null ? null : frequent };
    });
    return { columns, groups, other };
  },
  replace({ kept }, { groups, other }) {
    const named = new Map(groups);
    const keep = kept === null ? undefined : new Set(kept);
    const groupOf = (category: string): string => {
      const merged = named.get(category) ?? category;
      return keep === undefined || keep.has(merged) ? merged : other;
    };
    return (column) => [renamed(column, groupOf)];
  },
  toOnnx(graph, from, { name, kept }, { groups, other }) {
    const keep = new Set(kept);
    const own = (kept ?? []).map((text) => [text, text] as const);
    const merged = groups.map(([text, to]) => [text, kept === null || keep.has(to) ? to : other] as const);
    const valueOf = new Map([...own, ...merged]);
    const made = lookUp(graph, from, { valueOf, missing: MISSING, otherwise: other });
    if (kept !== null) return [graphColumn(name, made, "category")];
    // Strings without a group are unchanged.
    const place = positions(graph, from, [MISSING, ...valueOf.keys()]);
    const unknown = graph.add("Equal", [place, graph.constant("int64", [-1], [])]);
    return [graphColumn(name, graph.add("Where", [unknown, columnTensor(graph, from), made]), "category")];
  },
});

function membersOf(name: string, members: unknown): [string, string][] {
  if (Array.isArray(members) && members.every((member) => typeof member === "string")) {
    return members.map((member) => [member, name]);
  }
  throw new MlctlError("usage", `group "${name}" is not a list of strings`);
}

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
