/** Connects to Postgres. The password comes from PGPASSWORD or ~/.pgpass, which `pg` reads itself. */
import type pg from "pg";
import type { DatabaseAddress } from "../../core/databaseAddress.ts";
import { MlctlError } from "../../core/errors.ts";
import { createHash } from "node:crypto";

export type Connection = Awaited<ReturnType<typeof connect>>;

/** What the types leave out. */
type Client = pg.Client & { readonly processID: number; ref(): void; unref(): void };

const CONNECT_MILLISECONDS = 10_000;

/** A host that dies without closing its connections is noticed after 25 s. */
const KEEPALIVE =
  "SELECT set_config('tcp_keepalives_idle', '10', false), set_config('tcp_keepalives_interval', '5', false), set_config('tcp_keepalives_count', '3', false)";

/**
 * @param application shown to other users of the database, at most 63 bytes
 * @param answerMilliseconds a query without an answer fails after this time; default: a query may take any time
 */
export async function connect(
  address: DatabaseAddress,
  application: string,
  milliseconds = CONNECT_MILLISECONDS,
  answerMilliseconds?: number,
) {
  // Loaded here because most workspaces need no client.
  const client = new (await import("pg")).default.Client({
    connectionString: address.url,
    application_name: application,
    connectionTimeoutMillis: milliseconds,
    ...(answerMilliseconds === undefined ? {} : { query_timeout: answerMilliseconds }),
    keepAlive: true,
  }) as Client;
  let isOpen = true;
  const closed = Promise.withResolvers<void>();
  const lost = (): void => {
    isOpen = false;
    closed.resolve();
  };
  // Without a listener, a lost connection would end the program.
  client.on("error", lost).on("end", lost);
  const asked = async <T>(work: () => Promise<T>): Promise<T> => {
    try {
      return await work();
    } catch (error) {
      throw failure(error, address, isOpen);
    }
  };
  try {
    await asked(async () => {
      await client.connect();
      // A pooler lets a client in before it has a session of the server for it.
      const config = { text: KEEPALIVE, query_timeout: milliseconds };
      await client.query(config);
    });
  } catch (error) {
    void client.end().catch(lost);
    throw error;
  }
  return {
    /** @throws {MlctlError} kind "failure"; `SqlError` as its cause */
    query: async <T = unknown>(sql: string, values: readonly unknown[] = []): Promise<T[]> => {
      client.ref();
      const { rows } = await asked(() => client.query({ text: sql, values: [...values] }));
      return rows as T[];
    },
    /** False after the connection was lost. */
    isOpen: () => isOpen,
    /** Resolves when the connection is lost, or ended. */
    closed: closed.promise,
    /** The process that the server named when it let us in; a pooler in between makes one up. */
    processId: client.processID,
    /** An idle connection does not keep the program running. */
    idle: () => client.unref(),
    async end(): Promise<void> {
      await client.end().catch(lost);
    },
  };
}

export type OnDemand = ReturnType<typeof onDemand>;

/** Connects on the first use, and again if the connection was lost. While it is idle, it does not keep the program running. */
export function onDemand(connects: () => Promise<Connection>) {
  let opening: Promise<Connection> | undefined;
  let last: Promise<unknown> = Promise.resolve();
  const open = async (): Promise<Connection> => {
    if ((await opening?.catch(() => undefined))?.isOpen() !== true) opening = connects();
    return opening!;
  };
  return {
    /** One use after the other, because transactions on one connection would mix. */
    use<T>(work: (connection: Connection) => Promise<T>): Promise<T> {
      const result = last.then(async () => {
        const connection = await open();
        return work(connection).finally(() => connection.idle());
      });
      last = result.catch(() => {});
      return result;
    },
    end: (): void => void opening?.then((connection) => connection.end()).catch(() => {}),
  };
}

/** Handles the error of a query on a table that no machine has made yet. */
export function noneYet<T>(empty: T): (error: unknown) => T {
  return (error) => {
    if (sqlState(error) === "42P01") return empty;
    throw error;
  };
}

