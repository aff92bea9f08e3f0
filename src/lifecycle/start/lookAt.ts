/** Looks at a file as ingest and train will: what is predicted, what identifies a row, what is no feature. */
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import type { DatasetColumn } from "../../core/records/dataset.ts";
import { MlctlError } from "../../core/errors.ts";
import type { Column, Table } from "../../core/table/table.ts";
import { selectRows } from "../../core/table/selectRows.ts";
import { atLine } from "../../core/text/atLine.ts";
import { columnHint } from "../../core/text/suggest.ts";
import { ingestFiles, type IngestedTable } from "../../data/files/ingestFiles.ts";
import { readDataset } from "../../data/files/readTable.ts";
import { automaticTransforms, hasIdName } from "../../features/automatic.ts";
import { timeOrder, type TimeOrder } from "../../pipeline/fit/timeOrder.ts";
import { targetLeakage, type Suspect } from "../../pipeline/leakage/targetLeakage.ts";
import { encodeTarget, type EncodedTarget } from "../../pipeline/rows/encodeTarget.ts";
import { rowNumbers } from "../../pipeline/rows/rowNumbers.ts";
import { targetRemarks } from "../../pipeline/rows/targetRemarks.ts";

export interface ReadFile extends Pick<IngestedTable, "notes" | "duplicatesKept"> {
  readonly table: Table;
  readonly columns: readonly DatasetColumn[];
}

/** A column and why it is treated so. */
export interface Reasoned {
  readonly name: string;
  readonly reason: string;
}

export interface Look extends ReadFile {
  readonly encoded: EncodedTarget;
  /** Of two classes: the one that metrics refer to. */
  readonly positive: string | null;
  readonly ids: readonly Reasoned[];
  readonly dropped: readonly Reasoned[];
  /** Time by which the rows are sorted. */
  readonly order: TimeOrder | undefined;
  /** Date columns by which they are not. */
  readonly otherDates: readonly string[];
  /** Texts that mean a missing value in columns of text. */
  readonly markers: readonly { readonly marker: string; readonly columns: readonly string[] }[];
  readonly suspects: readonly Suspect[];
  /** About the target. */
  readonly remarks: readonly string[];
}

/** Of MISSING_MARKERS those that are never a category: "none" and "-" often are. */
const MARKERS = ["?", "NA", "N/A", "n/a", "#N/A", "NaN", "nan", "NULL", "null"];

/**
 * Reads a file as ingest does, and gives it to `use` with the path of the dataset that ingest would write.
 * @throws {MlctlError} kind "data" if it cannot be read
 */
