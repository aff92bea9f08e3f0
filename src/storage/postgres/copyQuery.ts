/** Writes the rows of a query as JSON lines into a file, as Postgres itself formats them. */
import { createHash } from "node:crypto";
import { closeSync, openSync, rmSync, writeFileSync } from "node:fs";
import { messageOf, MlctlError } from "../../core/errors.ts";
import { writeFailure } from "../files/atomicWrite.ts";
import { connect, sqlState, type Connection } from "./connect.ts";

export interface CopyQueryOptions {
  /** postgres://user@host/database; the password may come from PGPASSWORD or ~/.pgpass, which `pg` reads itself. */
  readonly url: string;
  /** For messages: without credentials. */
  readonly shown: string;
  readonly query: string;
  /** A column of the query, and the value above which its rows are new. */
  readonly watermark: string | null;
  readonly after: string | undefined;
  /** The file to write; it is removed again where it fails. */
  readonly path: string;
  /** Of connecting, in milliseconds; a query may take any time. */
  readonly timeout: number;
  readonly signal: AbortSignal;
  readonly onProgress: (rows: number) => void;
}

/** Of one answer. */
const ROWS_AT_A_TIME = 1000;

/** Equal rows become equal bytes: in one time zone, and in an order that no other query and no worker changes. */
const SESSION =
  "SET TIME ZONE 'UTC'; SET DateStyle = 'ISO'; SET IntervalStyle = 'iso_8601'; SET bytea_output = 'hex'; " +
  "SET synchronize_seqscans = off; SET max_parallel_workers_per_gather = 0; SET cursor_tuple_fraction = 1; " +
  "BEGIN TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY";

/**
 * @returns the number of rows, the checksum of the file, and the highest watermark in them; undefined without rows
 * @throws {MlctlError} kind "failure" where the database cannot be asked, "usage" where the query is no good
 */
export async function copyQuery(options: CopyQueryOptions) {
  const { url, shown, timeout, signal } = options;
  let connection: Connection | undefined;
  const stop = (): void => void connection?.end();
  signal.addEventListener("abort", stop);
  try {
    connection = await connect({ url, shown }, "mlctl ingest", timeout);
    signal.throwIfAborted();
    await connection.query(SESSION);
    return await copy(connection, await newRows(connection, options), options);
  } catch (error) {
    signal.throwIfAborted();
    // Classes of SQLSTATE: what is wrong with the statement or its data, and what the user may not read.
    if (!/^(42|22|25|0A)/.test(sqlState(error) ?? "")) throw error;
    const reason = messageOf((error as MlctlError).cause);
    const hint = "check `query`: one SELECT, on tables that this user may read";
    throw new MlctlError("failure", `${shown}: ${reason}`, { hint, cause: error });
  } finally {
    signal.removeEventListener("abort", stop);
    await connection?.end();
  }
}

/** The SELECT of the rows above the watermark, and the highest value in them, as of one moment. */
async function newRows(connection: Connection, { query, watermark, after }: CopyQueryOptions) {
  const all = `(${query.trim().replace(/;$/, "")}\n) AS asked`;
  // One statement only, so the query cannot end the transaction that only reads.
  const names = await connection.columnsOf(`SELECT * FROM ${all}`);
  const twice = names.find((name, i) => names.indexOf(name) < i);
  if (twice !== undefined) throw usage(`the query has two columns ${twice}`, "give one another name with AS");
  if (watermark === null) return { rows: `SELECT * FROM ${all}`, values: [] };
  if (!names.includes(watermark))
    throw usage(`the query has no column ${watermark}`, `\`watermark\` may be one of ${names.join(", ")}`);
  const column = `"${watermark.replaceAll('"', '""')}"`;
  const [where, values] = after === undefined ? ["", []] : [` WHERE ${column} > $1`, [after]];
  const highest = `SELECT max(${column})::text AS highest FROM ${all}${where}`;
  const [found] = await connection.query<{ highest: string | null }>(highest, values);
  return { rows: `SELECT * FROM ${all}${where} ORDER BY ${column}`, values, watermark: found?.highest ?? undefined };
}

async function copy(
  connection: Connection,
  { rows, values, watermark }: Awaited<ReturnType<typeof newRows>>,
  { path, onProgress }: CopyQueryOptions,
) {
  const lines = `SELECT row_to_json(one)::text AS line FROM (${rows}) AS one`;
  await connection.query(`DECLARE rows NO SCROLL CURSOR FOR ${lines}`, values);
  const hash = createHash("sha256");
  const file = openSync(path, "w");
  let count = 0;
  try {
    for (;;) {
      const some = await connection.query<{ line: string }>(`FETCH ${ROWS_AT_A_TIME} FROM rows`);
      if (some.length === 0) return { rows: count, sha256: hash.digest("hex"), watermark };
      const text = some.map(({ line }) => `${line}\n`).join("");
      hash.update(text);
      writeFileSync(file, text);
      onProgress((count += some.length));
    }
  } catch (error) {
    rmSync(path, { force: true });
    throw (error as NodeJS.ErrnoException).syscall === "write" ? writeFailure(error, path) : error;
  } finally {
    closeSync(file);
  }
}

function usage(message: string, hint: string): MlctlError {
  return new MlctlError("usage", message, { hint });
}
