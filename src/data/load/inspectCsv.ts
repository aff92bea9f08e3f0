/**
 * Finds out how a CSV file is read, rewrites it if DuckDB would read it differently from the tokenizer, and finds what
 * makes it unreadable: rows of another width, cells that are not of the type of their column.
 */
import { csvCell } from "../../core/text/format.ts";
import { numberFormatOf } from "../../core/text/valueFormat.ts";
import { csvRecords, headReader, type CsvHead } from "../csv/csvHead.ts";
import type { CsvReading } from "../csv/csvNotes.ts";
import { csvScan, type CsvScan } from "../csv/csvScan.ts";
import type { CsvRow } from "../csv/csvTokenizer.ts";
import { columnNames } from "../columnNames.ts";
import { kindOf } from "../duckdb/columnTypes.ts";
import { type Database, fileLiteral, firstLine, identifier, literalStruct } from "../duckdb/duckdb.ts";
import { type CsvSettings, type ReadOptions, UnreadableFile } from "../readOptions.ts";
import { MAX_WORDS, missingLine, oddValues } from "./oddValues.ts";
import { inspectText, textOf, writeCopy, type TextFile } from "./inspectText.ts";

const LISTED = 3;
const PLAIN = numberFormatOf(".").id;

export interface InspectedCsv extends Pick<CsvReading, "head" | "columns" | "flaws"> {
  readonly text: TextFile;
  readonly settings: CsvSettings;
  /** What DuckDB reads: the file itself, or a copy in canonical form. */
  readonly path: string;
  readonly gzip: boolean;
  readonly delimiter: string;
  /** Of the file itself, which decides what commas and points in its cells may mean. */
  readonly ownDelimiter: string;
  readonly lineEnd: "\n" | "\r\n";
}

export interface CsvFile extends InspectedCsv {
  /** Options of read_csv, without types, names and missing values. */
  readonly dialect: string;
  /** The strings that mean "missing", as an option of read_csv. */
  readonly nulls: string;
  /** Types that are set, not detected. */
  readonly fixedTypes: ReadonlyMap<string, string>;
  readonly options: ReadOptions;
}

/** SQL that reads all columns as text. */
export function asText({ path, dialect, nulls, columns }: CsvFile): string {
  const types = literalStruct(columns.map((name) => [name, "VARCHAR"] as const));
  return `read_csv(${fileLiteral(path)}, ${dialect}, ${nulls}, auto_detect = false, columns = ${types})`;
}

/** @throws {UnreadableFile} with the first lines that are wrong */
export async function inspectCsv(
  path: string,
  folder: string,
  { csv: settings = {}, normalizeNames = false }: ReadOptions,
): Promise<InspectedCsv> {
  const start = headReader(path, settings);
  let head: CsvHead | undefined;
  let scan: CsvScan | undefined;
  let header = "";
  const begin = (found: ReturnType<typeof start.add>): void => {
    if (found === undefined) return;
    head = found.head;
    scan = csvScan(head.grammar, header.slice(0, head.length), head.names);
    scan.add(Buffer.from(found.rest));
  };
  const text = await inspectText(path, settings.encoding, (chunk) => {
    if (scan !== undefined) return scan.add(chunk);
    const more = chunk.toString();
    header += more;
    begin(start.add(more));
  });
  if (head === undefined) begin(start.end());
  const { grammar, tokenizer, names, renamed, line, headerless } = head!;
  const isUsual =
    text.encoding === undefined && !text.isPadded && line === 1 && headerless === false && renamed.length === 0;
  const agreed = isUsual ? scan!.end() : undefined;
  const columns = columnNames(names, normalizeNames, line);
  const common = { text, settings, head: head!, columns, ownDelimiter: grammar.delimiter };
  if (agreed !== undefined)
    return { ...common, path, gzip: text.gzip, delimiter: grammar.delimiter, ...agreed, flaws: tokenizer.flaws };
  let flaws = tokenizer.flaws;
  const records = recordsOf(text, settings, (again) => ({ flaws } = again.tokenizer));
  const copy = await writeCopy(path, folder, canonicalText(records, names));
  return { ...common, path: copy, gzip: false, delimiter: ",", lineEnd: "\n", flaws };
}

/** The rows of the file itself, as the tokenizer gives them. */
function recordsOf(text: TextFile, settings: CsvSettings, onHead: (head: CsvHead) => void = () => {}) {
  return csvRecords(textOf(text, settings), text.path, settings, onHead);
}

