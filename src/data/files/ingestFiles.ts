/** Turns input files into one dataset: a CSV file in file order, without duplicates if `dedupe` is set. */
import { messageOf } from "../../core/errors.ts";
import type { DatasetColumn } from "../../core/records/lineage.ts";
import { checkExpectations, type Expectations } from "./checkExpectations.ts";
import { kindOf } from "../duckdb/columnTypes.ts";
import { withDatabase, type Database, identifier, literal } from "../duckdb/duckdb.ts";
import { stageFiles, type Staged, type StageOptions } from "./stageFiles.ts";

export interface IngestOptions extends Omit<StageOptions, "writes"> {
  /** Path to write to; the caller moves the file into place. */
  readonly output: string;
  /** Which of equal rows to keep; default: all. */
  readonly dedupe?: "first" | "last" | false;
  readonly expect?: Expectations;
}

export interface IngestedTable extends Staged {
  readonly rows: number;
  readonly columns: readonly DatasetColumn[];
  readonly duplicatesRemoved: number;
  /** Number of rows that equal an earlier row and are kept. */
  readonly duplicatesKept: number;
}

/**
 * The same files and options give the same bytes. If no file can be read, the dataset is the rows of `previous`. If no
 * row is left, nothing is written and `rows` is 0.
 * @throws {MlctlError} kind "usage" if SQL or a type of the configuration is invalid, "data" if `expect` is violated
 */
export async function ingestFiles(paths: readonly string[], options: IngestOptions): Promise<IngestedTable> {
  // Spills beside the output, so that the remains of a killed process are recognisable by the name.
  return withDatabase(
    async (database) => {
      const staged = await stageFiles(database, paths.toSorted(), { ...options, writes: options.output });
      if (staged.files.length === 0 && options.previous === undefined)
        return { ...staged, rows: 0, columns: [], duplicatesRemoved: 0, duplicatesKept: 0 };
      const { dedupe = false } = options;
      const duplicatesRemoved = dedupe === false ? 0 : await dropDuplicates(database, dedupe);
      const duplicatesKept = dedupe === false ? await countDuplicates(database) : 0;
      if (options.expect !== undefined) await checkExpectations(database, options.expect);
      const described = await database.describe("SELECT * FROM result");
      const columns = described.map((column) => {
        const format = staged.formats.get(column.name);
        // A column that became text keeps it as it came.
        return format === undefined || kindOf(column.type) === "category" ? column : { ...column, format };
      });
      const rows = Number((await database.rows("SELECT count(*) FROM result"))[0]![0]);
      if (rows > 0) await write(database, options.output);
      return { ...staged, rows, columns, duplicatesRemoved, duplicatesKept };
    },
    { folder: `${options.output}.spill` },
  );
}

async function write(database: Database, output: string): Promise<void> {
  const form = "FORMAT csv, HEADER true, DELIMITER ',', USE_TMP_FILE false";
  await database.run(`COPY result TO ${literal(output)} (${form})`).catch((error: unknown) => {
    const message = messageOf(error);
    const code = Object.entries(systemErrors).find(([, text]) => message.includes(text))?.[0];
    throw code === undefined ? error : Object.assign(new Error(message, { cause: error }), { code });
  });
}

/** Messages of strerror in DuckDB errors by the error code of Node.js. */
const systemErrors = {
  ENOSPC: "No space left on device",
  EDQUOT: "Disk quota exceeded",
  EFBIG: "File too large",
  EACCES: "Permission denied",
  EROFS: "Read-only file system",
};

export async function dropDuplicates(database: Database, keep: "first" | "last"): Promise<number> {
  const count = await countDuplicates(database, keep);
  await database.run("DELETE FROM result WHERE rowid IN (SELECT position FROM copies)");
  return count;
}

/**
 * Two missing values count as equal. Rows are grouped by a 64-bit hash first and compared value by value only if their
 * hashes are equal: exact, and as fast with 10,000 columns as with ten.
 * @returns number of rows that equal another row that comes first, or last
 */
export async function countDuplicates(database: Database, keep: "first" | "last" = "first"): Promise<number> {
  const columns = await database.describe("SELECT * FROM result");
  const names = columns.map((column) => identifier(column.name)).join(", ");
  await database.run(`CREATE TEMP TABLE hashes AS SELECT rowid AS position, hash(${names}) AS hash FROM result`);
  await database.run(
    "CREATE TEMP TABLE suspects AS SELECT position FROM hashes WHERE hash IN (SELECT hash FROM hashes GROUP BY hash HAVING count(*) > 1)",
  );
  const kept = keep === "first" ? "min(rowid)" : "max(rowid)";
  const among = "FROM (SELECT rowid, result AS whole FROM result WHERE rowid IN (SELECT position FROM suspects))";
  await database.run(
    `CREATE TEMP TABLE copies AS SELECT position FROM suspects WHERE position NOT IN (SELECT ${kept} ${among} GROUP BY whole)`,
  );
  const count = await database.rows("SELECT count(*) FROM copies");
  return Number(count[0]![0]);
}
