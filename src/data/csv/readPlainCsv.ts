/**
 * Reads a CSV file of plain numbers and words without DuckDB, in a quarter of the time. Any other file is left to DuckDB:
 * quotes, dates, gzip, Windows line ends, many distinct strings, leading zeros, errors.
 */
import { isUtf8 } from "node:buffer";
import { createReadStream } from "node:fs";
import { stat } from "node:fs/promises";
import type { Column, Table } from "../../core/table/table.ts";
import { columnNames } from "../columnNames.ts";
import { headOf } from "./csvHead.ts";
import { areWords, mayHaveFormat, plainRows, type PlainColumn, type PlainRows } from "./plainRows.ts";
import { type CsvSettings, type ReadOptions, UnreadableFile } from "../readOptions.ts";

/** Size of a read; a longer line is not plain. */
const CHUNK_BYTES = 4 << 20;
/** The lines in these first bytes decide how the file is read, and are used to estimate the number of rows. */
const SAMPLE_BYTES = 1 << 16;
/** Limits the initial allocation if the first lines are unusually short. */
const MAX_EXPECTED_CELLS = 1 << 27;
const LINE_FEED = 10;
const MARK = Buffer.from("\ufeff");
/** How mlctl writes datasets. */
const DATASET: CsvSettings = { delimiter: ",", trim: false };

/** All columns: reading stops at the first chunk that contradicts them. */
type Expected = readonly Pick<Column, "name" | "kind">[];

/**
 * The same table that DuckDB would give; null if the file or the options are not plain.
 * @param expected all columns of the file, if known
 */
export async function readPlainCsv(path: string, options: ReadOptions, expected?: Expected): Promise<Table | null> {
  if (!/\.(csv|tsv|txt)$/i.test(path) || !isPlain(options)) return null;
  // A pipe can be read only once, and DuckDB may have to read it.
  const found = await stat(path).catch(() => null);
  if (!found?.isFile() || found.size === 0) return null;
  const reading: Reading = { path, size: found.size, options, expected };
  let head: Head | null = null;
  try {
    for await (const lines of wholeLines(path, found.size)) {
      if (!isUtf8(lines) || lines.indexOf(MARK) >= 0) return null;
      const isFirst = head === null;
      head ??= readHead(lines, reading);
      if (head === null || !head.rows.add(lines.subarray(isFirst ? head.length : 0)) || !matches(head, reading))
        return null;
    }
  } catch (error) {
    // DuckDB tells what is wrong.
    if (error instanceof UnreadableFile || (error as NodeJS.ErrnoException).code !== undefined) return null;
    throw error;
  }
  return head && tableOf(head, reading);
}

function isPlain(options: ReadOptions): boolean {
  const { nullValues = [], types = {}, select = {}, where, formats = {}, decimal, thousands, csv = {} } = options;
  const { quote = '"', encoding = "utf-8", skipLines = 0, names } = csv;
  if (quote !== '"' || encoding !== "utf-8" || skipLines > 0 || names !== undefined) return false;
  const isUsual = nullValues.every((text) => text === "") && (where ?? decimal ?? thousands) === undefined;
  return isUsual && Object.keys({ ...types, ...select, ...formats }).length === 0;
}

/** Adds the line feed that the last line may lack. @throws {UnreadableFile} for a line that is too long */
async function* wholeLines(path: string, size: number): AsyncGenerator<Buffer> {
  let [rest, read] = [Buffer.alloc(0), 0];
  const stream = createReadStream(path, { highWaterMark: CHUNK_BYTES, end: size - 1 }) as AsyncIterable<Buffer>;
  for await (const chunk of stream) {
    read += chunk.length;
    const lacksEnd = read === size && chunk.at(-1) !== LINE_FEED;
    const bytes = Buffer.concat(lacksEnd ? [rest, chunk, Buffer.of(LINE_FEED)] : [rest, chunk]);
    const end = bytes.lastIndexOf(LINE_FEED) + 1;
    if (end === 0 && bytes.length >= CHUNK_BYTES) throw new UnreadableFile("a long line");
    if (end > 0) yield bytes.subarray(0, end);
    rest = bytes.subarray(end);
  }
}

