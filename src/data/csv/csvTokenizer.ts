/**
 * The grammar of CSV, for every reader. A file that DuckDB reads by itself lies in the subset of `csvScan.ts` on
 * which both agree.
 *
 * - A line ends with LF, CRLF or CR, mixed at will. Blank lines are skipped; in a file with one column they are missing
 *   values.
 * - A field that starts with a quote ends with a quote; a quote inside is doubled. Elsewhere a quote is a character.
 *   Characters after the closing quote are kept (as in pandas) and reported as a flaw.
 * - `trim` removes blanks around fields and beside quotes, never inside quotes.
 * - A byte order mark at the start of a field is skipped, and so is a line that repeats the header: files that were
 *   concatenated have them.
 */
import type { InputRow } from "../rowBatch.ts";
import { isSpaceOrTab, lastInk, lineBreaks, widthMismatch, withoutBlanks } from "./csvGrammar.ts";
import type { CsvFlaws, CsvGrammar } from "./csvGrammar.ts";
import { UnreadableFile } from "../unreadableFile.ts";

export interface CsvRow extends InputRow {
  readonly values: readonly string[];
}

export interface CsvTokenizer {
  readonly flaws: CsvFlaws;
  /** Characters of the last `write` that were read; fewer than its length only if `limit` was reached. */
  readonly consumed: number;
  /**
   * Rows of the records that end within `text`, which continues the text written before.
   * @param limit maximum number of rows
   * @throws {UnreadableFile} if a record is longer than 32 Mi characters, as after a quote that is not closed
   */
  write(text: string, limit?: number): CsvRow[];
  /** The row of the last record, if it lacks its line end. @throws {UnreadableFile} for a quote that is not closed */
  end(): CsvRow[];
  /** From here on, rows with another number of values have a `problem`. @param values of the last record */
  setHeader(values: readonly string[]): void;
}

/** In characters, so that an unclosed quote does not read the rest of a long file into memory. */
export const MAX_RECORD_LENGTH = 1 << 25;

/** A record that has not ended is read again with each text that follows; beyond this length, once it has doubled. */
const READ_AGAIN = 1 << 20;

/** How a field is written: without quotes, in quotes, or in quotes with characters after the closing quote. */
type FieldForm = "bare" | "quoted" | "loose";

