/**
 * Reads a CSV file of plain numbers and words without DuckDB, in a quarter of the time. Any other file is left to DuckDB:
 * quotes, dates, gzip, Windows line ends, many distinct strings, leading zeros, errors.
 */
import { isUtf8 } from "node:buffer";
import { open, stat, type FileHandle } from "node:fs/promises";
import type { Column, Table } from "../../core/table/table.ts";
import { columnNames } from "../columnNames.ts";
import { headReader } from "./csvHead.ts";
import { areWords, mayHaveFormat, plainRows, type PlainColumn, type PlainRows } from "./plainRows.ts";
import { type CsvSettings, type ReadOptions, UnreadableFile } from "../readOptions.ts";

/** Size of a read; a longer line is not plain. */
const CHUNK_BYTES = 4 << 20;
/** The lines in these first bytes are used to estimate the number of rows. */
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
  const file = found?.isFile() ? await open(path).catch(() => null) : null;
  if (file === null) return null;
  try {
    return await readLines(file, { path, options, expected });
  } finally {
    await file.close();
  }
}

function isPlain(options: ReadOptions): boolean {
  const { nullValues = [], types = {}, select = {}, where, formats = {}, decimal, thousands, csv = {} } = options;
  const { quote = '"', encoding = "utf-8", skipLines = 0, names } = csv;
  if (quote !== '"' || encoding !== "utf-8" || skipLines > 0 || names !== undefined) return false;
  const isUsual = nullValues.every((text) => text === "") && (where ?? decimal ?? thousands) === undefined;
  return isUsual && Object.keys({ ...types, ...select, ...formats }).length === 0;
}

interface Reading {
  readonly path: string;
  readonly options: ReadOptions;
  readonly expected: Expected | undefined;
}

async function readLines(file: FileHandle, reading: Reading): Promise<Table | null> {
  const { size } = await file.stat();
  const buffer = Buffer.allocUnsafe(CHUNK_BYTES);
  let head: Head | null = null;
  let kept = 0;
  for (;;) {
    const { bytesRead } = await file.read(buffer, kept, CHUNK_BYTES - kept);
    const filled = kept + bytesRead;
    // The last line may lack its line feed.
    if (bytesRead === 0 && filled > 0 && filled < CHUNK_BYTES) buffer[kept++] = LINE_FEED;
    const end = bytesRead === 0 ? kept : buffer.lastIndexOf(LINE_FEED, filled - 1) + 1;
    if (bytesRead > 0 && filled < CHUNK_BYTES && end === 0) {
      kept = filled;
      continue;
    }
    const lines = buffer.subarray(0, end);
    if ((end === 0 && filled > 0) || !isUtf8(lines) || lines.indexOf(MARK) >= 0) return null;
    if (head === null) {
      head = headOf(lines, buffer.subarray(0, filled), { ...reading, size });
      if (head === null || !head.rows.add(lines.subarray(head.length)) || !matches(head, reading)) return null;
    } else if (!head.rows.add(lines)) return null;
    if (bytesRead === 0) return matches(head, reading) ? tableOf(head, reading) : null;
    buffer.copyWithin(0, end, filled);
    kept = filled - end;
  }
}

interface Head {
  readonly delimiter: string;
  readonly names: readonly string[];
  readonly rows: PlainRows;
  readonly length: number;
  /** A row that says this repeats the header. */
  readonly refused: readonly string[] | null;
}

/** @param start what was read of the file: `lines` and the start of the next line */
function headOf(lines: Buffer, start: Buffer, reading: Reading & { size: number }): Head | null {
  const { expected, size } = reading;
  const length = lines.indexOf(LINE_FEED) + 1;
  if (/["\r\0]/.test(lines.toString("utf8", 0, length))) return null;
  const found = csvHeadOf(start.toString("utf8", 0, Math.max(length, SAMPLE_BYTES)), start.length >= size, reading);
  if (found?.line !== 1 || found.names.length < 2) return null;
  const { names, grammar } = found;
  const { delimiter } = grammar;
  const sample = lines.subarray(length, length + SAMPLE_BYTES);
  let sampled = 0;
  for (let at = sample.indexOf(LINE_FEED); at >= 0; at = sample.indexOf(LINE_FEED, at + 1)) sampled++;
  // One percent more, so that the arrays rarely have to grow.
  const estimate = (size / Math.max(1, sample.length)) * sampled * 1.01;
  const expectedRows = Math.min(MAX_EXPECTED_CELLS / names.length, estimate);
  const rows = plainRows(delimiter, names.length, expectedRows);
  return { delimiter, names, rows, length, refused: expected === undefined ? found.given : null };
}

function matches({ names, rows }: Head, { expected }: Reading): boolean {
  if (expected === undefined) return true;
  const agrees = (name: string, position: number): boolean => {
    const [{ kind }, wanted] = [rows.columns[position]!, expected[position]!];
    return wanted.name === name && (kind === "unknown" || kind === wanted.kind);
  };
  return names.length === expected.length && names.every(agrees);
}

function csvHeadOf(text: string, isWhole: boolean, { path, options, expected }: Reading) {
  try {
    const reader = headReader(path, (expected === undefined ? options.csv : DATASET) ?? {});
    const head = (reader.add(text) ?? (isWhole ? reader.end() : undefined))?.head;
    return head && { ...head, names: columnNames(head.names, options.normalizeNames ?? false), given: head.names };
  } catch (error) {
    if (error instanceof UnreadableFile) return undefined;
    throw error;
  }
}

function tableOf({ names, rows, delimiter, refused }: Head, { expected, options }: Reading): Table | null {
  const { columns, rowCount } = rows;
  const texts = new Set(options.categoryColumns);
  if (columns.some(({ kind }, position) => kind === "number" && texts.has(names[position]!))) return null;
  if (refused !== null && holdsRow(rows, refused)) return null;
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