/** CSV with commas and line feeds, in which only cells that need it are quoted. */
async function* canonicalText(
  records: AsyncIterable<readonly CsvRow[]>,
  names: readonly string[],
): AsyncGenerator<string> {
  yield `${names.map((_, i) => `c${i}`).join(",")}\n`;
  const wrong = wrongWidths();
  try {
    for await (const rows of records) {
      let text = "";
      for (const row of rows) {
        wrong.add(row);
        // A line that is empty would be skipped.
        text += `${canonicalRow(row) || '""'}\n`;
      }
      if (text !== "") yield text;
    }
  } catch (error) {
    throw wrong.error() ?? error;
  }
  const error = wrong.error();
  if (error !== undefined) throw error;
}

function canonicalRow({ values, source }: CsvRow): string {
  return source === undefined || source.includes('"') ? values.map(csvCell).join(",") : source;
}

/** The error for rows with another number of values than the header. */
async function explainWidths(file: InspectedCsv): Promise<UnreadableFile | undefined> {
  const wrong = wrongWidths();
  try {
    for await (const rows of recordsOf(file.text, file.settings)) for (const row of rows) wrong.add(row);
  } catch (error) {
    if (!(error instanceof UnreadableFile)) throw error;
    return wrong.error() ?? error;
  }
  return wrong.error();
}

function wrongWidths(): { add(row: CsvRow): void; error(): UnreadableFile | undefined } {
  const found: CsvRow[] = [];
  let count = 0;
  return {
    add(row) {
      if (row.problem === undefined) return;
      if (++count <= LISTED) found.push(row);
    },
    error() {
      const [first, ...others] = found;
      if (first === undefined) return undefined;
      const { line } = first;
      const lines = others.map((row) => `line ${row.line}`);
      return new UnreadableFile(`line ${line} has ${first.problem}${alsoWrong(lines, count)}`, { line });
    },
  };
}

function alsoWrong(others: readonly string[], count: number): string {
  if (others.length === 0) return "";
  const more = count - 1 - others.length;
  return `; also ${others.join(", ")}${more > 0 ? ` and ${more} more` : ""}`;
}

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
      const cells = { table: "explained", value, condition, column, type, linesOf, options: file.options };
      const found = await wrongCells(database, cells);
      if (found !== undefined) wrong.push(found);
    }
    await database.run("DROP TABLE explained");
  } catch (other) {
    return new UnreadableFile(firstLine(other));
  }
  return wrong.toSorted((a, b) => a.line! - b.line!)[0] ?? new UnreadableFile(firstLine(error));
}

export type LinesOf = (rows: readonly number[]) => Promise<readonly number[]>;

export interface WrongCells {
  readonly table: string;
  readonly value: string;
  readonly condition: string;
  readonly column: string;
  readonly type: string;
  /** How the values are written; undefined: plainly. */
  readonly format?: string | undefined;
  readonly options: ReadOptions;
  /** Of the file of the table; undefined if its format has no lines. */
  readonly linesOf?: LinesOf | undefined;
}

/** The error for the rows that meet `condition`; undefined if there are none. */
export async function wrongCells(database: Database, cells: WrongCells): Promise<UnreadableFile | undefined> {
  const { table, value, condition, column, type, format = PLAIN, linesOf, options } = cells;
  const found = await database.rows(
    `SELECT rowid, CAST(${value} AS VARCHAR), count(*) OVER () FROM ${identifier(table)} WHERE ${condition} ORDER BY rowid LIMIT ${LISTED}`,
  );
  if (found[0] === undefined) return undefined;
  const rows = found.map(([row]) => Number(row));
  const lines = await linesOf?.(rows);
  const place = (i: number): string => (lines === undefined ? `row ${rows[i]! + 1}` : `line ${lines[i]}`);
  const text = String(found[0][1]);
  const others = found.slice(1).map((row, i) => `${place(i + 1)} (${shown(String(row[1]))})`);
  const kind = { number: "a number", date: "a date", category: type }[kindOf(type)];
  const wrong = format === PLAIN ? `is not ${kind}` : `does not match ${format}`;
  const reason = `${place(0)}, column "${column}": ${shown(text)} ${wrong}${alsoWrong(others, Number(found[0][2]))}`;
  const isTotal = /^(grand |sub)?total|^sum|^average|^gesamt|^summe/i.test(text);
  const total = isTotal ? "if this is a row of totals, delete it; else " : "";
  const { words } = await oddValues(database, table, value, condition);
  const missing =
    words.length > MAX_WORDS
      ? "add the values that stand for missing ones to ingest.null_values"
      : `to treat ${words.length === 1 ? "it" : "them"} as missing, ${missingLine(options, words)}`;
  const hint = `${total}correct the value, or ${missing}, or set ingest.types.${column} to "category"`;
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
