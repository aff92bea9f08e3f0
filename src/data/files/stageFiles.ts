/** Reads files into the table `result` of a database: loads them, unifies columns, applies `select` and `where`. */
import type { DatasetColumn } from "../../core/records/lineage.ts";
import { MlctlError } from "../../core/errors.ts";
import { listed } from "../../core/text/format.ts";
import { columnHint } from "../../core/text/suggest.ts";
import { applySelect } from "./applySelect.ts";
import { csvNotes, encodingNotes, type CsvReading } from "../csv/csvNotes.ts";
import { castExpression, kindOf, requestedType, TYPES } from "../duckdb/columnTypes.ts";
import { asText, chooseFormats, convertColumns, doubtsOf, readTypes, recordedFormats } from "./chooseFormats.ts";
import { dateNotes, formatNotes } from "./formatNotes.ts";
import { type Database, identifier, literal } from "../duckdb/duckdb.ts";
import { loadFile, type Loaded } from "../load/loadFile.ts";
import { loadPrevious } from "../load/loadPrevious.ts";
import { freeColumns, type LoadedColumn, type ReadOptions, UnreadableFile } from "../readOptions.ts";
import { keptMarkerNotes, keptMarkers, oneSpelling } from "./spellings.ts";
import { sandboxDatabase } from "../duckdb/untrustedSql.ts";
import type { LastDataset, Needs, Part } from "../load/unifyColumns.ts";
import { strangers, unifyColumns, unionAll, withoutNeeded } from "../load/unifyColumns.ts";

export interface RejectedInput {
  readonly path: string;
  readonly reason: string;
  readonly line?: number;
  readonly hint?: string;
}

export interface Staged {
  /** Rows read from each file, before `where`; in the order of the files. */
  readonly files: readonly { readonly path: string; readonly rows: number }[];
  readonly rejected: readonly RejectedInput[];
  readonly notes: readonly string[];
  /** By column: how its numbers or dates are written, unless plainly. */
  readonly formats: ReadonlyMap<string, string>;
  /** Those of `notes` that say what the reading of text guessed, and of CSV changed or left out. */
  readonly textNotes: readonly string[];
  /** A file has no header, as was guessed. */
  readonly isHeaderless: boolean;
  /** See keptMarkers. */
  readonly kept: ReadonlyMap<string, readonly string[]>;
  /** Columns that are text until a setting says which of two readings is meant, or what a few odd cells mean. */
  readonly undecided: readonly string[];
  /** By column: the only values that are no numbers or dates, if they are few or most likely stand for missing ones. */
  readonly missingWords: ReadonlyMap<string, readonly string[]>;
}

export interface StageOptions extends ReadOptions {
  /** A dataset that was selected and filtered before; its rows come first. */
  readonly previous?: { readonly path: string; readonly columns: readonly DatasetColumn[] };
  /** The only file that can be written after SQL of the configuration has run. */
  readonly writes?: string;
  readonly last?: LastDataset;
  /** Reject files that have other columns than most, or lack this one while others have it; null: no such column. */
  readonly alike?: { readonly target: string | null };
  /** Reject files without one of these columns that another file has. */
  readonly needs?: Needs;
  /** Name of a file in notes; default: its path. */
  readonly nameOf?: (path: string) => string;
  readonly onFile?: (done: number, total: number) => void;
  readonly signal?: AbortSignal;
}

