/** Finds out how a CSV file is read, and rewrites it if DuckDB would read it differently from the tokenizer. */
import { csvRecords, headReader, type CsvHead } from "../csv/csvHead.ts";
import type { CsvReading } from "../csv/csvNotes.ts";
import { csvScan, type CsvScan } from "../csv/csvScan.ts";
import type { CsvRow } from "../csv/csvTokenizer.ts";
import { columnNames } from "../columnNames.ts";
import { fileLiteral, literalStruct } from "../duckdb/sql.ts";
import type { CsvSettings, ReadOptions } from "../readOptions.ts";
import { UnreadableFile } from "../unreadableFile.ts";
import { inspectText, textOf, writeCopy, type TextFile } from "./inspectText.ts";

export const LISTED = 3;

export interface InspectedCsv extends Pick<CsvReading, "names" | "columns" | "flaws"> {
  readonly text: TextFile;
  readonly settings: CsvSettings;
  /** What DuckDB reads: the file itself, or a copy in canonical form. */
  readonly path: string;
  readonly gzip: boolean;
  readonly delimiter: string;
  /** Of the file itself, which tells what commas and points in its cells may mean. */
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
  const { grammar, tokenizer, names, line } = head!;
  const agreed = text.encoding === undefined && !text.isPadded && line === 1 ? scan!.end() : undefined;
  const columns = columnNames(names, normalizeNames, line);
  const common = { text, settings, names, columns, ownDelimiter: grammar.delimiter };
  if (agreed !== undefined)
    return { ...common, path, gzip: text.gzip, delimiter: grammar.delimiter, ...agreed, flaws: tokenizer.flaws };
  let flaws = tokenizer.flaws;
  const records = recordsOf(text, settings, (again) => ({ flaws } = again.tokenizer));
  const copy = await writeCopy(path, folder, canonicalText(records, names));
  return { ...common, path: copy, gzip: false, delimiter: ",", lineEnd: "\n", flaws };
}

/** The rows of the file itself, as the tokenizer gives them. */
export function recordsOf(text: TextFile, settings: CsvSettings, onHead: (head: CsvHead) => void = () => {}) {
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
  return source === undefined || source.includes('"') ? values.map(canonicalCell).join(",") : source;
}

function canonicalCell(value: string): string {
  return /[",\n\r]/.test(value) ? `"${value.replaceAll('"', '""')}"` : value;
}

/** The error for rows with another number of values than the header. */
export async function explainWidths(file: InspectedCsv): Promise<UnreadableFile | undefined> {
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

export function alsoWrong(others: readonly string[], count: number): string {
  if (others.length === 0) return "";
  const more = count - 1 - others.length;
  return `; also ${others.join(", ")}${more > 0 ? ` and ${more} more` : ""}`;
}
