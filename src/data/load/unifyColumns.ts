/** Combines the columns of several files: union by name, one type each. */
import { listed } from "../../core/text/format.ts";
import { kindOf } from "../duckdb/columnTypes.ts";
import { identifier } from "../duckdb/duckdb.ts";
import type { LoadedColumn } from "../readOptions.ts";

export interface Part {
  readonly path: string;
  readonly name?: string;
  readonly columns: readonly LoadedColumn[];
  /** Files this part counts for when types conflict; the previous dataset outweighs any number of new files. */
  readonly weight?: number;
}

interface Holder {
  readonly part: Part;
  readonly column: LoadedColumn;
}

interface UnifiedColumns {
  readonly columns: readonly { readonly name: string; readonly type: string }[];
  /** Parts with text in a column that has numbers or dates in most parts. */
  readonly conflicts: readonly { readonly path: string; readonly column: string; readonly type: string }[];
  /** Messages about filled or converted columns. */
  readonly notes: readonly string[];
}

/** What the last dataset had, whose columns do not become text because of cells that are no numbers in a new file. */
export interface LastDataset {
  /** By column in lower case. */
  readonly types: ReadonlyMap<string, string>;
  /** Paths of the files that it did not have. */
  readonly fresh: ReadonlySet<string>;
}

/** @param free columns that may mix numbers and text; mixed ones become text */
export function unifyColumns(parts: readonly Part[], free: ReadonlySet<string>, last?: LastDataset): UnifiedColumns {
  const byName = holdersByName(parts);
  const conflicts: { path: string; column: string; type: string }[] = [];
  const mixed: string[] = [];
  const textIn = new Map<string, string[]>();
  const columns = Array.from(byName.values(), (holders) => {
    const { name } = holders[0]!.column;
    // Text that would lose digits as a number is no reason to reject a file, and makes the numbers of others text.
    if (holders.some(({ column }) => column.text?.code !== undefined)) return { name, type: "VARCHAR" };
    const filled = holders.filter(({ column }) => !column.empty);
    const known = filled.length === 0 ? holders : filled;
    const typed = known.filter(({ column }) => kindOf(column.type) !== "category");
    const texts = known.filter(({ column }) => kindOf(column.type) === "category");
    const type = commonType(typed.map(({ column }) => column.type));
    if (texts.length === 0) {
      if (type === "VARCHAR") mixed.push(`"${name}"`);
      return { name, type };
    }
    const before = last?.types.get(name.toLowerCase());
    const odd = texts.filter(
      ({ part, column }) => last?.fresh.has(part.path) && column.text?.mixed?.kind === kindOf(before ?? "VARCHAR"),
    );
    if (before !== undefined && odd.length > 0 && !free.has(name))
      conflicts.push(...odd.map(({ part }) => ({ path: part.path, column: name, type: before })));
    else if (weight(typed) > weight(texts) && !free.has(name) && type !== "VARCHAR") {
      conflicts.push(...texts.map(({ part }) => ({ path: part.path, column: name, type })));
      return { name, type };
    }
    if (typed.length > 0 && !free.has(name)) {
      const file = nameOf(texts[0]!.part);
      textIn.set(file, [...(textIn.get(file) ?? []), `"${name}"`]);
    }
    return { name, type: "VARCHAR" };
  });
  const notes = [
    ...missingNotes(parts, byName),
    ...caseNotes([...byName.values()]),
    ...(mixed.length === 0 ? [] : [`${columnsAre(mixed, "mixes", "mix")} numbers and dates: kept as text`]),
    ...Array.from(textIn, ([file, names]) => `${columnsAre(names, "is", "are")} text in ${file}: kept as text`),
  ];
  return { columns, conflicts, notes };
}

function holdersByName(parts: readonly Part[]): Map<string, Holder[]> {
  const all = parts.flatMap((part) => part.columns.map((column): Holder => ({ part, column })));
  return Map.groupBy(all, ({ column }) => column.name.toLowerCase());
}

/** Parts without the `target`, if others have it, or without most of the columns that more than half of them have. */
export function strangers(parts: readonly Part[], target: string | null) {
  const holders = holdersByName(parts);
  const total = parts.reduce((sum, { weight: own = 1 }) => sum + own, 0);
  const isTarget = (name: string): boolean => name === target?.toLowerCase();
  const shared = [...holders].filter(([name, those]) => weight(those) > total / 2 || isTarget(name));
  return parts.flatMap(({ path, columns, weight: given }) => {
    if (given !== undefined) return [];
    const own = new Set(columns.map(({ name }) => name.toLowerCase()));
    const lost = shared.filter(([name]) => !own.has(name));
    if (lost.length * 2 <= shared.length && !lost.some(([name]) => isTarget(name))) return [];
    const names = lost
      .toSorted(([a], [b]) => Number(isTarget(b)) - Number(isTarget(a)))
      .map(([name, [first]]) => `"${first!.column.name}"${isTarget(name) ? " (the target)" : ""}`);
    const hint = '"ingest": { "other_columns": "fill" } reads it and leaves these values missing';
    return [{ path, reason: lossText(names, columns), hint }];
  });
}

