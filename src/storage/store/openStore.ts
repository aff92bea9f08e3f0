/** Opens the index: for writers with its file, for readers without ever making or migrating one. */
import { accessSync, constants, existsSync, readFileSync, statSync } from "node:fs";
import { MlctlError } from "../../core/errors.ts";
import { BUSY_TIMEOUT_MILLISECONDS, openSqlite, sqliteCode, type SqliteDatabase } from "../sqlite.ts";
import { migrations } from "./migrations.ts";
import type { RunStore } from "./runStore.ts";
import { SqliteStore } from "./sqliteStore.ts";
import { withStoreErrors } from "./storeFailure.ts";

/** SQLite does not wait by itself when two connections turn on WAL at once. */
const RETRY_MILLISECONDS = 20;

/** A larger store is read through its file: some 100,000 runs. */
const MOST_BYTES_IN_MEMORY = 1 << 28;

/**
 * The store for a writer; made or migrated where needed, safely also when several processes come first at once.
 * @throws {MlctlError} kind "data" where the file is damaged or from a newer mlctl (it is left as it is)
 */
export function openStore(path: string): RunStore {
  return withStoreErrors(path, () => prepared(openSqlite(path), path));
}

/** An empty store in memory. */
export function openMemoryStore(): RunStore {
  return prepared(openSqlite(":memory:"), ":memory:");
}

/**
 * The store for a reader. Undefined where its file is not there yet, is of an older version or cannot be opened
 * without writing (a read-only folder, a full disk): the records say the same.
 * @throws {MlctlError} kind "data" where the file is damaged or from a newer mlctl
 */
export function openStoreReadonly(path: string): RunStore | undefined {
  if (!existsSync(path) || statSync(path).size === 0) return undefined;
  return withStoreErrors(path, () => {
    const database = openSqlite(bytesAtRest(path) ?? path, { readonly: true });
    try {
      refuseNewer(database, path);
      if (userVersion(database) === migrations.length) return new SqliteStore(database, path);
    } catch (error) {
      database.close();
      if (!["SQLITE_CANTOPEN", "SQLITE_READONLY", "SQLITE_IOERR", "SQLITE_FULL"].includes(sqliteCode(error) ?? ""))
        throw error;
    }
    database.close();
    return undefined;
  });
}

/**
 * Even a reader of a store in WAL mode leaves `-wal` and `-shm` files. Where no other process has it open, its bytes are
 * read instead, so that looking writes nothing. Undefined where one has, or came meanwhile, or there are too many bytes.
 */
function bytesAtRest(path: string): Buffer | undefined {
  const state = (): string | undefined => {
    const { size, mtimeNs } = statSync(path, { bigint: true });
    return existsSync(`${path}-wal`) || size > MOST_BYTES_IN_MEMORY ? undefined : `${size} ${mtimeNs}`;
  };
  const before = state();
  if (before === undefined || !isReadable(path)) return undefined;
  const bytes = readFileSync(path);
  if (state() !== before) return undefined;
  // Read and write version 2 means WAL, which a database in memory cannot have (https://sqlite.org/fileformat.html).
  if (bytes[18] === 2 && bytes[19] === 2) bytes.fill(1, 18, 20);
  return bytes;
}

/** Otherwise SQLite says what is wrong. */
function isReadable(path: string): boolean {
  try {
    accessSync(path, constants.R_OK);
    return true;
  } catch {
    return false;
  }
}

function prepared(database: SqliteDatabase, path: string): RunStore {
  try {
    database.pragma("foreign_keys = ON");
    refuseNewer(database, path);
    migrate(database, path);
    retryWhileBusy(() => database.pragma("journal_mode = WAL"));
    // The records are the truth: a transaction lost in a power cut heals with the next sync.
    database.pragma("synchronous = NORMAL");
    return new SqliteStore(database, path);
  } catch (error) {
    database.close();
    throw error;
  }
}

/** The version is looked at again inside the transaction: another process may have migrated while this one waited. */
function migrate(database: SqliteDatabase, path: string): void {
  if (userVersion(database) === migrations.length) return;
  const steps = database.transaction(() => {
    refuseNewer(database, path);
    for (const step of migrations.slice(userVersion(database))) database.exec(step);
    database.pragma(`user_version = ${migrations.length}`);
  });
  steps.immediate();
}

function refuseNewer(database: SqliteDatabase, path: string): void {
  const version = userVersion(database);
  if (version <= migrations.length) return;
  throw new MlctlError(
    "data",
    `the store ${path} is of version ${version}, written by a newer mlctl; this one knows up to ${migrations.length}`,
    { hint: "update mlctl; the store was left as it is" },
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
