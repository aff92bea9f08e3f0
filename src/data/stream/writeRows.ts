/** Writes rows to a stream as CSV or JSON lines, no faster than the stream takes them. */
import { once } from "node:events";
import type { Writable } from "node:stream";
import { formulaSafe } from "../../core/text/formulaSafe.ts";
import type { Json } from "../../core/json.ts";

export interface RowWriter {
  /** Resolves once the stream can take more. */
  write(rows: readonly (readonly Json[])[], sources?: RowSources): Promise<void>;
}

/** CSV that the first fields of rows came as: written again as it is, in a quarter of the time of writing fields. */
export interface RowSources {
  /** Fields that it stands for. */
  readonly width: number;
  /** By row; undefined where the fields themselves have to be written. */
  readonly texts: readonly (string | undefined)[];
}

export interface WriteOptions {
  readonly format: "csv" | "jsonl";
  readonly columns: readonly string[];
  /** Write the header line even if no row follows; on if left out. CSV only. */
  readonly header?: boolean;
  /** Empty texts as empty fields, not as `""`: for rows that came from CSV, where an empty field is an empty text. */
  readonly bareEmpty?: boolean;
  /** Texts and names that a spreadsheet would take for formulas become plain text. CSV only. */
  readonly formulaSafe?: boolean;
}

/** The stream is not ended: whoever opened it closes it. */
export function rowWriter(stream: Writable, options: WriteOptions): RowWriter {
  const { format, columns } = options;
  const safe = options.formulaSafe === true ? safeRow : (row: readonly Json[]) => row;
  let pending = format === "csv" && options.header !== false ? csvLine(safe(columns), false) : "";
  if (pending !== "") {
    stream.write(pending);
    pending = "";
  }
  const { bareEmpty = false } = options;
  const line = (row: readonly Json[]): string =>
    format === "csv" ? csvLine(safe(row), bareEmpty) : jsonLine(row, columns);
  const asItCame = format === "csv" && options.formulaSafe !== true;
  return {
    async write(rows, sources) {
      if (rows.length === 0) return;
      let text = "";
      for (let i = 0; i < rows.length; i++) {
        const source = asItCame ? sources?.texts[i] : undefined;
        text +=
          source === undefined ? line(rows[i]!) : sourceLine(source, rows[i]!, { from: sources!.width, bareEmpty });
      }
      if (!stream.write(text) && !stream.destroyed) await once(stream, "drain");
    },
  };
}

/** As RFC 4180 has it, with line feeds; a missing value is an empty field, the empty text `""` unless `bareEmpty`. */
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

/** Only signs from "-" to "~", as in numbers, words and times: ten times as fast as asking the expression. */
function isPlain(text: string): boolean {
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i);
    if (code < 45 || code > 126) return false;
  }
  return true;
}

/** NaN and infinity, which JSON does not have, become null. */
function jsonLine(row: readonly Json[], columns: readonly string[]): string {
  return `${JSON.stringify(Object.fromEntries(columns.map((column, i) => [column, row[i] ?? null])))}\n`;
}
