/** Writes rows to a stream as CSV or JSON Lines, with backpressure. */
import { once } from "node:events";
import type { Writable } from "node:stream";
import { formulaSafe } from "../../core/text/formulaSafe.ts";
import type { Json } from "../../core/json.ts";

export interface RowWriter {
  /** Resolves when the stream can accept more. */
  write(rows: readonly (readonly Json[])[], sources?: RowSources): Promise<void>;
}

/** Original text of the first fields of rows: it loses no digit, and writing it takes a quarter of the time of the fields. */
export interface RowSources {
  /** Whether each text is a JSON object, not CSV. */
  readonly isJson?: boolean | undefined;
  /** Number of fields in each text. */
  readonly width: number;
  /** By row; undefined if the fields themselves must be written. */
  readonly texts: readonly (string | undefined)[];
}

export interface WriteOptions {
  readonly format: "csv" | "jsonl";
  readonly columns: readonly string[];
  /** Write the header line, even if no row follows; default: true. CSV only. */
  readonly header?: boolean;
  /** Write empty strings as empty fields, not as `""`: for rows read from CSV, where an empty field is an empty string. */
  readonly bareEmpty?: boolean;
  /** Escape strings and names that a spreadsheet would run as formulas. CSV only. */
  readonly formulaSafe?: boolean;
}

/** Does not end the stream: the caller closes it. */
export function rowWriter(stream: Writable, options: WriteOptions): RowWriter {
  const { format, columns } = options;
  const safe = options.formulaSafe === true ? safeRow : (row: readonly Json[]) => row;
  if (format === "csv" && options.header !== false) stream.write(csvLine(safe(columns), false));
  const { bareEmpty = false } = options;
  const keepsSource = format === "jsonl" || options.formulaSafe !== true;
  const line = (row: readonly Json[]): string =>
    format === "csv" ? csvLine(safe(row), bareEmpty) : jsonLine(row, columns);
  return {
    async write(rows, sources) {
      if (rows.length === 0) return;
      const isSameFormat = (sources?.isJson ?? false) === (format === "jsonl");
      let text = "";
      for (let i = 0; i < rows.length; i++) {
        const source = keepsSource && isSameFormat ? sources?.texts[i] : undefined;
        if (source === undefined) text += line(rows[i]!);
        else if (format === "csv") text += sourceLine(source, rows[i]!, { from: sources!.width, bareEmpty });
        else text += sourceObject(source, jsonLine(rows[i]!.slice(sources!.width), columns.slice(sources!.width)));
      }
      if (!stream.write(text) && !stream.destroyed) await once(stream, "drain");
    },
  };
}

/** RFC 4180 with line feeds; a missing value is an empty field, an empty string is `""` unless `bareEmpty`. */
export function csvLine(row: readonly Json[], bareEmpty: boolean): string {
  return `${row.map((value) => csvField(value, bareEmpty)).join(",")}\n`;
}

function sourceLine(
  source: string,
  row: readonly Json[],
  { from, bareEmpty }: { from: number; bareEmpty: boolean },
): string {
  let text = source;
  for (let i = from; i < row.length; i++) text += `,${csvField(row[i]!, bareEmpty)}`;
  return `${text}\n`;
}

/** A JSON object with the members of another, a line. */
function sourceObject(source: string, line: string): string {
  const members = source.slice(0, -1).trimEnd();
  return `${members}${members === "{" ? "" : ","}${line.slice(1)}`;
}

function safeRow(row: readonly Json[]): readonly Json[] {
  return row.map((value) => (typeof value === "string" ? formulaSafe(value) : value));
}

function csvField(value: Json, bareEmpty: boolean): string {
  if (value === null || (bareEmpty && value === "")) return "";
  if (typeof value === "number") return String(value);
  const text = typeof value === "string" ? value : typeof value === "boolean" ? String(value) : JSON.stringify(value);
  if (text === "") return '""';
  return isPlain(text) || !/[",\n\r]|^\s|\s$/.test(text) ? text : `"${text.replaceAll('"', '""')}"`;
}

/** Only characters from "-" to "~", as in numbers, words and times: ten times as fast as the regular expression. */
function isPlain(text: string): boolean {
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i);
    if (code < 45 || code > 126) return false;
  }
  return true;
}

/** NaN and infinity become null, since JSON cannot represent them. */
function jsonLine(row: readonly Json[], columns: readonly string[]): string {
  return `${JSON.stringify(Object.fromEntries(columns.map((column, i) => [column, row[i] ?? null])))}\n`;
}