interface Reading {
  readonly path: string;
  readonly size: number;
  readonly options: ReadOptions;
  readonly expected: Expected | undefined;
}

interface Head {
  readonly delimiter: string;
  readonly names: readonly string[];
  readonly rows: PlainRows;
  readonly length: number;
  /** A row that says this repeats the header. */
  readonly given: readonly string[];
}

/** @throws {UnreadableFile} */
function readHead(lines: Buffer, { path, size, options, expected }: Reading): Head | null {
  const length = lines.indexOf(LINE_FEED) + 1;
  if (/["\r\0]/.test(lines.toString("utf8", 0, length))) return null;
  const start = lines.toString("utf8", 0, Math.max(length, SAMPLE_BYTES));
  const settings = (expected === undefined ? options.csv : DATASET) ?? {};
  const found = headOf(start, lines.length >= size ? "end" : "more", path, settings);
  if (found?.line !== 1 || found.names.length < 2) return null;
  const { delimiter } = found.grammar;
  const names = columnNames(found.names, options.normalizeNames ?? false);
  const sample = lines.subarray(length, length + SAMPLE_BYTES);
  const sampled = sample.toString("latin1").split("\n").length;
  // One percent more, so that the arrays rarely have to grow.
  const estimate = (size / Math.max(1, sample.length)) * sampled * 1.01;
  const rows = plainRows(delimiter, names.length, Math.min(MAX_EXPECTED_CELLS / names.length, estimate));
  return { delimiter, names, rows, length, given: found.names };
}

function matches({ names, rows }: Head, { expected }: Reading): boolean {
  if (expected === undefined) return true;
  const agrees = (name: string, position: number): boolean => {
    const [{ kind }, wanted] = [rows.columns[position]!, expected[position]!];
    return wanted.name === name && (kind === "unknown" || kind === wanted.kind);
  };
  return names.length === expected.length && names.every(agrees);
}

function tableOf({ names, rows, delimiter, given }: Head, { expected, options }: Reading): Table | null {
  const { columns, rowCount } = rows;
  const texts = new Set(options.categoryColumns);
  if (columns.some(({ kind }, position) => kind === "number" && texts.has(names[position]!))) return null;
  if (expected === undefined && holdsRow(rows, given)) return null;
  if (rowCount === 0 || !columns.every((column) => column.kind !== "unknown" && areWords(column))) return null;
  // Known types and formats leave nothing to be found.
  const isKnown = expected !== undefined || options.formats !== undefined;
  if (!isKnown && columns.some((column) => mayHaveFormat(column, { rowCount, delimiter }))) return null;
  return { rowCount, columns: columns.map((column, position) => columnOf(column, names[position]!, rowCount)) };
}

function holdsRow({ columns, rowCount }: PlainRows, values: readonly string[]): boolean {
  const wanted = columns.map(({ kind, words }, i) => (kind === "category" ? words.strings.indexOf(values[i]!) : -1));
  if (wanted.includes(-1)) return false;
  for (let row = 0; row < rowCount; row++) if (wanted.every((code, i) => columns[i]!.codes[row] === code)) return true;
  return false;
}

function columnOf({ kind, values, codes, words }: PlainColumn, name: string, rowCount: number): Column {
  if (kind === "category") return { kind, name, codes: firstOf(codes, rowCount), categories: words.strings };
  return { kind: "number", name, values: firstOf(values, rowCount) };
}

/** A view if it wastes at most a tenth of the array, otherwise a copy: copying a million values takes noticeable time. */
function firstOf<T extends Float64Array | Int32Array>(values: T, count: number): T {
  return (values.length * 0.9 < count ? values.subarray(0, count) : values.slice(0, count)) as T;
}