/** Rows keep the order of files and lines. If no file can be read, there is no table `result`. */
export async function stageFiles(database: Database, paths: readonly string[], options: StageOptions): Promise<Staged> {
  for (const [column, type] of Object.entries(options.types ?? {})) await checkType(database, column, type);
  const { loaded: all, rejected } = await loadAll(database, paths, options);
  const previous = options.previous && (await loadPrevious(database, options.previous));
  const earlier = previousPart(previous, options);
  const { alike, needs, nameOf = (path) => path } = options;
  const odd = alike ? strangers([...earlier, ...all], alike.target) : needs ? withoutNeeded(all, needs) : [];
  rejected.push(...odd);
  const files = all.filter(({ path }) => !odd.some((each) => each.path === path));
  const before = new Map(options.previous?.columns.flatMap(({ name, format }) => (format ? [[name, format]] : [])));
  const free = freeColumns(options);
  const agreed = await agree(files, earlier, { options, before, rejected });
  const { parts, columns, read } = agreed;
  checkTypeColumns(options, columns, previous);
  await readAsText(database, agreed, options);
  // With `where`, the user has chosen the rows.
  const totals = options.where === undefined ? await totalNotes(database, parts, nameOf) : [];
  await convertColumns(database, parts);
  await sandboxDatabase(database, options.writes);
  let digits: ReadonlyMap<string, string> = new Map();
  const isPlain = (options.previous ?? options.where) === undefined && Object.keys(options.select ?? {}).length === 0;
  // The table of a single file becomes the result without a copy.
  if (isPlain && parts.length === 1) await database.run(`ALTER TABLE ${identifier(parts[0]!.table)} RENAME TO result`);
  else {
    if (parts.length > 0) await database.run(`CREATE VIEW raw AS ${unionAll(parts, columns, castExpression)}`);
    digits = await applySelect(database, { options, previous, files: parts.map(({ path }) => nameOf(path)) });
  }
  const hasResult = parts.length > 0 || previous !== undefined;
  const spellings = hasResult ? await oneSpelling(database, new Set(options.textColumns)) : [];
  const dates = hasResult ? await dateNotes(database, options) : [];
  const kept = await keptMarkers(database, parts.length > 0 ? read : [], options);
  const computed = new Map([...digits].filter(([name]) => !free.has(name)));
  const readings = parts.flatMap((part) => csvReading(part, options));
  const names = parts.map(({ path, encoding }) => ({ name: nameOf(path), encoding }));
  const textNotes = [...encodingNotes(names), ...csvNotes(readings)];
  const ofFormats = [...formatNotes(parts, { read, computed }, options), ...keptMarkerNotes(kept, options)];
  return {
    files: parts.map(({ path, rows }) => ({ path, rows })),
    rejected: rejected.toSorted((a, b) => (a.path < b.path ? -1 : 1)),
    notes: [...textNotes, ...agreed.notes, ...totals, ...ofFormats, ...dates, ...spellings],
    kept,
    textNotes,
    isHeaderless: readings.some(({ head }) => head.headerless === "guessed"),
    ...doubtsOf(read),
    formats: new Map([...before, ...recordedFormats(read)]),
  };
}

function csvReading({ path, csv, columns }: Loaded, { nameOf = (given) => given }: StageOptions): CsvReading[] {
  if (csv === undefined) return [];
  const texts = columns.filter(({ type }) => kindOf(type) === "category").map(({ name }) => name);
  return [{ ...csv, name: nameOf(path), categories: new Set(texts) }];
}

async function loadAll(database: Database, paths: readonly string[], options: StageOptions) {
  const loaded: Loaded[] = [];
  const rejected: RejectedInput[] = [];
  for (const [i, path] of paths.entries()) {
    options.signal?.throwIfAborted();
    try {
      loaded.push(await loadFile(database, path, `file_${i}`, options));
    } catch (error) {
      rejected.push(rejection(path, error));
      await database.run(`DROP TABLE IF EXISTS file_${i}; DROP TABLE IF EXISTS file_${i}_raw`);
    }
    options.onFile?.(i + 1, paths.length);
  }
  return { loaded, rejected };
}

function rejection(path: string, error: unknown): RejectedInput {
  if (error instanceof UnreadableFile) {
    const { line, hint } = error;
    return { path, reason: error.message, ...(line !== undefined && { line }), ...(hint !== undefined && { hint }) };
  }
  const reasons = { ENOENT: "no such file", EACCES: "no permission to read it", EISDIR: "it is a folder" };
  const reason = reasons[(error as { code?: keyof typeof reasons }).code!];
  if (reason === undefined) throw error;
  return { path, reason };
}

interface Agreed {
  readonly parts: readonly Loaded[];
  readonly columns: readonly DatasetColumn[];
  readonly read: ReturnType<typeof chooseFormats>;
  readonly notes: readonly string[];
}

/** Rejects the files whose column types contradict most others, or the last dataset, until the rest agree. */
async function agree(
  loaded: readonly Loaded[],
  previous: readonly Part[],
  { options, before, rejected }: { options: StageOptions; before: Map<string, string>; rejected: RejectedInput[] },
): Promise<Agreed> {
  const { nameOf = (path) => path } = options;
  let files = loaded;
  for (;;) {
    // A rejected file has no say in how the others are read.
    const read = chooseFormats(files, options, before);
    const parts = readTypes(files, read, options);
    const named = parts.map((part): Part => ({ ...part, name: nameOf(part.path) }));
    const { columns, conflicts, notes } = unifyColumns([...previous, ...named], freeColumns(options), options.last);
    const conflict = conflicts[0];
    const part = parts.find(({ path }) => path === conflict?.path);
    if (conflict === undefined || part === undefined) return { parts: asText(parts, columns), columns, read, notes };
    rejected.push(rejection(part.path, await part.explain(conflict.column, conflict.type)));
    files = files.filter(({ path }) => path !== part.path);
  }
}

