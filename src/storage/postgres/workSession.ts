/**
 * The connection of a worker, or of a command that offers work. The locks that its session holds are its sign of life: the
 * server frees them at once when the process ends, and after 25 s when its host does.
 */
import type { DatabaseAddress } from "../../core/databaseAddress.ts";
import { MlctlError } from "../../core/errors.ts";
import { connect, type Connection } from "./connect.ts";
import { lockKey } from "./keys.ts";
import { refusePooling } from "./writeLock.ts";

export interface WorkSession {
  /** Connects again, and takes its locks again, after the connection was lost. */
  query<T = unknown>(sql: string, values?: readonly unknown[]): Promise<T[]>;
  hold(kind: number, name: string): Promise<void>;
  release(kind: number, name: string): Promise<void>;
  end(): Promise<void>;
}

/** A query of a session whose network is gone would wait for a quarter of an hour. */
const SILENCE_MILLISECONDS = 20_000;

/** @param name shown to other users of the database */
export function workSession(address: DatabaseAddress, name: string): WorkSession {
  const held = new Map<string, readonly [kind: number, key: number]>();
  let opened: Connection | undefined;
  const connected = async (): Promise<Connection> => {
    if (opened?.isOpen() === true) return opened;
    const connection = await connect(address, name);
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
    const silent = Promise.withResolvers<never>();
    const timer = setTimeout(() => silent.reject(silence(address)), SILENCE_MILLISECONDS);
    try {
      return await Promise.race([connection.query<T>(sql, values), silent.promise]);
    } catch (error) {
      if (error instanceof MlctlError && error.message === silence(address).message) {
        opened = undefined;
        void connection.end();
      }
      throw error;
    } finally {
      clearTimeout(timer);
    }
  };
  let last: Promise<unknown> = Promise.resolve();
  /** One after the other: the client takes one query at a time. */
  const query = <T>(sql: string, values?: readonly unknown[]): Promise<T[]> => {
    const result = last.then(() => answered<T>(sql, values));
    last = result.catch(() => {});
    return result;
  };
  return {
    query,
    async hold(kind, of) {
      const lock = [kind, lockKey(of)] as const;
      await query(LOCK, lock);
      held.set(`${kind} ${of}`, lock);
    },
    async release(kind, of) {
      if (held.delete(`${kind} ${of}`)) await query("SELECT pg_advisory_unlock($1, $2)", [kind, lockKey(of)]);
    },
    async end() {
      const connection = opened;
      opened = undefined;
      await connection?.end();
    },
  };
}

const LOCK = "SELECT pg_try_advisory_lock($1, $2)";

function silence({ shown }: DatabaseAddress): MlctlError {
  return new MlctlError("failure", `the database ${shown} does not respond`, { hint: "check the network" });
}
