/** Writes the rows of a query as JSON lines into a file, as Postgres itself formats them. */
import { createHash } from "node:crypto";
import { closeSync, openSync, rmSync, writeFileSync } from "node:fs";
import type { Client } from "pg";
import { MlctlError } from "../../core/errors.ts";
import { writeFailure } from "../files/atomicWrite.ts";

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
  const { default: pg } = await import("pg");
  const client = new pg.Client({
    connectionString: options.url,
    application_name: "mlctl ingest",
    connectionTimeoutMillis: options.timeout,
    keepAlive: true,
    keepAliveInitialDelayMillis: 10_000,
  });
  // Without a listener, a lost connection would end the program; the query reports it.
  client.on("error", () => {});
  const stop = (): void => void client.end().catch(() => {});
  options.signal.addEventListener("abort", stop);
  try {
    await client.connect();
    await client.query(SESSION);
    const { rows, watermark } = await newRows(client, options);
    return { ...(await copy(client, rows, options)), watermark };
  } catch (error) {
    options.signal.throwIfAborted();
    throw failureOf(error, options);
  } finally {
    options.signal.removeEventListener("abort", stop);
    await client.end().catch(() => {});
  }
}

/** The SELECT of the rows above the watermark, and the highest value in them, as of one moment. */
async function newRows(
  client: Client,
  { query, watermark, after }: CopyQueryOptions,
): Promise<{ rows: string; watermark: string | undefined }> {
  const all = `(${query.trim().replace(/;$/, "")}\n) AS asked`;
  // The extended protocol takes one statement only, so the query cannot end the transaction that only reads.
  const look = { text: `SELECT * FROM ${all} LIMIT 0`, queryMode: "extended" };
  const { fields } = await client.query(look);
  const names = fields.map(({ name }) => name);
  const twice = names.find((name, i) => names.indexOf(name) < i);
  if (twice !== undefined) throw usage(`the query has two columns ${twice}`, "give one another name with AS");
  if (watermark === null) return { rows: `SELECT * FROM ${all}`, watermark: undefined };
  if (!names.includes(watermark))
    throw usage(`the query has no column ${watermark}`, `\`watermark\` may be one of ${names.join(", ")}`);
  const column = client.escapeIdentifier(watermark);
  const where = after === undefined ? "" : ` WHERE ${column} > ${client.escapeLiteral(after)}`;
  const { rows } = await client.query(`SELECT max(${column})::text AS highest FROM ${all}${where}`);
  const { highest } = rows[0] as { highest: string | null };
  return { rows: `SELECT * FROM ${all}${where} ORDER BY ${column}`, watermark: highest ?? undefined };
}

async function copy(
  client: Client,
  rows: string,
  { path, onProgress }: CopyQueryOptions,
): Promise<{ rows: number; sha256: string }> {
  await client.query(`DECLARE rows NO SCROLL CURSOR FOR SELECT row_to_json(one)::text AS line FROM (${rows}) AS one`);
  const hash = createHash("sha256");
  const file = openSync(path, "w");
  let count = 0;
  try {
    for (;;) {
      const { rows: some } = await client.query<{ line: string }>(`FETCH ${ROWS_AT_A_TIME} FROM rows`);
      if (some.length === 0) return { rows: count, sha256: hash.digest("hex") };
      const text = some.map(({ line }) => `${line}\n`).join("");
      hash.update(text);
      writeFileSync(file, text);
      onProgress((count += some.length));
    }
  } catch (error) {
    rmSync(path, { force: true });
    throw error;
  } finally {
    closeSync(file);
  }
}

function usage(message: string, hint: string): MlctlError {
  return new MlctlError("usage", message, { hint });
}

function failureOf(error: unknown, { shown, path }: CopyQueryOptions): unknown {
  if (error instanceof MlctlError) return error;
  if ((error as NodeJS.ErrnoException).syscall === "write") return writeFailure(error, path);
  const { message, code = "" } = error as { message: string; code?: string };
  const because = (hint: string): MlctlError =>
    new MlctlError("failure", `${shown}: ${message || code}`, { hint, cause: error });
  if (/password|SASL/i.test(message) || code.startsWith("28"))
    return because("set PGPASSWORD, or add the line host:port:database:user:password to ~/.pgpass (mode 600)");
  // Classes of SQLSTATE: what is wrong with the statement or its data, and what the user may not read.
  if (/^(42|22|25|0A)/.test(code)) return because("check `query`: one SELECT, on tables that this user may read");
  return because("run the command again; what came before is kept");
}
