/** Finds what makes a file unreadable: rows of another width, cells that are not of the type of their column. */
import { kindOf } from "../duckdb/columnTypes.ts";
import type { Database } from "../duckdb/duckdb.ts";
import { firstLine, identifier } from "../duckdb/sql.ts";
import { UnreadableFile } from "../unreadableFile.ts";
import { alsoWrong, asText, explainWidths, LISTED, recordsOf, type CsvFile } from "./inspectCsv.ts";

/**
 * Why DuckDB cannot read the file with its types.
 * @param error that DuckDB gave
 */
export async function explainCsv(database: Database, file: CsvFile, error: unknown): Promise<UnreadableFile> {
  const widths = await explainWidths(file);
  if (widths !== undefined) return widths;
  const wrong: UnreadableFile[] = [];
  const linesOf = csvLines(file);
  try {
    await database.run(`CREATE OR REPLACE TEMP TABLE explained AS SELECT * FROM ${asText(file)}`);
    for (const [column, type] of file.fixedTypes) {
      const value = identifier(column);
      const condition = `${value} IS NOT NULL AND TRY_CAST(${value} AS ${type}) IS NULL`;
      const found = await wrongCells(database, { table: "explained", value, condition, column, type, linesOf });
      if (found !== undefined) wrong.push(found);
    }
    await database.run("DROP TABLE explained");
  } catch (other) {
    return new UnreadableFile(firstLine(other));
  }
  return wrong.toSorted((a, b) => a.line! - b.line!)[0] ?? new UnreadableFile(firstLine(error));
}

export type LinesOf = (rows: readonly number[]) => Promise<readonly number[]>;

interface WrongCells {
  readonly table: string;
  readonly value: string;
  readonly condition: string;
  readonly column: string;
  readonly type: string;
  /** Of the file of the table; undefined if its format has no lines. */
  readonly linesOf?: LinesOf | undefined;
}

/** The error for the rows that meet `condition`; undefined if there are none. */
export async function wrongCells(database: Database, cells: WrongCells): Promise<UnreadableFile | undefined> {
  const { table, value, condition, column, type, linesOf } = cells;
  const found = await database.rows(
    `SELECT rowid, CAST(${value} AS VARCHAR), count(*) OVER () FROM ${identifier(table)} WHERE ${condition} ORDER BY rowid LIMIT ${LISTED}`,
  );
  if (found[0] === undefined) return undefined;
  const rows = found.map(([row]) => Number(row));
  const lines = await linesOf?.(rows);
  const place = (i: number): string => (lines === undefined ? `row ${rows[i]! + 1}` : `line ${lines[i]}`);
  const text = String(found[0][1]);
  const others = found.slice(1).map((row, i) => `${place(i + 1)} (${shown(String(row[1]))})`);
  const wanted = { number: "a number", date: "a date", category: type }[kindOf(type)];
  const reason = `${place(0)}, column "${column}": ${shown(text)} is not ${wanted}${alsoWrong(others, Number(found[0][2]))}`;
  const isTotal = /^(grand |sub)?total|^sum|^average|^gesamt|^summe/i.test(text);
  const total = isTotal ? "if this is a row of totals, delete it; else " : "";
  const hint = `${total}correct the value, add ${JSON.stringify(text)} to ingest.null_values, or set ingest.types.${column} to "category"`;
  return new UnreadableFile(reason, { line: lines?.[0], hint });
}

export function csvLines({ text, settings }: CsvFile): LinesOf {
  return async (rows) => {
    const lines: number[] = [];
    let first = 0;
    for await (const records of recordsOf(text, settings)) {
      while (lines.length < rows.length && rows[lines.length]! < first + records.length)
        lines.push(records[rows[lines.length]! - first]!.line);
      first += records.length;
      if (lines.length === rows.length) break;
    }
    return lines;
  };
}

/** On one line. */
function shown(value: string): string {
  return `"${value.replaceAll(/[\r\n]+/g, "⏎")}"`;
}
