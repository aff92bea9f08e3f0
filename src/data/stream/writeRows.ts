/** Writes rows to a stream as CSV or JSON Lines, with backpressure. */
import { once } from "node:events";
import type { Writable } from "node:stream";
import { formulaSafe } from "../../core/text/format.ts";
import type { Json } from "../../core/json.ts";

export interface RowWriter {
  /** Resolves when the stream can accept more. */
  write(rows: readonly (readonly Json[])[], sources?: RowSources): Promise<void>;
}

/** What is known of rows that were read from a file or stream, and what is written after them. */
export interface RowSources {
  readonly isJson?: boolean | undefined;
  /** Original text by row: it loses no digit, and is written four times as fast. Undefined if the fields must be written. */
  readonly texts: readonly (string | undefined)[];
  /** By row: values that follow its own. Not in one array with them, since copying each row takes as long as predicting it. */
  readonly added: readonly (readonly Json[])[];
}

export interface WriteOptions {
  readonly format: "csv" | "jsonl";
  readonly columns: readonly string[];
  /** Write empty strings as empty fields, not as `""`: for rows read from CSV, where an empty field is an empty string. */
  readonly bareEmpty?: boolean;
  /** Escape strings and names that a spreadsheet would run as formulas. CSV only. */
  readonly formulaSafe?: boolean;
}

/** Writes the header of CSV at once, even if no row follows. Does not end the stream: the caller closes it. */
export function rowWriter(stream: Writable, options: WriteOptions): RowWriter {
  const { format, columns } = options;
  const safe = options.formulaSafe === true ? safeRow : (row: readonly Json[]) => row;
  if (format === "csv") stream.write(csvLine(safe(columns), false));
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
        const added = sources?.added[i];
        if (source === undefined) text += line(added === undefined ? rows[i]! : [...rows[i]!, ...added]);
        else if (format === "csv") text += sourceLine(source, added!, bareEmpty);
        else text += sourceObject(source, jsonLine(added!, columns.slice(-added!.length)));
      }
      if (!stream.write(text) && !stream.destroyed) await once(stream, "drain");
    },
  };
}

/** RFC 4180 with line feeds; a missing value is an empty field, an empty string is `""` unless `bareEmpty`. */
export function csvLine(row: readonly Json[], bareEmpty: boolean): string {
  return `${row.map((value) => csvField(value, bareEmpty)).join(",")}\n`;
}

function sourceLine(source: string, added: readonly Json[], bareEmpty: boolean): string {
  let text = source;
  for (let i = 0; i < added.length; i++) text += `,${csvField(added[i]!, bareEmpty)}`;
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
