/** Opens SQLite databases. The only file that imports better-sqlite3. */
import {
  closeSync,
  existsSync,
  lstatSync,
  openSync,
  readlinkSync,
  realpathSync,
  statSync,
  readFileSync,
} from "node:fs";
import { basename, dirname, resolve, sep } from "node:path";
import Database from "better-sqlite3";
import { MlctlError } from "../../core/errors.ts";
import { openNativeNow } from "../../core/nativeCalls.ts";
import { PRIVATE, errorCode } from "../files/atomicWrite.ts";
import { sqliteCode, withSqliteErrors, type SqliteFile } from "./failure.ts";

export type SqliteDatabase = Database.Database;

/** How long a statement waits for another process; every write of mlctl takes only milliseconds. */
export const BUSY_TIMEOUT_MILLISECONDS = 10_000;

/**
 * @param source a path, ":memory:" for an empty database in memory, or the bytes of a database
 * @throws {MlctlError} kind "usage" if the path is a link that leads out of its folder
 */
export function openSqlite(
  source: string | Buffer,
  options: { readonly?: boolean; timeoutMs?: number } = {},
): SqliteDatabase {
  const { readonly = false, timeoutMs: timeout = BUSY_TIMEOUT_MILLISECONDS } = options;
  if (typeof source === "string" && source !== ":memory:") {
    requireInside(source);
    if (!readonly && !existsSync(source)) createPrivate(source);
  }
  return openNativeNow(() => new Database(source, { readonly, timeout })); // the first call loads the native library
}

/** Changes if the file is replaced, e.g. by `restore` or `reindex`. */
export function identityOf(path: string): string {
  const stat = statSync(path, { bigint: true, throwIfNoEntry: false });
  return stat === undefined ? "none" : `${stat.dev} ${stat.ino}`;
}

/** SQLite gives the files beside a database its permissions. If it cannot be created, SQLite reports the error. */
function createPrivate(path: string): void {
  try {
    closeSync(openSync(path, "a", PRIVATE));
  } catch (error) {
    if (errorCode(error) === undefined) throw error;
  }
}

/** Otherwise an untrusted workspace could change the database of another program, or create files anywhere. */
function requireInside(path: string): void {
  if (lstatSync(path, { throwIfNoEntry: false })?.isSymbolicLink() !== true) return;
  const folder = realpathSync(dirname(path));
  if (resolve(folder, readlinkSync(path)).startsWith(folder + sep)) return;
  throw new MlctlError("usage", `${basename(path)} is a link that leads out of its folder`, {
    hint: 'replace the link with a file, or set another path as "database" in config.json',
  });
}

/** SQLite does not wait when two connections turn on WAL at once. */
const RETRY_MILLISECONDS = 20;

export interface SqliteSchema extends SqliteFile {
  /** A table that every such file has. */
  readonly table: string;
  /** SQL that creates the tables, and their version (user_version). */
  readonly create: string;
  readonly version: number;
}

/**
 * For writers: creates the file if needed, which is safe with several processes at once.
 * @throws {MlctlError} if it is damaged, cannot be written, is of another mlctl or of another program: it is not changed
 */
export function openPrepared(schema: SqliteSchema, options: { readonly timeoutMs?: number } = {}): SqliteDatabase {
  return withSqliteErrors(schema, () => {
    const database = openSqlite(schema.path, options);
    try {
      database.pragma("foreign_keys = ON");
      refuseOthers(database, schema);
      // Returns the space of deleted rows to the file system. Only possible before the first table is created.
      database.pragma("auto_vacuum = INCREMENTAL");
      createTables(database, schema);
      retryWhileBusy(() => database.pragma("journal_mode = WAL"));
      // A kill loses nothing; a power cut may lose the last transactions, but does not damage the file.
      database.pragma("synchronous = NORMAL");
      return database;
    } catch (error) {
      database.close();
      throw error;
    }
  });
}

