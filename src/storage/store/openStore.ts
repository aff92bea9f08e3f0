/** Opens the index: for writers with its file, for readers without ever making or migrating one. */
import { existsSync, statSync } from "node:fs";
import { MlctlError } from "../../core/errors.ts";
import { BUSY_TIMEOUT_MILLISECONDS, openSqlite, sqliteCode, type SqliteDatabase } from "../sqlite.ts";
import { migrations } from "./migrations.ts";
import type { RunStore } from "./runStore.ts";
import { SqliteStore } from "./sqliteStore.ts";
import { withStoreErrors } from "./storeFailure.ts";

/** SQLite does not wait by itself when two connections turn on WAL at once. */
const RETRY_MILLISECONDS = 20;

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
 * without writing (a read-only folder): the records say the same.
 * @throws {MlctlError} kind "data" where the file is damaged or from a newer mlctl
 */
export function openStoreReadonly(path: string): RunStore | undefined {
  if (!existsSync(path) || statSync(path).size === 0) return undefined;
  return withStoreErrors(path, () => {
    const database = openSqlite(path, { readonly: true });
    try {
      refuseNewer(database, path);
      if (userVersion(database) === migrations.length) return new SqliteStore(database, path);
    } catch (error) {
      database.close();
      if (!["SQLITE_CANTOPEN", "SQLITE_READONLY"].includes(sqliteCode(error) ?? "")) throw error;
    }
    database.close();
    return undefined;
  });
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
