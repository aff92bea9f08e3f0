/** What the readers of CSV share: settings of the grammar, flaws, blanks, line ends, and the fields of a record. */
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

/** How a field is written: without quotes, in quotes, or in quotes with characters after the closing quote. */
export type FieldForm = "bare" | "quoted" | "loose";

const MARK = "\ufeff";

export interface CsvRecord {
  readonly values: string[];
  readonly forms: readonly FieldForm[];
  /** Position of its line end, or the length of the text, after which it may go on. */
  readonly end: number;
  /** The text ends within quotes. */
  readonly isOpen: boolean;
}

/** Reads the record that starts at `from`, quotes and all. */
export function recordAt(text: string, from: number, { delimiter, quote, trim }: CsvGrammar): CsvRecord {
  const values: string[] = [];
  const forms: FieldForm[] = [];
  const isSkipped = (at: number): boolean => trim && isSpaceOrTab(text.charCodeAt(at)) && text[at] !== delimiter;
  const fieldEnd = (start: number): number => {
    let at = start;
    while (at < text.length && text[at] !== delimiter && text[at] !== "\n" && text[at] !== "\r") at++;
    return at;
  };
  for (let at = from; ; at++) {
    const start = at;
    while (text[at] === MARK || isSkipped(at)) at++;
    if (quote === "" || text[at] !== quote) {
      at = fieldEnd(at);
      values.push(withoutMarks(text.slice(start, at)));
      forms.push("bare");
    } else {
      const close = closingQuote(text, at + 1, quote);
      if (close < 0) return { values, forms, end: text.length, isOpen: true };
      let after = close + 1;
      while (isSkipped(after)) after++;
      const end = fieldEnd(after);
      const isLoose = end > after;
      const quoted = text.slice(at + 1, close).replaceAll(quote + quote, quote);
      values.push(withoutMarks(isLoose ? quoted + text.slice(close + 1, end) : quoted));
      forms.push(isLoose ? "loose" : "quoted");
      at = end;
    }
    if (text[at] !== delimiter) return { values, forms, end: at, isOpen: false };
  }
}

/** The quote that is not doubled; -1 if there is none. */
function closingQuote(text: string, from: number, quote: string): number {
  let at = text.indexOf(quote, from);
  while (at >= 0 && text[at + 1] === quote) at = text.indexOf(quote, at + 2);
  return at;
}

function withoutMarks(value: string): string {
  return value.startsWith(MARK) ? value.replace(/^\ufeff+/, "") : value;
}
