/** Moves the records of a workspace from its folders to Postgres, and back: the same paths, the same bytes. */
import type { DatabaseAddress } from "../../core/databaseAddress.ts";
import { MlctlError } from "../../core/errors.ts";
import { sha256Text } from "../files/workspacePaths.ts";
import type { LockRequest } from "../records/records.ts";
import { type Connection, inTransaction } from "./connect.ts";
import { MOVED, removeRows, writeRows, type CurrentRow, type NewRow } from "./rows.ts";
import { ensureSchema } from "./schema.ts";
import { takeWriteLock, type WriteLock } from "./writeLock.ts";

/** Parameters of one statement: about 10 MB. */
const BATCH = 500;

/**
 * Writes all records in one transaction. Writes nothing if the database has exactly these, from a call that was killed.
 * @param rows deployments have different numbers
 * @throws {MlctlError} "notReady" if the database has other records under this name
 */
export async function moveIn(
  address: DatabaseAddress,
  { rows, states }: { readonly rows: readonly NewRow[]; readonly states: readonly State[] },
  request: LockRequest,
): Promise<void> {
  await underLock(address, request, async ({ connection, fence }) => {
    await ensureSchema(connection, address);
    await inTransaction(connection, async () => {
      await fence();
      const there = await currentRows(connection, address);
      const isMoved = there.some(({ kind }) => kind === MOVED.kind);
      const hashes = new Map(rows.map(({ path, text }) => [path, sha256Text(text)]));
      const isSame = there.length === rows.length && there.every(({ path, sha256 }) => hashes.get(path) === sha256);
      if (isSame) return;
      if (there.length > 0 && !isMoved) {
        const message = `${address.shown} already has ${there.length} records of another workspace`;
        const hint = "give this workspace a name of its own: add ?workspace=NAME to the address";
        throw new MlctlError("notReady", message, { hint });
      }
      // What a workspace that was moved away left there, and its mark.
      for (const table of [
        "logged_label USING logged_prediction p WHERE p.seq = logged_label.seq AND",
        "logged_prediction p WHERE",
        "logged_hour p WHERE",
        "state p WHERE",
      ])
        await connection.query(`DELETE FROM ${table} p.workspace = $1`, [address.workspace]);
      const old = there.map(({ path }) => path);
      await removeRows(connection, address, old);
      for (let i = 0; i < rows.length; i += BATCH) await writeRows(connection, address, rows.slice(i, i + BATCH));
      for (const state of states)
        await connection.query("INSERT INTO state (workspace, name, text) VALUES ($1, $2, $3)", [
          address.workspace,
          ...state,
        ]);
      const [found] = await connection.query<{ count: number }>(
        `SELECT count(*)::int AS count FROM record
         WHERE workspace = $1 AND NOT gone AND sha256 = encode(sha256(convert_to(text, 'UTF8')), 'hex')`,
        [address.workspace],
      );
      if (found?.count === rows.length) return;
      const message = `${address.shown} has ${found?.count} of ${rows.length} records: nothing was moved`;
      throw new MlctlError("failure", message);
    });
  });
}

export type State = readonly [name: string, text: string];

export type StoredText = Pick<NewRow, "path" | "text">;

/**
 * Reads all records, and marks the workspace as moved once `keep` has written them: from then on, no machine goes on with
 * those in the database. They stay there, for views.
 * @param to for people of other machines: where they are now
 */
export async function moveOut(
  address: DatabaseAddress,
  {
    to,
    keep,
    ...request
  }: LockRequest & {
    readonly to: string;
    readonly keep: (rows: readonly StoredText[], states: readonly State[]) => Promise<void>;
  },
): Promise<number> {
  return underLock(address, request, async ({ connection, fence }) => {
    await ensureSchema(connection, address);
    const rows = (await currentRows(connection, address)).filter(({ kind }) => kind !== MOVED.kind);
    const damaged = rows.filter(({ text, sha256 }) => text === null || sha256Text(text) !== sha256);
    if (damaged.length > 0) {
      throw new MlctlError("data", `${damaged.length} records in ${address.shown} are damaged: nothing was moved`, {
        details: damaged.map(({ path }) => path),
      });
    }
    const states = await connection.query<{ name: string; text: string }>(
      "SELECT name, text FROM state WHERE workspace = $1 AND text IS NOT NULL",
      [address.workspace],
    );
    await keep(
      rows.map(({ path, text }) => ({ path, text: text! })),
      states.map(({ name, text }) => [name, text]),
    );
    await inTransaction(connection, async () => {
      await fence();
      await connection.query(
        `INSERT INTO record (workspace, path, seq, kind, text)
         SELECT $1, $2, coalesce(max(seq), 0) + 1, $3, $4 FROM record WHERE workspace = $1
         ON CONFLICT (workspace, path) DO UPDATE SET seq = excluded.seq, text = excluded.text, gone = false`,
        [address.workspace, MOVED.path, MOVED.kind, to],
      );
    });
    return rows.length;
  });
}

async function underLock<T>(
  address: DatabaseAddress,
  request: LockRequest,
  work: (lock: WriteLock) => Promise<T>,
): Promise<T> {
  const lock = await takeWriteLock(address, request);
  try {
    return await work(lock);
  } finally {
    await lock.release();
  }
}

function currentRows(connection: Connection, { workspace }: DatabaseAddress): Promise<CurrentRow[]> {
  return connection.query(
    "SELECT path, kind, sha256, text FROM record WHERE workspace = $1 AND NOT gone ORDER BY seq",
    [workspace],
  );
}
