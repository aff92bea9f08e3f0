/** Prepares a database for writers: migrates the schema and turns on WAL; safe with several processes at once. */
import { MlctlError } from "../../core/errors.ts";
import { BUSY_TIMEOUT_MILLISECONDS, openSqlite, sqliteCode, type SqliteDatabase } from "./sqlite.ts";
import { readFileSync, statSync } from "node:fs";

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
