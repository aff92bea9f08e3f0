/** The only module that opens DuckDB: in memory, spilling to its own folder, without network access. */
import { randomUUID } from "node:crypto";
import { rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { DuckDBConnection, DuckDBDataChunk } from "@duckdb/node-api";
import type { DatasetColumn } from "../../core/records/dataset.ts";
import { MlctlError } from "../../core/errors.ts";
import { openNative } from "../../core/nativeOpening.ts";
import { firstLine, isOutOfMemory } from "./sqlError.ts";

/** A value of a small result; integers beyond 2^53 lose precision. */
export type Cell = string | number | boolean | null;

/** A batch of rows of a streamed result, by column. */
export interface Chunk {
  readonly rowCount: number;
  /** Values of a DOUBLE column without missing values; a view that is valid until the next chunk. */
  numbers(column: number): Float64Array;
  /** Values of a VARCHAR column. */
  strings(column: number): readonly (string | null)[];
}

export interface Database {
  /** For temporary files: created by the first caller that writes one, removed with the database. */
  readonly folder: string;
  run(sql: string): Promise<void>;
  rows(sql: string): Promise<readonly (readonly Cell[])[]>;
  /** Names and types of the columns of a query, without running it. */
  describe(sql: string): Promise<readonly DatasetColumn[]>;
  /** Number of statements in `sql`; throws if it does not parse. */
  statementCount(sql: string): Promise<number>;
  stream(sql: string, onChunk: (chunk: Chunk) => void): Promise<void>;
}

/**
 * Opens a database, passes it to `work` and removes all its files.
 * @param folder for temporary files; DuckDB creates it only when it has to spill, so a killed process that read small
 *   files leaves nothing behind
 */
export async function withDatabase<T>(
  work: (database: Database) => Promise<T>,
  folder = join(tmpdir(), `mlctl-${randomUUID()}`),
): Promise<T> {
  // Imported here because the import takes 0.18 s, which commands that read no files should not pay.
  const { DuckDBInstance } = await openNative(() => import("@duckdb/node-api"));
  try {
    const instance = await DuckDBInstance.create(":memory:", {
      autoinstall_known_extensions: "false",
      autoload_known_extensions: "false",
      temp_directory: folder,
    });
    const connection = await instance.connect();
    try {
      // Times without a zone must not depend on the machine's time zone.
      await connection.run("SET TimeZone = 'UTC'");
      return await work(database(connection, folder));
    } catch (error) {
      if (!isOutOfMemory(error)) throw error;
      const hint = "read smaller files, or leave out columns: one column of long texts can take all memory";
      throw new MlctlError("failure", `memory ran out: ${firstLine(error)}`, { hint, cause: error });
    } finally {
      connection.closeSync();
      instance.closeSync();
    }
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

function database(connection: DuckDBConnection, folder: string): Database {
  const rows = async (sql: string): Promise<readonly (readonly Cell[])[]> => {
    const reader = await connection.runAndReadAll(sql);
    return reader.getRowsJS().map((row) => row.map(cell));
  };
  return {
    folder,
    rows,
    run: async (sql) => {
      await connection.run(sql);
    },
    describe: async (sql) => {
      const described = await rows(`DESCRIBE ${sql}`);
      return described.map((row) => ({ name: String(row[0]), type: String(row[1]) }));
    },
    statementCount: async (sql) => (await connection.extractStatements(sql)).count,
    stream: async (sql, onChunk) => {
      const result = await connection.stream(sql);
      for (;;) {
        const chunk = await result.fetchChunk();
        if (chunk === null || chunk.rowCount === 0) return;
        onChunk(readable(chunk));
      }
    },
  };
}

function cell(value: unknown): Cell {
  if (value === null || value === undefined) return null;
  if (typeof value === "bigint") return Number(value);
  return typeof value === "number" || typeof value === "boolean" ? value : String(value);
}

function readable(chunk: DuckDBDataChunk): Chunk {
  // Read once because each access calls into DuckDB.
  const { rowCount } = chunk;
  return {
    rowCount,
    numbers(column) {
      const vector = chunk.getColumnVector(column);
      if (!("items" in vector) || !(vector.items instanceof Float64Array)) {
        throw new TypeError(`column ${column} is not a DOUBLE`);
      }
      return vector.items;
    },
    strings(column) {
      const vector = chunk.getColumnVector(column);
      const strings = Array.from<string | null>({ length: rowCount });
      for (let row = 0; row < rowCount; row++) strings[row] = vector.getItem(row) as string | null;
      return strings;
    },
  };
}