/** Reads the columns again that are text because of other files: 1E5 has become 100000, and 7.0 is not 7. */
async function readAsText(database: Database, { parts, columns }: Agreed, options: StageOptions): Promise<void> {
  const texts = new Set(columns.filter(({ type }) => type === "VARCHAR").map(({ name }) => name.toLowerCase()));
  const { types = {}, categoryColumns = [] } = options;
  for (const { path, table, delimiter, columns: own } of parts) {
    const isLost = ({ name, type, sql }: LoadedColumn): boolean =>
      texts.has(name.toLowerCase()) && type !== "VARCHAR" && sql === undefined && !Object.hasOwn(types, name);
    const lost = own.filter(isLost).map(({ name }) => name);
    if (delimiter === undefined || lost.length === 0) continue;
    await loadFile(database, path, table, { ...options, categoryColumns: [...categoryColumns, ...lost] });
  }
}

/** Without columns made by `select`, which do not restrict the columns of the files. */
function previousPart(previous: readonly LoadedColumn[] | undefined, options: StageOptions): Part[] {
  if (previous === undefined) return [];
  const selected = new Set(Object.keys(options.select ?? {}));
  const columns = previous.filter((column) => !selected.has(column.name));
  return [{ path: "the previous dataset", columns, weight: Number.MAX_SAFE_INTEGER }];
}

async function checkType(database: Database, column: string, type: string): Promise<void> {
  const wanted = requestedType(column, type);
  await database.run(`SELECT CAST(NULL AS ${wanted})`).catch((cause: unknown) => {
    throw new MlctlError("usage", `ingest.types.${column}: DuckDB has no type "${type}"`, { cause, hint: TYPES });
  });
}

function checkTypeColumns(options: StageOptions, columns: readonly DatasetColumn[], previous: unknown): void {
  // Of rows for a model, it is the model that says which columns they lack.
  if (columns.length === 0 || previous !== undefined || options.formats !== undefined) return;
  const names = columns.map((column) => column.name);
  const unknown = Object.keys(options.types ?? {}).find((name) => !names.includes(name));
  if (unknown === undefined) return;
  const hint = columnHint(unknown, names);
  throw new MlctlError("usage", `ingest.types.${unknown}: no file has this column`, { hint });
}

const TOTAL =
  /^\s*(grand total|sub ?totals?|totals?|sums?|summe|gesamt(summe)?|insgesamt|zwischensumme|somme|totale|suma|totaal|итого)\s*:?\s*$/iu;

/** What spreadsheets write below a table is read as rows, so it is reported: totals, and rows without any value. */
async function totalNotes(
  database: Database,
  files: readonly Loaded[],
  nameOf: (path: string) => string,
): Promise<string[]> {
  const found: { readonly file: string; readonly column: string; readonly text: string }[] = [];
  const empty: { readonly file: string; readonly count: number; readonly column: string }[] = [];
  for (const { path, table, columns } of files) {
    const source = identifier(table);
    const isEmpty = columns.map(({ name }) => `${identifier(name)} IS NULL`).join(" AND ");
    const [[count = 0] = []] = await database.rows(`SELECT count(*) FROM ${source} WHERE ${isEmpty}`);
    // With one column, an empty line is a missing value.
    if (Number(count) > 0 && columns.length > 1)
      empty.push({ file: nameOf(path), count: Number(count), column: columns[0]!.name });
    const texts = columns.filter(({ type }) => type === "VARCHAR").map(({ name }) => name);
    if (texts.length === 0) continue;
    const [row] = await database.rows(
      `SELECT ${texts.map(identifier).join(", ")} FROM ${source} WHERE rowid = (SELECT max(rowid) FROM ${source})`,
    );
    const at = row?.findIndex((cell) => typeof cell === "string" && TOTAL.test(cell)) ?? -1;
    if (at >= 0) found.push({ file: nameOf(path), column: texts[at]!, text: String(row![at]) });
  }
  const totals = found.slice(0, 1).map((first) => {
    const places = listed(found.map(({ file, text }) => `${file} (${JSON.stringify(text)})`));
    const where = `${identifier(first.column)} IS DISTINCT FROM ${literal(first.text)}`;
    const cure = `to leave it out, set "ingest.where": ${JSON.stringify(where)} in config.json`;
    return `the last row looks like a total, but is read as a row: ${places}; ${cure}`;
  });
  const blanks = empty.slice(0, 1).map(({ column }) => {
    const places = listed(empty.map(({ file, count }) => `${file} (${count})`));
    const where = JSON.stringify(`${identifier(column)} IS NOT NULL`);
    return `rows without any value are read as rows: ${places}; delete them, or, if every row has a ${JSON.stringify(column)}, set "ingest.where": ${where} in config.json`;
  });
  return [...totals, ...blanks];
}
