/** The write lock: an advisory lock of the one connection that also commits, and the fence that each commit asks. */
import { randomUUID } from "node:crypto";
import { hostname } from "node:os";
import type { DatabaseAddress } from "../../core/databaseAddress.ts";
import { messageOf, MlctlError } from "../../core/errors.ts";
import { type LockHolder, type LockRequest, lockBusy, pauseForLock } from "../records/records.ts";
import { connect, type Connection, JOB_LOCK, WRITE_LOCK, lockKey } from "./connect.ts";

export interface WriteLock {
  readonly connection: Connection;
  /**
   * Part of each transaction. @throws {MlctlError} kind "failure" if this process no longer holds the lock: the connection
   * was cut, or a pooler gives each transaction another session of the server
   */
  fence(): Promise<void>;
  /** At the beginning and in each transaction: what the records are now. */
  remember(): Promise<void>;
  /**
   * Takes the lock again after the connection was lost, so that hours of training survive a restart of the server.
   * @throws {MlctlError} kind "failure" if another process changed the records meanwhile, or the server stays away
   */
  renewed(): Promise<WriteLock>;
  release(): Promise<void>;
}

/** How long a server may be away while a process holds the lock. */
const AWAY_MILLISECONDS = 60_000;

/** Names the session of the server, so that two clients that a pooler lets share one do not both believe they hold its lock. */
const NAME = "mlctl.holder";

export async function takeWriteLock(
  address: DatabaseAddress,
  request: LockRequest,
  remembered: string | undefined = undefined,
): Promise<WriteLock> {
  let newest = remembered;
  const key = lockOf(address, request.job);
  // Shown in pg_stat_activity; Postgres cuts it after 63 bytes.
  const application = `${request.command} #${process.pid}@${hostname()}`.slice(0, 63);
  const connection = await connect(address, application);
  try {
    const name = randomUUID();
    await refusePooling(connection, address, name);
    await waitForLock(connection, key, request);
    return {
      connection,
      fence: () => fence(connection, address, { key, name }),
      async remember() {
        newest = await newestRecord(connection, address);
      },
      async renewed() {
        const lost = `the connection to the database ${address.shown} was lost`;
        request.onWait?.(`${lost}: trying for ${AWAY_MILLISECONDS / 1000} s`);
        const again = await patiently(request.signal, () =>
          takeWriteLock(address, { ...request, waitMs: AWAY_MILLISECONDS }, newest),
        );
        if ((await newestRecord(again.connection, address)) === newest) return again;
        await again.release();
        const message = `${lost}, and another process changed the records meanwhile`;
        throw new MlctlError("failure", message, { hint: "run the command again" });
      },
      async release() {
        // Ending the connection frees it as well, but only a moment later.
        await connection.query("SELECT pg_advisory_unlock_all()").catch(() => {});
        await connection.end();
      },
    };
  } catch (error) {
    await connection.end();
    throw error;
  }
}

/**
 * The lock of a job, which may run for hours and asks the database nothing meanwhile: it is taken again whenever the
 * connection was lost, however long the server is away.
 * @returns release
 */
export async function takeJobLock(address: DatabaseAddress, request: LockRequest): Promise<() => Promise<void>> {
  let lock = await takeWriteLock(address, request);
  const released = new AbortController();
  const keep = async (): Promise<void> => {
    for (;;) {
      await lock.connection.closed;
      const again = (): Promise<WriteLock> => takeWriteLock(address, { ...request, signal: released.signal });
      lock = await patiently(released.signal, again, Infinity);
      if (released.signal.aborted) return lock.release();
    }
  };
  const kept = keep().catch((error: unknown) => {
    if (!released.signal.aborted)
      request.onLost?.(`the connection to the database was lost, and then its lock: ${messageOf(error)}`);
  });
  return async () => {
    released.abort();
    await lock.release();
    await kept;
  };
}

/** Executions are saved without the lock. */
async function newestRecord(connection: Connection, { workspace }: DatabaseAddress): Promise<string> {
  const sql =
    "SELECT coalesce(max(seq), 0) AS seq FROM record WHERE workspace = $1 AND kind IS DISTINCT FROM 'execution'";
  return (await connection.query<{ seq: string }>(sql, [workspace]))[0]!.seq;
}

