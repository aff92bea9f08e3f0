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

interface Fields {
  readonly values: string[];
  readonly forms: FieldForm[];
}

const MARK = "\ufeff";

/** Reads the fields of records that have quotes or are split between texts. */
export function fieldReader({ delimiter, quote, trim }: CsvGrammar) {
  let mode: "record" | "field" | "bare" | "quoted" | "closed" | "loose" = "record";
  let fields: Fields = { values: [], forms: [] };
  let part = "";
  /** Blanks before an opening quote or after a closing one. */
  let blanks = "";
  let length = 0;

  const isBlank = (char: string | undefined): boolean => (char === " " || char === "\t") && char !== delimiter;
  const isSkipped = (char: string | undefined): boolean => char === MARK || (trim && isBlank(char));
  const isEnd = (char: string): boolean => char === delimiter || char === "\n" || char === "\r";

  function step(text: string, start: number): number {
    let at = start;
    switch (mode) {
      case "record":
        mode = "field";
        return at;
      case "field":
        for (; isSkipped(text[at]); at++) if (text[at] !== MARK) blanks += text[at];
        if (at === text.length) return at;
        mode = text[at] === quote ? "quoted" : "bare";
        if (mode === "quoted") at++;
        else part = blanks;
        blanks = "";
        return at;
      case "quoted": {
        const close = text.indexOf(quote, at);
        part += text.slice(at, close < 0 ? text.length : close);
        if (close >= 0) mode = "closed";
        return close < 0 ? text.length : close + 1;
      }
      case "closed":
        if (text[at] === quote && blanks === "") {
          part += quote;
          mode = "quoted";
          return at + 1;
        }
        if (trim && isBlank(text[at])) {
          blanks += text[at];
          return at + 1;
        }
        part += blanks;
        [mode, blanks] = ["loose", ""];
        return at;
      default:
        while (at < text.length && !isEnd(text[at]!)) at++;
        part += text.slice(start, at);
        return at;
    }
  }

  function endField(): void {
    fields.values.push(mode === "field" ? blanks : part);
    fields.forms.push(mode === "closed" ? "quoted" : mode === "loose" ? "loose" : "bare");
    [part, blanks] = ["", ""];
  }

  return {
    /** Whether a record has started and not ended. */
    isOpen: () => mode !== "record",
    isQuoted: () => mode === "quoted",
    /** Characters of the open record. */
    length: () => length,
    /** Fields of the open record that have ended. */
    fields: (): Fields => fields,
    /** @returns position of the line end that ends the record; the length of `text` if there is none */
    read(text: string, start: number): number {
      let at = start;
      while (at < text.length) {
        const canEnd = mode === "bare" || mode === "closed" || mode === "loose";
        if (!canEnd || !isEnd(text[at]!)) at = step(text, at);
        else if (text[at] === delimiter) {
          endField();
          mode = "field";
          at++;
        } else break;
      }
      length += at - start;
      return at;
    },
    take(): Fields {
      endField();
      const record = fields;
      fields = { values: [], forms: [] };
      [mode, length] = ["record", 0];
      return record;
    },
  };
}
