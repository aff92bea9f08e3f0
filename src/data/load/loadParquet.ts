/** Loads one Parquet file into a table of the database. */
import { MlctlError } from "../../core/errors.ts";
import type { Database } from "../duckdb/duckdb.ts";
import { fileLiteral, firstLine, identifier, literal } from "../duckdb/sql.ts";
import { UnreadableFile } from "../unreadableFile.ts";

const MAX_DECIMAL_DIGITS = 38;

/** @throws {UnreadableFile} if the file is not Parquet, or of a kind that DuckDB does not read */
export async function loadParquet(database: Database, path: string, table: string): Promise<void> {
  try {
    const schema = `SELECT name, logical_type, precision, scale FROM parquet_schema(${fileLiteral(path)})`;
    const [tooLong] = await database.rows(`${schema} WHERE precision > ${MAX_DECIMAL_DIGITS} LIMIT 1`);
    // DuckDB would read other numbers, without an error.
    if (tooLong !== undefined) {
      const type = `decimal(${tooLong[2]},${tooLong[3]})`;
      const reason = `column "${tooLong[0]}" is ${type}, but at most ${MAX_DECIMAL_DIGITS} digits can be read`;
      throw new UnreadableFile(reason, { hint: "write it with a smaller precision, or as text" });
    }
    await database.run(`CREATE TABLE ${identifier(table)} AS SELECT * FROM read_parquet(${fileLiteral(path)})`);
  } catch (error) {
    if (error instanceof UnreadableFile || error instanceof MlctlError) throw error;
    const reason = firstLine(error)
      .replace(/^[A-Za-z ]+ Error: /, "")
      .replace(/ ?'[^']*'/, "");
    // A file with a readable footer is Parquet, though of a kind that DuckDB does not read, or damaged further up.
    const hasFooter = await database.rows(`SELECT 1 FROM parquet_schema(${fileLiteral(path)}) LIMIT 1`).then(
      () => true,
      () => false,
    );
    throw new UnreadableFile(`${hasFooter ? "a Parquet file that cannot be read" : "not a Parquet file"}: ${reason}`);
  }
}

export async function parquetHasName(database: Database, path: string, name: string): Promise<boolean> {
  const schema = `SELECT 1 FROM parquet_schema(${fileLiteral(path)}) WHERE name = ${literal(name)} LIMIT 1`;
  return (await database.rows(schema)).length > 0;
}
