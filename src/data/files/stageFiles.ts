/** Reads files into the table `result` of a database: load, unify, select, where. */
import type { DatasetColumn } from "../../core/records/dataset.ts";
import { MlctlError } from "../../core/errors.ts";
import { suggest } from "../../core/text/suggest.ts";
import { applySelect } from "./applySelect.ts";
import { castExpression, requestedType } from "../duckdb/columnTypes.ts";
import { dayMonthNotes } from "./dayMonthNotes.ts";
import { decimalCommaNotes } from "./decimalCommaNotes.ts";
import type { Database } from "../duckdb/duckdb.ts";
import type { Loaded } from "../load/loadFile.ts";
import { loadFile } from "../load/loadFile.ts";
import { loadPrevious } from "../load/loadPrevious.ts";
import type { LoadedColumn, ReadOptions } from "../readOptions.ts";
import { sealDatabase } from "../duckdb/sealDatabase.ts";
import { identifier } from "../duckdb/sql.ts";
import type { Part } from "../load/unifyColumns.ts";
import { unifyColumns } from "../load/unifyColumns.ts";
import { UnreadableFile } from "../unreadableFile.ts";

/** A file that was set aside. */
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
}

export interface StageOptions extends ReadOptions {
  /** A dataset already selected and filtered, whose rows come first. */
  readonly previous?: { readonly path: string; readonly columns: readonly DatasetColumn[] };
  /** The only file that can be written once SQL of the configuration has run. */
  readonly writes?: string;
  /** How notes call a file; by its path if left out. */
  readonly nameOf?: (path: string) => string;
  readonly onFile?: (done: number, total: number) => void;
  readonly signal?: AbortSignal;
}

/** Rows keep the order of the files and of their lines. The table `result` is absent if no file could be read. */
export async function stageFiles(database: Database, paths: readonly string[], options: StageOptions): Promise<Staged> {
  for (const [column, type] of Object.entries(options.types ?? {})) await checkType(database, column, type);
  const { loaded, rejected } = await loadAll(database, paths, options);
  const previous = options.previous && (await loadPrevious(database, options.previous));
  const free = new Set([...(options.textColumns ?? []), ...Object.keys(options.types ?? {})]);
  const { nameOf = (path) => path } = options;
  const agreed = await agree(loaded, { free, before: previousPart(previous, options), rejected, nameOf });
  checkNamed(options, agreed.columns, previous);
  await sealDatabase(database, options.writes);
  if (untouched(agreed, options)) {
    await database.run(`ALTER TABLE ${identifier(agreed.parts[0]!.table)} RENAME TO result`);
  } else {
    if (agreed.parts.length > 0) await createRaw(database, agreed);
    await applySelect(database, { options, previous, raw: agreed.parts.length > 0 });
  }
  const files = agreed.parts.map(({ path, rows }) => ({ path, rows }));
  const notes = [...agreed.notes, ...decimalCommaNotes(agreed.parts, options), ...dayMonthNotes(agreed.parts, options)];
  return { files, rejected: rejected.toSorted((a, b) => (a.path < b.path ? -1 : 1)), notes };
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
    EISDIR: "a folder",
  };
  if (code === undefined || reasons[code] === undefined) throw error;
  return { path, reason: reasons[code] };
}

interface Agreed {
  readonly parts: readonly Loaded[];
  readonly columns: readonly DatasetColumn[];
  readonly notes: readonly string[];
}

/** Sets aside the files that contradict most others, until the rest agrees. */
async function agree(
  loaded: readonly Loaded[],
  known: {
    free: ReadonlySet<string>;
    before: readonly Part[];
    rejected: RejectedInput[];
    nameOf: (path: string) => string;
  },
): Promise<Agreed> {
  const named = (part: Loaded): Part => ({ ...part, name: known.nameOf(part.path) });
  let parts = loaded;
  for (;;) {
    const { columns, conflicts, notes } = unifyColumns([...known.before, ...parts.map(named)], known.free);
    const conflict = conflicts[0];
    const part = parts.find(({ path }) => path === conflict?.path);
    if (conflict === undefined || part === undefined) return { parts, columns, notes };
    known.rejected.push(rejection(part.path, await part.explain(conflict.column, conflict.type)));
    parts = parts.filter((other) => other !== part);
  }
}

/** Columns that `select` makes say nothing about the columns of the files. */
function previousPart(previous: readonly LoadedColumn[] | undefined, options: StageOptions): Part[] {
  if (previous === undefined) return [];
  const made = new Set(Object.keys(options.select ?? {}));
  const columns = previous.filter((column) => !made.has(column.name));
  return [{ path: "the dataset before", columns, weight: Number.MAX_SAFE_INTEGER }];
}

/** One file as it is: its table is the result, without a copy. */
function untouched(agreed: Agreed, options: StageOptions): boolean {
  const selects = Object.keys(options.select ?? {}).length > 0;
  const plain = options.previous === undefined && options.where === undefined && !selects;
  return plain && agreed.parts.length === 1 && agreed.parts[0]!.settled;
}

async function createRaw(database: Database, agreed: Agreed): Promise<void> {
  const selects = agreed.parts.map((part) => {
    const own = new Map(part.columns.map((column) => [column.name.toLowerCase(), column.name]));
    const columns = agreed.columns.map(({ name, type }) => {
      const source = own.get(name.toLowerCase());
      const value = source === undefined ? "NULL" : identifier(source);
      return `${castExpression(value, type)} AS ${identifier(name)}`;
    });
    return `SELECT ${columns.join(", ")} FROM ${identifier(part.table)}`;
  });
  await database.run(`CREATE VIEW raw AS ${selects.join(" UNION ALL ")}`);
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

function checkNamed(options: StageOptions, columns: readonly DatasetColumn[], previous: unknown): void {
  if (columns.length === 0 || previous !== undefined) return;
  const names = columns.map((column) => column.name);
  const unknown = Object.keys(options.types ?? {}).find((name) => !names.includes(name));
  if (unknown === undefined) return;
  const close = suggest(unknown, names);
  throw new MlctlError("usage", `ingest.types.${unknown}: no file has this column`, {
    hint: close === undefined ? `the columns are ${names.slice(0, 20).join(", ")}` : `did you mean "${close}"?`,
  });
}