/**
 * For readers, which change nothing. SQLite's errors are not converted.
 * @param options.stays the connection stays open and must see later writes of other processes
 * @param options.bytes of the file, to read them instead
 * @returns undefined without a file, with an empty one, and while a writer creates its tables
 */
export function openReadonly(
  schema: SqliteSchema,
  { stays = false, bytes }: { readonly stays?: boolean; readonly bytes?: Buffer } = {},
): SqliteDatabase | undefined {
  const { path } = schema;
  if (!existsSync(path) || statSync(path).size === 0) return undefined;
  const database = openSqlite(bytes ?? (stays ? undefined : bytesAtRest(path)) ?? path, { readonly: true });
  try {
    refuseOthers(database, schema);
    if (userVersion(database) === schema.version) return database;
  } catch (error) {
    database.close();
    throw error;
  }
  database.close();
  return undefined;
}

/** Looks again inside the transaction, because another process may have created them while this one waited. */
function createTables(database: SqliteDatabase, schema: SqliteSchema): void {
  if (userVersion(database) === schema.version) return;
  const create = database.transaction(() => {
    refuseOthers(database, schema);
    if (userVersion(database) === schema.version) return;
    database.exec(schema.create);
    database.pragma(`user_version = ${schema.version}`);
  });
  create.immediate();
}

function refuseOthers(database: SqliteDatabase, { name, table, version }: SqliteSchema): void {
  const tables = database.prepare("SELECT name FROM sqlite_schema WHERE type = 'table'").pluck().all();
  if (tables.length > 0 && !tables.includes(table)) {
    const hint = 'set another path as "database" in config.json; the file was not changed';
    throw new MlctlError("usage", `${name} is a database of another program`, { hint });
  }
  const found = userVersion(database);
  if (found === 0 || found === version) return;
  const isNewer = found > version;
  const message = `${name} has schema version ${found}, written by ${isNewer ? "a newer" : "an older"} mlctl; this one supports ${version}`;
  const hint = `${isNewer ? "update mlctl" : "use that mlctl"}; the file was not changed`;
  throw new MlctlError("data", message, { hint });
}

function userVersion(database: SqliteDatabase): number {
  return database.pragma("user_version", { simple: true }) as number;
}

function retryWhileBusy(work: () => void): void {
  const deadline = performance.now() + BUSY_TIMEOUT_MILLISECONDS;
  for (;;) {
    try {
      return work();
    } catch (error) {
      if (sqliteCode(error) !== "SQLITE_BUSY" || performance.now() > deadline) throw error;
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, RETRY_MILLISECONDS);
    }
  }
}

/** A larger file is opened by SQLite. */
const MAX_BYTES_IN_MEMORY = 1 << 28;

/**
 * Even a read-only connection to a database in WAL mode creates `-wal` and `-shm` files. So if no other process has the
 * database open, its bytes are read instead. Undefined if a process has it open, or opens it meanwhile, or it is too large.
 */
export function bytesAtRest(path: string): Buffer | undefined {
  const state = (): string | undefined => {
    const { size, mtimeNs } = statSync(path, { bigint: true });
    // An empty one was left by a process that could not write on a full disk.
    const hasLog = (statSync(`${path}-wal`, { throwIfNoEntry: false })?.size ?? 0) > 0;
    return hasLog || size > MAX_BYTES_IN_MEMORY ? undefined : `${size} ${mtimeNs}`;
  };
  const before = state();
  if (before === undefined) return undefined;
  let bytes: Buffer;
  try {
    bytes = readFileSync(path);
  } catch {
    // SQLite reports the error.
    return undefined;
  }
  if (state() !== before) return undefined;
  // Read and write version 2 means WAL mode, which a database in memory does not support
  // (https://sqlite.org/fileformat.html).
  if (bytes[18] === 2 && bytes[19] === 2) bytes.fill(1, 18, 20);
  return bytes;
}
