/** Reads the fields of records that have quotes or are split between texts. */
import type { CsvGrammar } from "./csvGrammar.ts";

/** How a field is written: without quotes, in quotes, or in quotes with characters after the closing quote. */
export type FieldForm = "bare" | "quoted" | "loose";

export interface Fields {
  /** Bare fields with the blanks around them. */
  readonly values: string[];
  readonly forms: FieldForm[];
}

export interface FieldReader {
  /** Whether a record has started and not ended. */
  readonly isOpen: boolean;
  /** Whether a quote is open. */
  readonly isQuoted: boolean;
  /** Characters of the open record. */
  readonly length: number;
  /** Fields of the open record that have ended. */
  readonly fields: Fields;
  /** @returns position of the line end that ends the record; the length of `text` if there is none */
  read(text: string, start: number): number;
  /** Ends the record. */
  take(): Fields;
}

const MARK = "\ufeff";

export function fieldReader({ delimiter, quote, trim }: CsvGrammar): FieldReader {
  let mode: "record" | "field" | "bare" | "quoted" | "closed" | "loose" = "record";
  let fields: Fields = { values: [], forms: [] };
  let part = "";
  /** Blanks before an opening quote or after a closing one. */
  let blanks = "";
  let length = 0;

  const isBlank = (char: string | undefined): boolean => (char === " " || char === "\t") && char !== delimiter;
  const isSkipped = (char: string | undefined): boolean => char === MARK || (trim && isBlank(char));
  const isEnd = (char: string): boolean => char === delimiter || char === "\n" || char === "\r";

  /** Reads on in the current mode. */
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
    get isOpen() {
      return mode !== "record";
    },
    get isQuoted() {
      return mode === "quoted";
    },
    get length() {
      return length;
    },
    get fields() {
      return fields;
    },
    read(text, start) {
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
    take() {
      endField();
      const record = fields;
      fields = { values: [], forms: [] };
      [mode, length] = ["record", 0];
      return record;
    },
  };
}
