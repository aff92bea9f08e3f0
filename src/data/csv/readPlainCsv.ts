/**
 * Reads a CSV of plain numbers and words without DuckDB, in a quarter of the time. Whatever is not plain is left to
 * DuckDB from the start: quotes, dates, gzip, Windows line ends, many texts, leading zeros, anything at fault.
 */
import { isUtf8 } from "node:buffer";
import { open, stat, type FileHandle } from "node:fs/promises";
import type { Column, Table } from "../../core/table/table.ts";
import { columnNames } from "../columnNames.ts";
import { sniffDelimiter, splitRecord } from "./csvHeader.ts";
import { areWords, plainRows, type PlainColumn, type PlainRows } from "./plainRows.ts";
import type { ReadOptions } from "../readOptions.ts";
import { UnreadableFile } from "../unreadableFile.ts";

/** Read at a time; a line that is longer is not plain. */
const CHUNK_BYTES = 4 << 20;
/** Whose lines tell about how many there are. */
const SAMPLE_BYTES = 1 << 16;
/** Short lines at the start must not make room for more than there is memory. */
const MOST_EXPECTED_CELLS = 1 << 27;
const LINE_FEED = 10;

/** A column that has to come out so: a file with another one is not read to its end. */
export interface PlannedColumn {
  readonly name: string;
  readonly kind: Column["kind"];
}

/**
 * The same table that DuckDB would give; null where the file, or what is asked of it, is not plain.
 *
 * @param planned all columns of the file, where they are known
 */
export async function readPlainCsv(
  path: string,
  options: ReadOptions,
  planned?: readonly PlannedColumn[],
): Promise<Table | null> {
  if (!/\.(csv|tsv|txt)$/i.test(path) || !isPlain(options)) return null;
  // A pipe can be read once, and DuckDB may have to.
  const isFile = await stat(path).then(
    (found) => found.isFile(),
    () => false,
  );
  const file = isFile ? await open(path).catch(() => null) : null;
  if (file === null) return null;
  try {
    return await readLines(file, { path, options, planned });
  } finally {
    await file.close();
  }
}

function isPlain({ nullValues = [""], types = {}, select = {}, where }: ReadOptions): boolean {
  const isUsual = nullValues.length === 1 && nullValues[0] === "";
  return isUsual && where === undefined && Object.keys({ ...types, ...select }).length === 0;
}

interface Reading {
  readonly path: string;
  readonly options: ReadOptions;
  readonly planned: readonly PlannedColumn[] | undefined;
}

async function readLines(file: FileHandle, { path, options, planned }: Reading): Promise<Table | null> {
  const { size } = await file.stat();
  const buffer = Buffer.allocUnsafe(CHUNK_BYTES);
  let head: Head | null = null;
  let kept = 0;
  for (;;) {
    const { bytesRead } = await file.read(buffer, kept, CHUNK_BYTES - kept);
    const filled = kept + bytesRead;
    // The last line may end without its sign.
    if (bytesRead === 0 && filled > 0 && filled < CHUNK_BYTES) buffer[kept++] = LINE_FEED;
    const end = bytesRead === 0 ? kept : buffer.lastIndexOf(LINE_FEED, filled - 1) + 1;
    if (bytesRead > 0 && filled < CHUNK_BYTES && end === 0) {
      kept = filled;
      continue;
    }
    const lines = buffer.subarray(0, end);
    if ((end === 0 && filled > 0) || !isUtf8(lines)) return null;
    if (head === null) {
      head = headOf(lines, { size, path, options });
      if (head === null || !head.rows.add(lines.subarray(head.length)) || !isAsPlanned(head, planned)) return null;
    } else if (!head.rows.add(lines)) return null;
    if (bytesRead === 0) return isAsPlanned(head, planned) ? tableOf(head) : null;
    buffer.copyWithin(0, end, filled);
    kept = filled - end;
  }
}

interface Head {
  readonly names: readonly string[];
  readonly rows: PlainRows;
  /** Bytes of the first line with its end. */
  readonly length: number;
}

interface HeadOptions {
  readonly size: number;
  readonly path: string;
  readonly options: ReadOptions;
}

function headOf(lines: Buffer, { size, path, options }: HeadOptions): Head | null {
  const length = lines.indexOf(LINE_FEED) + 1;
  const header = lines.toString("utf8", 0, Math.max(0, length - 1));
  if (header.trim() === "" || /["\r\0\ufeff]/.test(header)) return null;
  const delimiter = sniffDelimiter(header, path);
  const names = namesOf(splitRecord(header, delimiter), options);
  if (names === null || names.length < 2) return null;
  const sample = lines.subarray(length, length + SAMPLE_BYTES);
  let sampled = 0;
  for (let at = sample.indexOf(LINE_FEED); at >= 0; at = sample.indexOf(LINE_FEED, at + 1)) sampled++;
  // A hundredth more, so that room seldom has to be made while reading.
  const expected = Math.min(MOST_EXPECTED_CELLS / names.length, (size / Math.max(1, sample.length)) * sampled * 1.01);
  return { names, rows: plainRows({ delimiter, columnCount: names.length, expected }), length };
}

function isAsPlanned({ names, rows }: Head, planned: readonly PlannedColumn[] | undefined): boolean {
  if (planned === undefined) return true;
  const agrees = (name: string, position: number): boolean => {
    const [{ kind }, wanted] = [rows.columns[position]!, planned[position]!];
    return wanted.name === name && (kind === "unknown" || kind === wanted.kind);
  };
  return names.length === planned.length && names.every(agrees);
}

function namesOf(header: readonly string[], { normalizeNames = false }: ReadOptions): readonly string[] | null {
  try {
    return columnNames(header, normalizeNames);
  } catch (error) {
    if (error instanceof UnreadableFile) return null;
    throw error;
  }
}

function tableOf({ names, rows }: Head): Table | null {
  const { columns, rowCount } = rows;
  if (rowCount === 0 || !columns.every((column) => column.kind !== "unknown" && areWords(column))) return null;
  return { rowCount, columns: columns.map((column, position) => columnOf(column, names[position]!, rowCount)) };
}

function columnOf({ kind, values, codes, words }: PlainColumn, name: string, rowCount: number): Column {
  if (kind === "category") return { kind, name, codes: firstOf(codes, rowCount), categories: words.texts };
  return { kind: "number", name, values: firstOf(values, rowCount) };
}

/** A view where little is left over: copies of a million values are worth a tenth of the time. */
function firstOf<T extends Float64Array | Int32Array>(values: T, count: number): T {
  return (values.length * 0.9 < count ? values.subarray(0, count) : values.slice(0, count)) as T;
}