/** @param line number of the first line that will be written */
export function csvTokenizer(grammar: CsvGrammar, line = 1): CsvTokenizer {
  const { delimiter, quote, trim } = grammar;
  const flaws: CsvFlaws = { afterQuote: undefined, trimmed: new Map(), repeatedHeader: undefined };
  const inPattern = `\\u${delimiter.charCodeAt(0).toString(16).padStart(4, "0")}`;
  const blanks = [" ", "\t"].filter((blank) => blank !== delimiter).join("");
  const besideBlank = new RegExp(`[${blanks}][${inPattern}\n\r]|(^|[${inPattern}\n\r])[${blanks}]`);
  const [comma, mark] = [delimiter.charCodeAt(0), 0xfeff];
  const isEnd = (code: number): boolean => code === comma || code === 10 || code === 13;
  const isSkipped = (code: number): boolean => code === mark || (trim && isSpaceOrTab(code) && code !== comma);
  let header: readonly string[] | undefined;
  let headerForms: readonly FieldForm[] | undefined;
  let rows: CsvRow[] = [];
  let consumed = 0;
  /** The last text ended with CR: a line feed that follows belongs to it. */
  let afterReturn = false;
  /** Text of a record that has not ended, its length when it was last read, and its fields if a quote is open. */
  let pending = "";
  let tried = 0;
  let unclosedAfter: readonly string[] | undefined;

  function write(more: string, limit = Infinity): CsvRow[] {
    rows = [];
    const text = pending + (afterReturn && more.startsWith("\n") ? more.slice(1) : more);
    if (more.length > 0) afterReturn = false;
    if (pending.length > READ_AGAIN && text.length < Math.min(2 * tried, MAX_RECORD_LENGTH)) {
      pending = text;
      return rows;
    }
    const chunk = { mayTrim: trim && /[ \t]/.test(text) && besideBlank.test(text), hasMark: text.includes("\ufeff") };
    let at = 0;
    let [feed, ret, quoted] = [-1, -1, -1];
    unclosedAfter = undefined;
    while (at < text.length && rows.length < limit) {
      if (feed < at) feed = indexOf(text, "\n", at);
      if (ret < at) ret = indexOf(text, "\r", at);
      if (quoted < at) quoted = quote === "" ? Infinity : indexOf(text, quote, at);
      const end = Math.min(feed, ret);
      if (quoted === Infinity && ret === Infinity && limit === Infinity && feed < Infinity) {
        const last = text.lastIndexOf("\n");
        for (const source of text.slice(at, last).split("\n")) plainLine(source, chunk);
        at = last + 1;
      } else if (end < quoted) {
        plainLine(text.slice(at, end), chunk);
        at = afterLineEnd(text, end);
      } else {
        const next = quoted === Infinity ? undefined : record(text, at);
        if (next === undefined) break;
        at = next;
      }
    }
    consumed = at;
    pending = rows.length < limit ? text.slice(at) : "";
    tried = pending.length;
    if (tried > MAX_RECORD_LENGTH) throw unclosedAfter === undefined ? longLine(line) : unclosed(unclosedAfter);
    return rows;
  }

  function afterLineEnd(text: string, at: number): number {
    if (text[at] !== "\r") return at + 1;
    if (at + 1 === text.length) afterReturn = true;
    return text[at + 1] === "\n" ? at + 2 : at + 1;
  }

  /** A line without quotes is one record: splitting it takes a fraction of the time of `record`. */
  function plainLine(source: string, { mayTrim, hasMark }: { mayTrim: boolean; hasMark: boolean }): void {
    if (hasMark && source.includes("\ufeff")) return void record(`${source}\n`, 0);
    const values = source.split(delimiter);
    const isChanged = mayTrim && trimAll(values);
    addRow(values, undefined, delimiter === "," && !isChanged ? source : undefined);
    line++;
  }

  /** Reads the fields of a record one by one. @returns where the next starts; undefined if `text` ends within it */
  function record(text: string, start: number): number | undefined {
    const values: string[] = [];
    const forms: FieldForm[] = [];
    for (let at = start; ; at++) {
      const first = at;
      while (isSkipped(text.charCodeAt(at))) at++;
      const isQuoted = quote !== "" && text[at] === quote;
      const close = isQuoted ? closingQuote(text, at + 1) : at;
      if (close < 0) {
        unclosedAfter = values;
        return undefined;
      }
      let end = isQuoted ? close + 1 : at;
      while (end < text.length && !isEnd(text.charCodeAt(end))) end++;
      if (end === text.length) return undefined;
      if (isQuoted) {
        const rest = text.slice(close + 1, end);
        const isLoose = (trim ? withoutBlanks(rest) : rest) !== "";
        values.push(text.slice(at + 1, close).replaceAll(quote + quote, quote) + (isLoose ? rest : ""));
        forms.push(isLoose ? "loose" : "quoted");
      } else {
        values.push(text.slice(first, at).replaceAll("\ufeff", "") + text.slice(at, end));
        forms.push("bare");
      }
      at = end;
      if (text[end] === delimiter) continue;
      addRecord(values, forms);
      return afterLineEnd(text, end);
    }
  }

  /** Where a quote is not doubled; −1 if there is none, or the next character is not known yet. */
  function closingQuote(text: string, start: number): number {
    for (let at = text.indexOf(quote, start); at >= 0 && at + 1 < text.length; at = text.indexOf(quote, at + 2))
      if (text[at + 1] !== quote) return at;
    return -1;
  }

  function trimAll(values: string[]): boolean {
    let isChanged = false;
    for (let i = 0; i < values.length; i++) {
      const value = values[i]!;
      if (!isSpaceOrTab(value.charCodeAt(0)) && !isSpaceOrTab(value.charCodeAt(value.length - 1))) continue;
      values[i] = trimmed(value, i, line);
      isChanged = true;
    }
    return isChanged;
  }

  function trimmed(value: string, column: number, at: number): string {
    const short = withoutBlanks(value);
    if (short === value || short === "" || header === undefined) return short;
    const known = flaws.trimmed.get(column) ?? { count: 0, first: { line: at, column, text: value } };
    known.count++;
    flaws.trimmed.set(column, known);
    return short;
  }

  function addRecord(values: string[], forms: readonly FieldForm[]): void {
    let at = line;
    for (const [column, given] of values.entries()) {
      const value = given.charCodeAt(0) === mark ? (values[column] = given.replace(/^\ufeff+/, "")) : given;
      const form = forms[column];
      if (form === "loose") {
        if (trim) values[column] = value.slice(0, lastInk(value));
        flaws.afterQuote ??= { count: 0, first: { line: at, column, text: values[column]! } };
        flaws.afterQuote.count++;
      } else if (form === "bare" && trim) values[column] = trimmed(value, column, at);
      at += lineBreaks(value);
    }
    addRow(values, forms, undefined);
    line = at + 1;
  }

  function addRow(values: string[], forms: readonly FieldForm[] | undefined, source: string | undefined): void {
    const width = header?.length;
    const isBlank = values.length === 1 && values[0] === "" && (forms === undefined || forms[0] === "bare");
    if (isBlank && width !== 1) return;
    if (width === undefined) {
      headerForms = forms;
      rows.push({ line, values });
    } else if (values.length !== width) rows.push({ line, values, problem: widthMismatch(values.length, width) });
    else if (values[0] === header![0] && width > 1 && repeatsHeader(values, forms)) {
      flaws.repeatedHeader ??= { count: 0, line };
      flaws.repeatedHeader.count++;
    } else rows.push(source === undefined ? { line, values } : { line, values, source });
  }

  function repeatsHeader(values: readonly string[], forms: readonly FieldForm[] | undefined): boolean {
    if (values.every((value) => value === "")) return false;
    return values.every((value, i) => value === header![i] && (forms?.[i] ?? "bare") === (headerForms?.[i] ?? "bare"));
  }

  /** @param values of the record before the quote */
  function unclosed(values: readonly string[]): UnreadableFile {
    const at = values.reduce((sum, value) => sum + lineBreaks(value), line);
    const name = header?.[values.length];
    const place = name === undefined ? "" : `, column "${name}"`;
    const hint = 'close the quote, or set "ingest": {"quote": ""} if quotes are ordinary characters in this file';
    return new UnreadableFile(`line ${at}${place}: a quote is not closed`, { line: at, hint });
  }

  return {
    flaws,
    get consumed() {
      return consumed;
    },
    write,
    end() {
      tried = 0;
      const found = write(pending === "" || /[\n\r]$/.test(pending) ? "" : "\n");
      if (unclosedAfter !== undefined) throw unclosed(unclosedAfter);
      return found;
    },
    setHeader(values) {
      header = values;
    },
  };
}

export function longLine(line: number): UnreadableFile {
  const hint = "each row must be a line that ends with a line feed: check that the input is a table";
  return new UnreadableFile(`line ${line} is longer than ${MAX_RECORD_LENGTH >> 20} MiB`, { line, hint });
}

function indexOf(text: string, char: string, from: number): number {
  const at = text.indexOf(char, from);
  return at < 0 ? Infinity : at;
}
