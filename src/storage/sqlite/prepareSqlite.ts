/** Makes a database file ready for writers: its schema brought up to date, WAL on, safely when several come first at once. */
import { MlctlError } from "../../core/errors.ts";
import { BUSY_TIMEOUT_MILLISECONDS, sqliteCode, type SqliteDatabase } from "./sqlite.ts";

/** SQLite does not wait by itself when two connections turn on WAL at once. */
const RETRY_MILLISECONDS = 20;

export interface SqliteSchema {
  /** How errors name the file: "the store mlctl.db". */
  readonly name: string;
  /** The steps that lead to the schema; their number is the version of the file (user_version). */
  readonly migrations: readonly string[];
}

/** @throws {MlctlError} kind "data" for a file of a newer mlctl, which is left as it is */
export function prepareSqlite(database: SqliteDatabase, schema: SqliteSchema): void {
  database.pragma("foreign_keys = ON");
  refuseNewer(database, schema);
  migrate(database, schema);
  retryWhileBusy(() => database.pragma("journal_mode = WAL"));
  // A kill loses nothing; a power cut may take the last transactions with it, never the file.
  database.pragma("synchronous = NORMAL");
}

/** For readers, who migrate nothing. @throws {MlctlError} kind "data" for a file of a newer mlctl */
export function isCurrent(database: SqliteDatabase, schema: SqliteSchema): boolean {
  refuseNewer(database, schema);
  return userVersion(database) === schema.migrations.length;
}

/** The version is looked at again inside the transaction: another process may have migrated while this one waited. */
function migrate(database: SqliteDatabase, schema: SqliteSchema): void {
  const { migrations } = schema;
  if (userVersion(database) === migrations.length) return;
  const steps = database.transaction(() => {
    refuseNewer(database, schema);
    for (const step of migrations.slice(userVersion(database))) database.exec(step);
    database.pragma(`user_version = ${migrations.length}`);
  });
  steps.immediate();
}

function refuseNewer(database: SqliteDatabase, { name, migrations }: SqliteSchema): void {
  const version = userVersion(database);
  if (version <= migrations.length) return;
  throw new MlctlError(
    "data",
    `${name} is of version ${version}, written by a newer mlctl; this one knows up to ${migrations.length}`,
    { hint: "update mlctl; the file was left as it is" },
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
