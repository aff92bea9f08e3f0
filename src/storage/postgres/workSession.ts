/**
 * The connection of a worker, or of a command that offers work. The locks that its session holds are its sign of life: the
 * server frees them at once when the process ends, and after 25 s when its host does.
 */
import type { DatabaseAddress } from "../../core/databaseAddress.ts";
import { connect, type Connection, lockKey, SCHEMA_LOCK, sqlState } from "./connect.ts";
import { refusePooling } from "./writeLock.ts";
import type { WorkBytes } from "../records/work.ts";

export type WorkSession = ReturnType<typeof workSession>;

/** A query of a session whose network is gone would wait for a quarter of an hour. */
const SILENCE_MILLISECONDS = 20_000;

/** Connects again, and takes its locks again, after the connection was lost. @param name shown to other users of the database */
export function workSession(address: DatabaseAddress, name: string) {
  const held = new Map<string, readonly [kind: number, key: number]>();
  let opened: Connection | undefined;
  const connected = async (): Promise<Connection> => {
    if (opened?.isOpen() === true) return opened;
    const connection = await connect(address, name, undefined, SILENCE_MILLISECONDS);
    try {
      await refusePooling(connection, address);
      for (const lock of held.values()) await connection.query(LOCK, lock);
    } catch (error) {
      void connection.end();
      throw error;
    }
    return (opened = connection);
  };
  const answered = async <T>(sql: string, values?: readonly unknown[]): Promise<T[]> => {
    const connection = await connected();
    try {
      return await connection.query<T>(sql, values);
    } catch (error) {
      if (sqlState(error) === undefined) {
        opened = undefined;
        void connection.end();
      }
      throw error;
    }
  };
  let last: Promise<unknown> = Promise.resolve();
  /** One after the other: the client takes one query at a time. */
  const query = <T = unknown>(sql: string, values?: readonly unknown[]): Promise<T[]> => {
    const result = last.then(() => answered<T>(sql, values));
    last = result.catch(() => {});
    return result;
  };
  return {
    query,
    async hold(kind: number, of: string): Promise<void> {
      const lock = [kind, lockKey(of)] as const;
      await query(LOCK, lock);
      held.set(`${kind} ${of}`, lock);
    },
    async release(kind: number, of: string): Promise<void> {
      if (held.delete(`${kind} ${of}`)) await query("SELECT pg_advisory_unlock($1, $2)", [kind, lockKey(of)]);
    },
    async end(): Promise<void> {
      const connection = opened;
      opened = undefined;
      await connection?.end();
    },
  };
}

const LOCK = "SELECT pg_try_advisory_lock($1, $2)";

/** Of a row: larger ones take the memory of the server several times. */
const PART_BYTES = 8_000_000;

/** @param schema exists before the first call */
export function tableOfWorkBytes(session: WorkSession, schema: string): WorkBytes {
  const table = `${schema}.work_bytes`;
  const create = `BEGIN; SELECT pg_advisory_xact_lock(${SCHEMA_LOCK}, 1);
    CREATE TABLE IF NOT EXISTS ${table} (offer text, part int, bytes bytea NOT NULL, PRIMARY KEY (offer, part)); COMMIT`;
  return {
    async put(offer, bytes) {
      await session.query(create);
      for (let part = 0; part === 0 || part * PART_BYTES < bytes.length; part++) {
        const piece = bytes.subarray(part * PART_BYTES, (part + 1) * PART_BYTES);
        await session.query(`INSERT INTO ${table} VALUES ($1, $2, $3)`, [offer, part, piece]);
      }
    },
    async get(offer) {
      const parts: Buffer[] = [];
      for (;;) {
        const sql = `SELECT bytes FROM ${table} WHERE offer = $1 AND part = $2`;
        const [row] = await session.query<{ bytes: Buffer }>(sql, [offer, parts.length]);
        if (row === undefined) return parts.length === 0 ? undefined : Buffer.concat(parts);
        parts.push(row.bytes);
      }
    },
    async remove(offer) {
      await session.query(create);
      await session.query(`DELETE FROM ${table} WHERE offer = $1`, [offer]);
    },
  };
}
