/** The write lock, one per workspace; readers do not need it. */
import { readFileSync, rmSync } from "node:fs";
import { hostname } from "node:os";
import { dirname } from "node:path";
import { MlctlError } from "../core/errors.ts";
import { atomicWrite, ensureFolder, processIsAlive } from "./files/atomicWrite.ts";
import { lockBusy, pauseForLock, type LockHolder, type LockRequest } from "./records/records.ts";
import { sqliteCode, sqliteFailure } from "./sqlite/failure.ts";
import { openSqlite, type SqliteDatabase } from "./sqlite/sqlite.ts";

export interface LockOptions extends LockRequest {
  /** Path of the workspace's index; the lock file is `<database>.lock`. */
  readonly database: string;
}

/**
 * Takes the lock: an exclusive transaction on a small SQLite file. It ends with the process, so a killed holder frees the
 * lock at once and no stale lock can exist. Not re-entrant: a step that runs inside another one uses its lock.
 *
 * @returns release, to be called once; calling it again does nothing
 * @throws {MlctlError} kind "busy" if the lock is still taken after `waitMs`; "interrupted" on `signal`
 */
export async function acquireLock(options: LockOptions): Promise<() => void> {
  const { database, command, now, waitMs, onWait, signal } = options;
  const deadline = performance.now() + waitMs;
  ensureFolder(dirname(database));
  let lock: SqliteDatabase | undefined;
  try {
    lock = openSqlite(`${database}.lock`, { timeoutMs: 0 });
    for (let reported = false; !tryLock(lock);) {
      const busy = lockBusy(lockHolder(database));
      if (performance.now() >= deadline) throw busy;
      if (!reported) onWait?.(busy.message);
      reported = true;
      await pauseForLock(signal);
    }
    const holder: LockHolder = { pid: process.pid, host: hostname(), command, since: now().toISOString() };
    atomicWrite(lockNotePath(database), `${JSON.stringify(holder, null, 2)}\n`);
  } catch (error) {
    lock?.close();
    throw lockFailure(error, database);
  }
  const held = lock;
  return () => release(held, database);
}

/** The holder of the lock; undefined if its note is missing or names a process that is gone. */
export function lockHolder(database: string): LockHolder | undefined {
  try {
    const holder = JSON.parse(readFileSync(lockNotePath(database), "utf8")) as LockHolder;
    return holder.host !== hostname() || processIsAlive(holder.pid) ? holder : undefined;
  } catch {
    // The note is informative only: it is written just after the lock is taken and removed just before it is released.
    return undefined;
  }
}

function tryLock(lock: SqliteDatabase): boolean {
  try {
    lock.exec("BEGIN EXCLUSIVE");
    return true;
  } catch (error) {
    if (sqliteCode(error) === "SQLITE_BUSY") return false;
    throw error;
  }
}

function release(lock: SqliteDatabase, database: string): void {
  if (!lock.open) return;
  try {
    rmSync(lockNotePath(database), { force: true });
  } catch {
    // A disk that became read-only. The note is informative only.
  }
  lock.close();
}

function lockFailure(error: unknown, database: string): MlctlError {
  if (error instanceof MlctlError) return error;
  const path = `${database}.lock`;
  const check = "the folder must exist and be writable for commands that change the workspace";
  const isDamaged = ["SQLITE_NOTADB", "SQLITE_CORRUPT"].includes(sqliteCode(error) ?? "");
  const failure = isDamaged ? undefined : sqliteFailure(error, { path, name: path, repair: check, check });
  if (failure !== undefined) return failure;
  return new MlctlError("failure", `cannot lock the workspace at ${path}: ${String(sqliteCode(error) ?? error)}`, {
    hint: isDamaged ? "delete the file: it contains no data" : check,
    cause: error,
  });
}

/** A JSON file beside the lock that names its holder. */
export function lockNotePath(database: string): string {
  return `${database}.lock.json`;
}