/** The SQLSTATE of a failed query, as "42P01"; undefined if it failed for another reason. */
export function sqlState(error: unknown): string | undefined {
  const { code } = ((error instanceof MlctlError ? error.cause : error) ?? {}) as { code?: unknown };
  return typeof code === "string" && /^[0-9A-Z]{5}$/.test(code) ? code : undefined;
}

function failure(error: unknown, { shown }: DatabaseAddress, isOpen: boolean): MlctlError {
  const { message, code = "" } = error as { message: string; code?: string };
  const because = (text: string, hint: string): MlctlError => new MlctlError("failure", text, { hint, cause: error });
  // Where several addresses were tried, there is a code but no message.
  const reason = message || code;
  if (/password|SASL/i.test(message) || code.startsWith("28"))
    return because(`${shown} does not let this user in: ${reason}`, PASSWORD_HINT);
  if (code === "3D000") return because(`${shown}: ${reason}`, "create it: `createdb`, or CREATE DATABASE");
  if (code === "42501")
    return because(`${shown}: ${reason}`, "the user needs CREATE in the schema, once, and SELECT, INSERT, UPDATE");
  if (/^(ECONN|ENOTFOUND|EAI_|EHOST|ENET|ETIMEDOUT|EPIPE|ENOENT)/.test(code) || /timeout/.test(message))
    return because(`cannot reach the database ${shown}: ${reason}`, REACH_HINT);
  if (!isOpen || /^(08|57P)/.test(code) || /terminated|not queryable|closed/i.test(message))
    return because(`the connection to the database ${shown} was lost: ${reason}`, "run the command again");
  return because(`the database ${shown} refused: ${reason}`, "look at the log of the server");
}

const PASSWORD_HINT = "set PGPASSWORD, or add the line host:port:database:user:password to ~/.pgpass (mode 600)";
const REACH_HINT = 'check that the server runs and lets this host in, and "database" in config.json';

/** "mlct": the write lock of a workspace, held by a session. */
export const WRITE_LOCK = 0x6d6c6374;
/** Held by a transaction that draws `seq`. */
export const SEQ_LOCK = WRITE_LOCK + 1;
/** Held by a transaction while the local copies of deployments are written. */
export const COPIES_LOCK = WRITE_LOCK + 2;
/** Held by a transaction that creates the schema. */
export const SCHEMA_LOCK = WRITE_LOCK + 3;
/** Held by a transaction that deletes old predictions. */
export const LOG_LOCK = WRITE_LOCK + 4;
/** Held by a transaction that joins labels. */
export const LABEL_LOCK = WRITE_LOCK + 5;
/** The lock of a job, held while it runs. */
export const JOB_LOCK = WRITE_LOCK + 6;
/** Held by the session of a command that offers work, with the hash of the offer. */
export const OFFER_LOCK = WRITE_LOCK + 7;
/** Held by the session of a worker, with the hash of a task that it does. */
export const TASK_LOCK = WRITE_LOCK + 8;

/** Not negative, because pg_locks shows unsigned numbers. @param name of a workspace, an offer of work, or a task */
export function lockKey(name: string): number {
  return createHash("sha256").update(name).digest().readUInt32BE(0) >>> 1;
}

/** Commits, or rolls back if `work` throws. */
export async function inTransaction<T>(connection: Connection, work: () => Promise<T>): Promise<T> {
  await connection.query("BEGIN");
  let result: T;
  try {
    result = await work();
  } catch (error) {
    // A lost connection rolls back by itself.
    await connection.query("ROLLBACK").catch(() => {});
    throw error;
  }
  try {
    await connection.query("COMMIT");
  } catch (error) {
    if (connection.isOpen() || !(error instanceof MlctlError)) throw error;
    throw new MlctlError("failure", `${error.message}; it is unknown whether the last record was saved`, {
      hint: "look, e.g. with `mlctl runs list`, before you run the command again",
      cause: error,
    });
  }
  return result;
}
