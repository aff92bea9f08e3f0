/**
 * The grammar of CSV, for every reader. A file that DuckDB or the fast path reads by itself lies in the subset of
 * `csvScan.ts` on which they agree with this tokenizer.
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
import {
  fieldReader,
  isSpaceOrTab,
  lastInk,
  lineBreaks,
  widthMismatch,
  withoutBlanks,
  type CsvFlaws,
  type CsvGrammar,
  type FieldForm,
} from "./csvGrammar.ts";
import { UnreadableFile } from "../readOptions.ts";

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

/** @param line number of the first line that will be written */
export function csvTokenizer(grammar: CsvGrammar, line = 1): CsvTokenizer {
  const { delimiter, quote, trim } = grammar;
  const flaws: CsvFlaws = { afterQuote: undefined, trimmed: new Map(), repeatedHeader: undefined };
  const reader = fieldReader(grammar);
  const hasBlank = blankFinder(delimiter);
  let header: readonly string[] | undefined;
  let headerForms: readonly FieldForm[] | undefined;
  let rows: CsvRow[] = [];
  let consumed = 0;
  /** The last text ended with CR: a line feed that follows belongs to it. */
  let afterReturn = false;

  function write(text: string, limit = Infinity): CsvRow[] {
    rows = [];
    let at = afterReturn && text.startsWith("\n") ? 1 : 0;
    if (text.length > 0) afterReturn = false;
    const chunk = { mayTrim: trim && hasBlank(text), hasMark: text.includes("\ufeff") };
    let [feed, ret, quoted] = [-1, -1, -1];
    while (at < text.length && rows.length < limit) {
      if (feed < at) feed = indexOf(text, "\n", at);
      if (ret < at) ret = indexOf(text, "\r", at);
      if (quoted < at) quoted = quote === "" ? Infinity : indexOf(text, quote, at);
      const end = Math.min(feed, ret);
      if (!reader.isOpen() && quoted === Infinity && ret === Infinity && limit === Infinity && feed < Infinity) {
        const last = text.lastIndexOf("\n");
        const lines = text.slice(at, last).split("\n");
        if (chunk.mayTrim || chunk.hasMark) for (const source of lines) plainLine(source, chunk);
        else addLines(lines);
        at = last + 1;
        continue;
      }
      if (!reader.isOpen() && end < Infinity && end < quoted) {
        plainLine(text.slice(at, end), chunk);
        at = afterLineEnd(text, end);
        continue;
      }
      at = reader.read(text, at);
      if (at === text.length) break;
      addRecord();
      at = afterLineEnd(text, at);
    }
    if (reader.length() > MAX_RECORD_LENGTH) throw reader.isQuoted() ? unclosed() : longLine(line);
    consumed = at;
    return rows;
  }

  function afterLineEnd(text: string, at: number): number {
    if (text[at] !== "\r") return at + 1;
    if (at + 1 === text.length) afterReturn = true;
    return text[at + 1] === "\n" ? at + 2 : at + 1;
  }

  /** A line without quotes is one record: splitting it takes a fraction of the time of `fieldReader`. */
  function plainLine(source: string, { mayTrim, hasMark }: { mayTrim: boolean; hasMark: boolean }): void {
    if (hasMark && source.includes("\ufeff")) {
      reader.read(source, 0);
      return addRecord();
    }
    const values = source.split(delimiter);
    const isChanged = mayTrim && trimAll(values);
    addRow(values, undefined, delimiter === "," && !isChanged ? source : undefined);
    line++;
  }

  /** Lines without quotes, byte order marks and blanks beside a delimiter: the usual file, and the hottest loop. */
  function addLines(sources: readonly string[]): void {
    const width = header?.length ?? 0;
    const first = header?.[0];
    const keepsSource = delimiter === ",";
    for (const source of sources) {
      const values = source.split(delimiter);
      if (width < 2 || values.length !== width || values[0] === first)
        addRow(values, undefined, keepsSource ? source : undefined);
      else rows.push(keepsSource ? { line, values, source } : { line, values });
      line++;
    }
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

  function addRecord(): void {
    const { values, forms } = reader.take();
    let at = line;
    for (const [column, given] of values.entries()) {
      const value = (values[column] = given.replace(/^\ufeff+/, ""));
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

  function unclosed(): UnreadableFile {
    const { values } = reader.fields();
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
      rows = [];
      if (reader.isQuoted()) throw unclosed();
      if (reader.isOpen()) addRecord();
      return rows;
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

/** Whether a blank is at the start or end of a field of a text. */
function blankFinder(delimiter: string): (text: string) => boolean {
  const end = `[\\u${delimiter.charCodeAt(0).toString(16).padStart(4, "0")}\n\r]`;
  const blanks = [" ", "\t"].filter((blank) => blank !== delimiter);
  const finders = blanks.map((blank) => ({ blank, beside: new RegExp(`${blank}${end}|${end}${blank}`) }));
  return (text) =>
    finders.some(({ blank, beside }) => text.includes(blank) && (beside.test(text) || text.startsWith(blank)));
}

function indexOf(text: string, char: string, from: number): number {
  const at = text.indexOf(char, from);
  return at < 0 ? Infinity : at;
}
