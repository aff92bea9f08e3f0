/** Opens SQLite databases. The only file that imports better-sqlite3. */
import {
  closeSync,
  existsSync,
  lstatSync,
  openSync,
  readlinkSync,
  realpathSync,
  statSync,
  accessSync,
  constants,
  readFileSync,
} from "node:fs";
import { basename, dirname, resolve, sep } from "node:path";
import Database from "better-sqlite3";
import { MlctlError } from "../../core/errors.ts";
import { openNativeNow } from "../../core/nativeCalls.ts";
import { PRIVATE, errorCode, folderFailure, noSpace } from "../files/atomicWrite.ts";

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

/** The primary result code, such as "SQLITE_BUSY" or "SQLITE_CORRUPT"; undefined for other errors. */
export function sqliteCode(error: unknown): string | undefined {
  const code = errorCode(error);
  return code?.startsWith("SQLITE_") === true ? code.split("_").slice(0, 2).join("_") : undefined;
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

export interface SqliteFile {
  readonly path: string;
  /** Name of the file in errors, such as "the store mlctl.db". */
  readonly name: string;
  /** The next step if the file is damaged. */
  readonly repair: string;
  /** The next step after an unexpected error. */
  readonly check: string;
}

/** Such files may be replaced if they are damaged. */
const DATABASE_NAME = /\.(db|sqlite3?|predictions)$/i;

/** @returns undefined for errors of other origin */
export function sqliteFailure(error: unknown, { path, name, repair, check }: SqliteFile): MlctlError | undefined {
  const failure = (message: string, hint: string, kind: "data" | "busy" | "failure" = "failure"): MlctlError =>
    new MlctlError(kind, message, { hint, cause: error });
  const code = sqliteCode(error);
  if (code === "SQLITE_NOTADB" && !DATABASE_NAME.test(path)) {
    // Perhaps a file of the user, which must not be replaced: without a cause it does not count as damaged.
    const hint = 'set another path as "database" in config.json, or move the file away';
    return new MlctlError("usage", `${path} exists and is not a database`, { hint });
  }
  switch (code) {
    case undefined:
      return undefined;
    case "SQLITE_NOTADB":
    case "SQLITE_CORRUPT":
      return failure(`${name} is damaged`, repair, "data");
    case "SQLITE_BUSY":
    case "SQLITE_LOCKED":
      return failure(`${name} is in use by another process`, "try again", "busy");
    case "SQLITE_FULL":
      return noSpace(path);
    // Of a full disk too, when the -shm file next to the database cannot grow.
    case "SQLITE_IOERR":
      return (
        folderFailure(dirname(path), path) ??
        failure(`cannot read or write ${path}: disk I/O error`, "free some space, or check the disk")
      );
    case "SQLITE_CANTOPEN":
    case "SQLITE_READONLY":
    case "SQLITE_PERM":
      return (
        unreadable(path) ??
        folderFailure(dirname(path), path) ??
        failure(`cannot open ${path} for writing`, "check the permissions of its folder")
      );
    default:
      return failure(`${name} failed: ${String(error)}`, check);
  }
}

function unreadable(path: string): MlctlError | undefined {
  try {
    accessSync(path, constants.R_OK);
    return undefined;
  } catch (error) {
    if (errorCode(error) !== "EACCES") return undefined;
    const hint = "run mlctl as its owner, or make it readable for this user";
    return new MlctlError("failure", `${path} belongs to another user, who alone can read it`, { hint, cause: error });
  }
}

/** SQLite does not wait when two connections turn on WAL at once. */
const RETRY_MILLISECONDS = 20;

export interface SqliteSchema {
  /** Name of the file in errors, such as "the store mlctl.db". */
  readonly name: string;
  /** A table that every such file has. */
  readonly table: string;
  /** SQL scripts; their number is the schema version of the file (user_version). */
  readonly migrations: readonly string[];
}

/**
 * @throws {MlctlError} kind "data" for a file of a newer mlctl, "usage" for a database of another program: they are not
 *   changed
 */
export function openPrepared(path: string, schema: SqliteSchema, timeoutMs?: number): SqliteDatabase {
  const database = openSqlite(path, timeoutMs === undefined ? {} : { timeoutMs });
  try {
    database.pragma("foreign_keys = ON");
    refuseOthers(database, schema);
    // Returns the space of deleted rows to the file system. Only possible before the first table is created.
    database.pragma("auto_vacuum = INCREMENTAL");
    migrate(database, schema);
    retryWhileBusy(() => database.pragma("journal_mode = WAL"));
    // A kill loses nothing; a power cut may lose the last transactions, but does not damage the file.
    database.pragma("synchronous = NORMAL");
    return database;
  } catch (error) {
    database.close();
    throw error;
  }
}

/** For readers, which do not migrate. @throws {MlctlError} kind "data" for a file of a newer mlctl */
export function isCurrent(database: SqliteDatabase, schema: SqliteSchema): boolean {
  refuseOthers(database, schema);
  return userVersion(database) === schema.migrations.length;
}

/** Checks the version again inside the transaction, because another process may have migrated while this one waited. */
function migrate(database: SqliteDatabase, schema: SqliteSchema): void {
  const { migrations } = schema;
  if (userVersion(database) === migrations.length) return;
  const steps = database.transaction(() => {
    refuseOthers(database, schema);
    for (const step of migrations.slice(userVersion(database))) database.exec(step);
    database.pragma(`user_version = ${migrations.length}`);
  });
  steps.immediate();
}

function refuseOthers(database: SqliteDatabase, { name, table, migrations }: SqliteSchema): void {
  const tables = database.prepare("SELECT name FROM sqlite_schema WHERE type = 'table'").pluck().all();
  if (tables.length > 0 && !tables.includes(table)) {
    const hint = 'set another path as "database" in config.json; the file was not changed';
    throw new MlctlError("usage", `${name} is a database of another program`, { hint });
  }
  const version = userVersion(database);
  if (version <= migrations.length) return;
  throw new MlctlError(
    "data",
    `${name} has schema version ${version}, written by a newer mlctl; this one supports up to ${migrations.length}`,
    { hint: "update mlctl; the file was not changed" },
  );
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