async function patiently<T>(
  signal: AbortSignal | undefined,
  work: () => Promise<T>,
  milliseconds = AWAY_MILLISECONDS,
): Promise<T> {
  const deadline = performance.now() + milliseconds;
  for (;;) {
    try {
      signal?.throwIfAborted();
      return await work();
    } catch (error) {
      const isBusy = error instanceof MlctlError && error.kind !== "failure";
      if (isBusy || performance.now() >= deadline) throw error;
      await pauseForLock(signal);
    }
  }
}

type LockKey = readonly [number, number];

/** @param job undefined: the lock of the workspace */
export function lockOf({ workspace }: DatabaseAddress, job?: string): LockKey {
  return job === undefined ? [WRITE_LOCK, lockKey(workspace)] : [JOB_LOCK, lockKey(`${workspace}\n${job}`)];
}

export async function holderOf(connection: Connection, key: LockKey): Promise<LockHolder | undefined> {
  const [found] = await connection.query<{ name: string | null; since: Date | null }>(
    `SELECT a.application_name AS name, a.backend_start AS since FROM pg_locks l JOIN pg_stat_activity a USING (pid)
     WHERE ${LOCK_ROW}`,
    key,
  );
  if (found === undefined) return undefined;
  const [, command = "mlctl", pid = "0", host = ""] = /^(.*) #(\d+)@(.*)$/.exec(found.name ?? "") ?? [];
  return { command, pid: Number(pid), host, since: found.since?.toISOString() ?? "" };
}

const LOCK_ROW = `l.locktype = 'advisory' AND l.granted AND l.objsubid = 2 AND l.classid = $1::bigint AND l.objid = $2::bigint
  AND l.database = (SELECT oid FROM pg_database WHERE datname = current_database())`;

async function waitForLock(connection: Connection, key: LockKey, request: LockRequest): Promise<void> {
  const deadline = performance.now() + request.waitMs;
  for (let reported = false; ; reported = true) {
    const [taken] = await connection.query<{ ok: boolean }>("SELECT pg_try_advisory_lock($1, $2) AS ok", key);
    if (taken?.ok === true) return;
    if (!reported || performance.now() >= deadline) {
      const busy = lockBusy(await holderOf(connection, key));
      if (performance.now() >= deadline) throw busy;
      request.onWait?.(busy.message);
    }
    await pauseForLock(request.signal);
  }
}

async function fence(
  connection: Connection,
  address: DatabaseAddress,
  { key, name }: { readonly key: LockKey; readonly name: string },
): Promise<void> {
  const [found] = await connection.query<{ ok: boolean }>(
    `SELECT coalesce(current_setting('${NAME}', true), '') = $3
       AND EXISTS (SELECT FROM pg_locks l WHERE l.pid = pg_backend_pid() AND ${LOCK_ROW}) AS ok`,
    [...key, name],
  );
  if (found?.ok !== true) throw pooled(address);
}

/**
 * Finds PgBouncer in transaction mode before anything is written: there, another client sees this session's name, or this
 * session has one already. What this misses (several idle sessions in the pool), the fence finds.
 */
export async function refusePooling(
  connection: Connection,
  address: DatabaseAddress,
  name: string = randomUUID(),
): Promise<void> {
  const sessionOf = async (from: Connection): Promise<{ pid: number; name: string }> => {
    const sql = `SELECT pg_backend_pid() AS pid, coalesce(current_setting('${NAME}', true), '') AS name`;
    return (await from.query<{ pid: number; name: string }>(sql))[0]!;
  };
  const own = await sessionOf(connection);
  if (own.name !== "") throw pooled(address);
  await connection.query(`SELECT set_config('${NAME}', $1, false)`, [name]);
  // A pooler makes up the number that it gives its clients.
  if (own.pid === connection.processId) return;
  // A pool with a single session in session mode keeps a second client waiting.
  const other = await connect(address, "mlctl", POOL_MILLISECONDS).catch(() => undefined);
  if (other === undefined) return;
  try {
    if ((await sessionOf(other)).name !== "") throw pooled(address);
  } finally {
    await other.end();
  }
}

const POOL_MILLISECONDS = 2000;

function pooled({ shown }: DatabaseAddress): MlctlError {
  const message = `${shown} gives each transaction another session of the server, or took the lock away`;
  return new MlctlError("failure", message, {
    hint: 'name the server\'s own port in "database" (5432, not that of PgBouncer), or set pool_mode = session: nothing was saved',
  });
}
