/** Finds the first line of a CSV file that has a wrong format or a value of the wrong type. */
import { MISSING_MARKERS } from "../../core/text/valueFormat.ts";
import { widthMismatch } from "../csv/csvHeader.ts";
import { kindOf } from "../duckdb/columnTypes.ts";
import type { Database } from "../duckdb/duckdb.ts";
import { lineAt } from "./inspectText.ts";
import type { CsvFile } from "../readOptions.ts";
import { fileLiteral, literalList, literalStruct } from "../duckdb/sql.ts";
import { firstLine } from "../duckdb/sqlError.ts";
import { UnreadableFile } from "../unreadableFile.ts";

/**
 * @param types by column name; other columns are read as text
 * @returns undefined if no line is wrong
 */
export async function explainCsv(
  database: Database,
  file: CsvFile,
  types: ReadonlyMap<string, string>,
): Promise<UnreadableFile | undefined> {
  const columns = file.names.map((name) => [name, types.get(name) ?? "VARCHAR"] as const);
  // Markers are missing in columns of numbers and dates, so they are not what is wrong there.
  const markers = MISSING_MARKERS.flatMap((text) => [text, text.toUpperCase()]);
  const nulls = types.size === 0 ? file.nulls : file.nulls.replace(/\]$/, `, ${literalList(markers).slice(1)}`);
  const reader = `read_csv(${fileLiteral(file.path)}, ${file.dialect}, ${nulls}, auto_detect = false, columns = ${literalStruct(columns)}, store_rejects = true, rejects_limit = 1000)`;
  await database.run("DROP TABLE IF EXISTS reject_errors; DROP TABLE IF EXISTS reject_scans");
  try {
    await database.run(`CREATE OR REPLACE TEMP TABLE explained AS SELECT * FROM ${reader}`);
  } catch (error) {
    return new UnreadableFile(firstLine(error));
  }
  const first = await database.rows(
    `SELECT line_byte_position, error_type, column_name, error_message FROM reject_errors ORDER BY line_byte_position, column_idx LIMIT 1`,
  );
  await database.run("DROP TABLE explained");
  const found = first[0];
  if (found === undefined) return undefined;
  // DuckDB counts records, which differ from lines if a quoted value contains a line break.
  const line = await lineAt(file, Number(found[0]));
  const [type, column, message] = [String(found[1]), String(found[2]), String(found[3])];
  return type === "CAST" ? wrongType({ line, column, message }, types.get(column)!) : wrongFormat(line, type, message);
}

function wrongFormat(line: number, type: string, message: string): UnreadableFile {
  const counts = /Expected Number of Columns: (\d+) Found: (\d+)/.exec(message);
  if (counts !== null) {
    return new UnreadableFile(`line ${line} has ${widthMismatch(Number(counts[2]), Number(counts[1]))}`, {
      line,
    });
  }
  if (type === "UNQUOTED VALUE") return new UnreadableFile(`line ${line} has an unclosed quote`, { line });
  return new UnreadableFile(`line ${line}: ${message.split("\n")[0]!}`, { line });
}

function wrongType(cast: { line: number; column: string; message: string }, type: string): UnreadableFile {
  const value = /Could not convert string "([^]*)" to/.exec(cast.message)?.[1] ?? "";
  const reason = `line ${cast.line}, column "${cast.column}": ${notOfType(value, type)}`;
  return new UnreadableFile(reason, { line: cast.line, hint: typeHint(cast.column, value) });
}

/** `"abc" is not a number`. */
export function notOfType(value: string, type: string): string {
  const kind = kindOf(type);
  const wanted = kind === "number" ? "a number" : kind === "date" ? "a date" : type;
  return `"${value}" is not ${wanted}`;
}

/** How to handle a value that does not fit its column. */
export function typeHint(column: string, value: string): string {
  return `correct the value, add ${JSON.stringify(value)} to ingest.null_values, or set ingest.types.${column} to "category"`;
}
