/** Reads files into the table `result` of a database: loads them, unifies columns, applies `select` and `where`. */
import type { DatasetColumn } from "../../core/records/dataset.ts";
import { MlctlError } from "../../core/errors.ts";
import { columnHint } from "../../core/text/suggest.ts";
import { applySelect } from "./applySelect.ts";
import { csvNotes, type CsvReading } from "../csv/csvNotes.ts";
import { castExpression, kindOf, requestedType } from "../duckdb/columnTypes.ts";
import { formatNotes } from "./formatNotes.ts";
import type { Database } from "../duckdb/duckdb.ts";
import { loadFile, type Loaded } from "../load/loadFile.ts";
import { loadPrevious } from "../load/loadPrevious.ts";
import type { LoadedColumn, ReadOptions } from "../readOptions.ts";
import { sandboxDatabase } from "../duckdb/untrustedSql.ts";
import { identifier } from "../duckdb/sql.ts";
import { unifyColumns, unionAll, type Part } from "../load/unifyColumns.ts";
import { UnreadableFile } from "../unreadableFile.ts";

/** A file that cannot be read or contradicts the others. */
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
  /** Those of `notes` that say what the reading of CSV guessed, changed or left out. */
  readonly csvNotes: readonly string[];
}

export interface StageOptions extends ReadOptions {
  /** A dataset that was selected and filtered before; its rows come first. */
  readonly previous?: { readonly path: string; readonly columns: readonly DatasetColumn[] };
  /** The only file that can be written after SQL of the configuration has run. */
  readonly writes?: string;
  /** Name of a file in notes; default: its path. */
  readonly nameOf?: (path: string) => string;
  readonly onFile?: (done: number, total: number) => void;
  readonly signal?: AbortSignal;
}

/** Rows keep the order of files and lines. If no file can be read, there is no table `result`. */
export async function stageFiles(database: Database, paths: readonly string[], options: StageOptions): Promise<Staged> {
  for (const [column, type] of Object.entries(options.types ?? {})) await checkType(database, column, type);
  const { loaded, rejected } = await loadAll(database, paths, options);
  const previous = options.previous && (await loadPrevious(database, options.previous));
  const free = new Set([...(options.textColumns ?? []), ...Object.keys(options.types ?? {})]);
  const { nameOf = (path) => path } = options;
  const agreed = await agree(loaded, { free, previous: previousPart(previous, options), rejected, nameOf });
  checkTypeColumns(options, agreed.columns, previous);
  await sandboxDatabase(database, options.writes);
  if (isUnchanged(agreed, options)) {
    await database.run(`ALTER TABLE ${identifier(agreed.parts[0]!.table)} RENAME TO result`);
  } else {
    const { parts, columns } = agreed;
    if (parts.length > 0) await database.run(`CREATE VIEW raw AS ${unionAll(parts, columns, castExpression)}`);
    await applySelect(database, { options, previous, raw: parts.length > 0 });
  }
  const files = agreed.parts.map(({ path, rows }) => ({ path, rows }));
  const readings = agreed.parts.flatMap((part) => csvReading(part, options));
  const read = csvNotes(readings);
  const notes = [...read, ...agreed.notes, ...formatNotes(agreed.parts, options)];
  return { files, rejected: rejected.toSorted((a, b) => (a.path < b.path ? -1 : 1)), notes, csvNotes: read };
}

function csvReading({ path, csv, columns }: Loaded, { nameOf = (given) => given }: StageOptions): CsvReading[] {
  if (csv === undefined) return [];
  const { names, flaws, text } = csv;
  const texts = columns.filter(({ type }) => kindOf(type) === "category").map(({ name }) => name);
  return [
    { name: nameOf(path), names, columns: csv.columns, flaws, encoding: text.encoding, categories: new Set(texts) },
  ];
}

async function loadAll(
  database: Database,
  paths: readonly string[],
  options: StageOptions,
): Promise<{ loaded: Loaded[]; rejected: RejectedInput[] }> {
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
    const line = error.line === undefined ? {} : { line: error.line };
    return { path, reason: error.message, ...line, ...(error.hint === undefined ? {} : { hint: error.hint }) };
  }
  const code = error instanceof Error && "code" in error ? String(error.code) : undefined;
  const reasons: Record<string, string> = {
    ENOENT: "no such file",
    EACCES: "no permission to read it",
    EISDIR: "it is a folder",
  };
  if (code === undefined || reasons[code] === undefined) throw error;
  return { path, reason: reasons[code] };
}

interface Agreed {
  readonly parts: readonly Loaded[];
  readonly columns: readonly DatasetColumn[];
  readonly notes: readonly string[];
}

/** Rejects the files whose column types contradict most others, until the rest agree. */
async function agree(
  loaded: readonly Loaded[],
  known: {
    free: ReadonlySet<string>;
    previous: readonly Part[];
    rejected: RejectedInput[];
    nameOf: (path: string) => string;
  },
): Promise<Agreed> {
  const named = (part: Loaded): Part => ({ ...part, name: known.nameOf(part.path) });
  let parts = loaded;
  for (;;) {
    const { columns, conflicts, notes } = unifyColumns([...known.previous, ...parts.map(named)], known.free);
    const conflict = conflicts[0];
    const part = parts.find(({ path }) => path === conflict?.path);
    if (conflict === undefined || part === undefined) return { parts, columns, notes };
    known.rejected.push(rejection(part.path, await part.explain(conflict.column, conflict.type)));
    parts = parts.filter((other) => other !== part);
  }
}

/** Without columns made by `select`, which do not restrict the columns of the files. */
function previousPart(previous: readonly LoadedColumn[] | undefined, options: StageOptions): Part[] {
  if (previous === undefined) return [];
  const selected = new Set(Object.keys(options.select ?? {}));
  const columns = previous.filter((column) => !selected.has(column.name));
  return [{ path: "the previous dataset", columns, weight: Number.MAX_SAFE_INTEGER }];
}

/** Whether the table of a single file can become the result without a copy. */
function isUnchanged(agreed: Agreed, options: StageOptions): boolean {
  const selects = Object.keys(options.select ?? {}).length > 0;
  const plain = options.previous === undefined && options.where === undefined && !selects;
  return plain && agreed.parts.length === 1 && agreed.parts[0]!.settled;
}

async function checkType(database: Database, column: string, type: string): Promise<void> {
  const wanted = requestedType(column, type);
  await database.run(`SELECT CAST(NULL AS ${wanted})`).catch((error: unknown) => {
    throw new MlctlError("usage", `ingest.types.${column}: DuckDB has no type "${type}"`, {
      cause: error,
      hint: "use number, category, date or a DuckDB type such as BIGINT or DECIMAL(10,2)",
    });
  });
}

function checkTypeColumns(options: StageOptions, columns: readonly DatasetColumn[], previous: unknown): void {
  if (columns.length === 0 || previous !== undefined) return;
  const names = columns.map((column) => column.name);
  const unknown = Object.keys(options.types ?? {}).find((name) => !names.includes(name));
  if (unknown === undefined) return;
  throw new MlctlError("usage", `ingest.types.${unknown}: no file has this column`, {
    hint: columnHint(unknown, names),
  });
}