export interface Needs {
  readonly needed: readonly string[];
  /** About a part with none of them. */
  readonly none: { readonly reason: string; readonly hint: string };
}

/** Parts without one of the columns in `needed` that another part has. */
export function withoutNeeded(parts: readonly Pick<Part, "path" | "columns">[], { needed, none }: Needs) {
  const has = ({ columns }: Pick<Part, "columns">, name: string): boolean =>
    columns.some((column) => column.name.toLowerCase() === name.toLowerCase());
  const held = needed.filter((name) => parts.some((part) => has(part, name)));
  return parts.flatMap((part) => {
    const lost = held.filter((name) => !has(part, name)).map((name) => `"${name}"`);
    if (lost.length === 0) return [];
    const reason = lossText(lost, part.columns);
    return [{ path: part.path, ...none, ...(lost.length < held.length && { reason }) }];
  });
}

function lossText(lost: readonly string[], columns: Part["columns"]): string {
  return `has no ${listed(lost)}, which other files have; its columns: ${listed(columns.map(({ name }) => `"${name}"`))}`;
}

function columnsAre(names: readonly string[], single: string, plural: string): string {
  return names.length === 1 ? `column ${names[0]} ${single}` : `columns ${listed(names)} ${plural}`;
}

/** SQL for the rows of all tables, each with all `columns`; `cast` gives the SQL that casts a value. */
export function unionAll(
  tables: readonly { readonly table: string; readonly columns: readonly { readonly name: string }[] }[],
  columns: UnifiedColumns["columns"],
  cast: (value: string, type: string) => string,
): string {
  const selects = tables.map(({ table, columns: given }) => {
    const own = new Map(given.map(({ name }) => [name.toLowerCase(), identifier(name)]));
    const items = columns.map(
      ({ name, type }) => `${cast(own.get(name.toLowerCase()) ?? "NULL", type)} AS ${identifier(name)}`,
    );
    return `SELECT ${items.join(", ")} FROM ${identifier(table)}`;
  });
  return selects.join(" UNION ALL ");
}

function weight(holders: readonly Holder[]): number {
  return holders.reduce((sum, { part }) => sum + (part.weight ?? 1), 0);
}

function commonType(types: readonly string[]): string {
  const distinct = [...new Set(types)];
  if (distinct.length === 1) return distinct[0]!;
  if (distinct.every((type) => kindOf(type) === "number")) return "DOUBLE";
  return distinct.length > 0 && distinct.every((type) => kindOf(type) === "date") ? "TIMESTAMP" : "VARCHAR";
}

function missingNotes(parts: readonly Part[], all: ReadonlyMap<string, readonly Holder[]>): string[] {
  const lacking = parts.flatMap((part) => {
    const own = new Set(part.columns.map((column) => column.name.toLowerCase()));
    const columns = [...all].filter(([key]) => !own.has(key)).map(([, [first]]) => `"${first!.column.name}"`);
    return columns.length === 0 ? [] : [{ columns, file: nameOf(part) }];
  });
  const groups = Map.groupBy(lacking, ({ columns }) => JSON.stringify(columns));
  return Array.from(groups.values(), (same) => {
    const [{ columns }, files] = [same[0]!, same.map(({ file }) => file)];
    const which = `${columns.length === 1 ? "column" : "columns"} ${listed(columns)}`;
    return `${listed(files)} ${files.length === 1 ? "has" : "have"} no ${which}: filled with missing values`;
  });
}

/** One note for all names that differ in case, because rows to predict must have the first. */
function caseNotes(columns: readonly (readonly Holder[])[]): string[] {
  const found = columns.flatMap((holders) => {
    const { name } = holders[0]!.column;
    const other = holders.find(({ column }) => column.name !== name);
    return other === undefined ? [] : [`"${other.column.name}" of ${nameOf(other.part)} is "${name}"`];
  });
  return found.length === 0 ? [] : [`names that differ only in case are one column: ${listed(found)}`];
}

function nameOf({ name, path }: Part): string {
  return name ?? path;
}
