/** Opens the store: creates and migrates it for writers, changes nothing for readers. */
import { existsSync, statSync } from "node:fs";
import { bytesAtRest, isCurrent, openPrepared, type SqliteSchema } from "../sqlite/prepareSqlite.ts";
import { openSqlite, sqliteCode, type SqliteDatabase } from "../sqlite/sqlite.ts";
import { migrations } from "./migrations.ts";
import { RunStore } from "./runStore.ts";
import { withStoreErrors } from "./storeFailure.ts";

/**
 * The store for a writer; created or migrated if needed, which is safe with several processes at once.
 * @throws {MlctlError} kind "data" if the file is damaged or from a newer mlctl (it is not changed)
 */
export function openStore(path: string): RunStore {
  return withStoreErrors(path, () => new RunStore(openPrepared(path, schemaOf(path)), path));
}

export function openMemoryStore(): RunStore {
  return openStore(":memory:");
}

/**
 * The store for a reader. Undefined if the file does not exist, has an older version, belongs to another user, or cannot be
 * opened without writing (a read-only folder, a full disk); the caller can read the records instead.
 * @param options.stays the connection stays open and must see later writes of other processes
 * @param options.strict a file that cannot be opened without writing is an error
 * @throws {MlctlError} kind "data" if the file is damaged or from a newer mlctl
 */
export function openStoreReadonly(
  path: string,
  options: { readonly stays?: boolean; readonly strict?: boolean } = {},
): RunStore | undefined {
  if (!existsSync(path) || statSync(path).size === 0) return undefined;
  return withStoreErrors(path, () => {
    let database: SqliteDatabase | undefined;
    try {
      const atRest = options.stays === true ? undefined : bytesAtRest(path);
      database = openSqlite(atRest ?? path, { readonly: true });
      if (isCurrent(database, schemaOf(path))) return new RunStore(database, path);
    } catch (error) {
      database?.close();
      const isUnwritable = ["SQLITE_CANTOPEN", "SQLITE_READONLY", "SQLITE_IOERR", "SQLITE_FULL"];
      if (options.strict === true || !isUnwritable.includes(sqliteCode(error) ?? "")) throw error;
    }
    database?.close();
    return undefined;
  });
}

function schemaOf(path: string): SqliteSchema {
  return { name: `the store ${path}`, table: "records", migrations };
}