export async function withFile<T>(path: string, use: (read: ReadFile, dataset: string) => Promise<T>): Promise<T> {
  const folder = await mkdtemp(join(tmpdir(), "mlctl-init-"));
  try {
    const output = join(folder, "data.csv");
    const ingested = await ingestFiles([path], { output, nameOf: basename });
    const [bad] = ingested.rejected;
    if (bad !== undefined)
      throw new MlctlError("data", atLine(path, bad.line, bad.reason), { hint: bad.hint ?? "correct the file" });
    if (ingested.rows === 0) throw new MlctlError("data", `${path} has no rows`, { hint: "name a file with rows" });
    const table = await readDataset(output, ingested.columns, ingested.rows);
    return await use({ ...ingested, table }, output);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** @throws {MlctlError} kind "usage" for an unknown target, "data" for one that cannot be learned */
export function lookAt(read: ReadFile, target: string): Look {
  const names = read.table.columns.map(({ name }) => name);
  if (!names.includes(target))
    throw new MlctlError("usage", `the file has no column "${target}"`, { hint: columnHint(target, names) });
  const { table, markers } = withoutMarkers(read.table);
  const encoded = encodeTarget(table, { target, task: null, positiveClass: null });
  const positive = positiveOf(encoded);
  const others = table.columns.filter(({ name }) => name !== target);
  const { ids, dropped } = noFeatures({ ...table, columns: others });
  const left = new Set([...ids, ...dropped].map(({ name }) => name));
  const inputs = { ...table, columns: others.filter(({ name }) => !left.has(name)) };
  const order = timeOrder({ ...table, columns: others });
  // What is read wrongly in a column that is left out does not matter.
  const isAboutLeft = (note: string): boolean => {
    const about = names.filter((name) => note.includes(`"${name}"`));
    return about.length > 0 && about.every((name) => left.has(name));
  };
  return {
    ...read,
    table,
    notes: read.notes.filter((note) => !isAboutLeft(note)),
    encoded,
    positive,
    ids,
    dropped,
    order,
    otherDates: inputs.columns.flatMap(({ kind, name }) => (kind === "date" && name !== order?.name ? [name] : [])),
    markers: markers.flatMap(({ marker, columns }) => {
      const used = columns.filter((name) => !left.has(name));
      return used.length === 0 ? [] : [{ marker, columns: used }];
    }),
    suspects: targetLeakage(selectRows(inputs, encoded.rows), encoded.y, encoded.spec),
    remarks: targetRemarks(encoded, { target, task: null, positiveClass: positive }).notes,
  };
}

/** Of words that are no yes and no, the rarer class is most often the one that is looked for. */
function positiveOf({ spec, y }: EncodedTarget): string | null {
  if (spec.task !== "binary") return null;
  const [first, last] = spec.classes as [string, string];
  if (/^(1|1\.0|2|y|yes|t|true)$/i.test(last)) return last;
  let lasts = 0;
  for (const code of y) lasts += code;
  return lasts <= y.length / 2 ? last : first;
}

/** Columns that identify a row, and others without information, as train would leave them out. */
export function noFeatures(table: Table): Pick<Look, "ids" | "dropped"> {
  const ids: Reasoned[] = [];
  const dropped: Reasoned[] = [];
  const numbers = new Set(rowNumbers(table));
  for (const column of table.columns) {
    const { name } = column;
    const reason = numbers.has(name) ? "it numbers the rows" : unusedBecause(column, table.rowCount);
    if (reason === undefined) continue;
    const isId = hasIdName(name) && distinctValues(column) === table.rowCount;
    (isId ? ids : dropped).push({ name, reason });
  }
  // Without any other column, these are what there is to learn from.
  return ids.length + dropped.length < table.columns.length ? { ids, dropped } : { ids: [], dropped: [] };
}

function unusedBecause(column: Column, rowCount: number): string | undefined {
  const needs = { complete: false, standardized: false };
  const { requests, notes } = automaticTransforms({ rowCount, columns: [column] }, { needs });
  if (requests[0]?.type !== "drop") return undefined;
  return notes[0]?.split(" is not used: ").at(-1) ?? "it has no information";
}

/** Number of different values that are present. */
export function distinctValues(column: Column): number {
  const cells = column.kind === "category" ? column.codes : column.values;
  const distinct = new Set<number>(cells);
  distinct.delete(column.kind === "category" ? -1 : NaN);
  return distinct.size;
}

/** The table with the markers in its text columns as missing values. */
function withoutMarkers(table: Table): Pick<Look, "table" | "markers"> {
  const found = new Map<string, string[]>();
  const columns = table.columns.map((column) => {
    if (column.kind !== "category") return column;
    const present = MARKERS.filter((marker) => column.categories.includes(marker));
    if (present.length === 0) return column;
    for (const marker of present) found.set(marker, [...(found.get(marker) ?? []), column.name]);
    const codes = new Set(present.map((marker) => column.categories.indexOf(marker)));
    return { ...column, codes: column.codes.map((code) => (codes.has(code) ? -1 : code)) };
  });
  return {
    table: { ...table, columns },
    markers: Array.from(found, ([marker, names]) => ({ marker, columns: names })),
  };
}

/** A decimal as the name of a column: the first line is a row. */
export function headerNote({ table }: ReadFile): string[] {
  const value = table.columns.find(({ name }) => /^-?\d*\.\d+$/.test(name))?.name;
  if (value === undefined) return [];
  return [`a column is called ${value}: if the file has no header, add a first line with the names of the columns`];
}

/** Names that say what is predicted. */
const TARGET_NAMES =
  /^(target|label|labels|class|y|outcome|response|result|(is[ _]?)?(churn(ed)?|default(ed)?|fraud|survived|spam|attrition)|sale[ _]?price|price|rating|quality|diagnosis|type|species)$/i;
/** More values are no classes. */
const MANY_VALUES = 20;

export interface ColumnKindRow {
  readonly name: string;
  readonly kind: Column["kind"];
  readonly distinct: number;
  readonly missing: number;
  readonly isLikelyTarget: boolean;
}

/** Every column with its kind, and up to three that are probably what is to be predicted. */
export function listColumns({ table }: ReadFile): ColumnKindRow[] {
  const { ids, dropped } = noFeatures(table);
  const unlikely = new Set([...ids, ...dropped].map(({ name }) => name));
  const last = table.columns.length - 1;
  const scored = table.columns.map((column, i) => {
    const distinct = distinctValues(column);
    const points =
      (TARGET_NAMES.test(column.name) ? 3 : 0) +
      (i === last ? 2 : 0) +
      (i === 0 ? 1 : 0) +
      (distinct <= MANY_VALUES ? 1 : 0);
    const isPossible = column.kind !== "date" && !unlikely.has(column.name) && distinct > 1;
    return { column, distinct, points: isPossible ? points : 0 };
  });
  const likely = new Set(
    scored
      .filter(({ points }) => points > 1)
      .toSorted((a, b) => b.points - a.points)
      .slice(0, 3),
  );
  return scored.map((each) => {
    const { column, distinct } = each;
    const isMissing = (cell: number): boolean => (column.kind === "category" ? cell < 0 : Number.isNaN(cell));
    let missing = 0;
    for (const cell of column.kind === "category" ? column.codes : column.values) if (isMissing(cell)) missing++;
    return { name: column.name, kind: column.kind, distinct, missing, isLikelyTarget: likely.has(each) };
  });
}
