/** What the readers of CSV share: settings of the grammar, flaws, blanks, line ends. */
import { counted } from "../../core/text/format.ts";

export interface CsvGrammar {
  readonly delimiter: string;
  /** One character; empty: no character quotes. */
  readonly quote: string;
  readonly trim: boolean;
}

export interface CellPlace {
  readonly line: number;
  /** Position of the column, from 0. */
  readonly column: number;
  /** The value as it was read, or the original text of a trimmed cell. */
  readonly text: string;
}

export interface CsvFlaws {
  /** Cells with characters after the closing quote. */
  afterQuote: { count: number; first: CellPlace } | undefined;
  /** Values whose blanks were removed, by column. */
  readonly trimmed: Map<number, { count: number; first: CellPlace }>;
  /** Lines that repeat the header. */
  repeatedHeader: { count: number; line: number } | undefined;
}

/** Without blanks at both ends. */
export function withoutBlanks(text: string): string {
  let start = 0;
  const end = lastInk(text);
  while (start < end && isSpaceOrTab(text.charCodeAt(start))) start++;
  return text.slice(start, end);
}

/** Where the blanks at the end start. */
export function lastInk(text: string): number {
  let end = text.length;
  while (end > 0 && isSpaceOrTab(text.charCodeAt(end - 1))) end--;
  return end;
}

export function isSpaceOrTab(code: number): boolean {
  return code === 32 || code === 9;
}

/** Number of line ends: LF, CRLF or CR. */
export function lineBreaks(text: string): number {
  if (!text.includes("\n") && !text.includes("\r")) return 0;
  return text.split(/\r\n|\n|\r/).length - 1;
}

/** E.g. "1 value, but the header has 2 columns". */
export function widthMismatch(values: number, columns: number): string {
  return `${counted(values, "value")}, but the header has ${counted(columns, "column")}`;
}
