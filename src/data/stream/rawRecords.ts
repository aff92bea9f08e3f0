/** Cuts a CSV or JSON Lines stream into records that keep their bytes: for files that are divided, not read. */
import { fieldReader } from "../csv/csvFields.ts";
import { withoutBlanks, type CsvGrammar } from "../csv/csvGrammar.ts";
import { headReader, type CsvHead } from "../csv/csvHead.ts";
import { asDataError } from "../csv/csvRows.ts";
import { encoder, utf8Chunks } from "../csv/utf8Chunks.ts";
import { UnreadableFile } from "../unreadableFile.ts";

export interface RawBatch {
  /** Of CSV. */
  readonly head: Pick<CsvHead, "grammar" | "names"> | undefined;
  /** The text up to the first record, with the byte order mark; empty for JSON Lines. */
  readonly header: string;
  /** Each with its line end. No blank lines and no repeated headers, as in `readRows`. */
  readonly records: readonly string[];
  /** The bytes of a text of this stream in its own encoding. */
  readonly encode: (text: string) => Buffer;
}

/** In characters, as of the tokenizer: an unclosed quote must not read the rest of a long file into memory. */
const MAX_RECORD_LENGTH = 1 << 25;
const MARK = Buffer.from("\ufeff");
const LINES: CsvGrammar = { delimiter: "\n", quote: "", trim: false };

/** @throws {MlctlError} kind "data" if the stream is not text, has no header, or does not close a quote */
export async function* rawRecords(
  stream: AsyncIterable<Buffer | string>,
  { format, name }: { readonly format: "csv" | "jsonl"; readonly name: string },
): AsyncGenerator<RawBatch> {
  let isMarked = false;
  let encode: RawBatch["encode"] = Buffer.from;
  let head: CsvHead | undefined;
  let [header, rest, count] = ["", "", 0];
  const start = headReader(name, {});
  const watched = async function* (): AsyncGenerator<Buffer | string> {
    let isFirst = true;
    for await (const bytes of stream) {
      if (isFirst) isMarked = Buffer.from(bytes).subarray(0, MARK.length).equals(MARK);
      isFirst = false;
      yield bytes;
    }
  };
  const onEncoding = (found: { name: string }): void => {
    encode = encoder(found.name);
    isMarked ||= found.name.startsWith("UTF-16");
  };
  const begin = (begun: ReturnType<typeof start.add>): void => {
    if (begun === undefined) return;
    head = begun.head;
    header = rest.slice(0, head.length);
    rest = begun.rest;
  };
  const batch = (isLast: boolean): RawBatch => {
    const { records, end } = cut(rest, head?.grammar ?? LINES, isLast);
    if (end < rest.length && (isLast || rest.length - end > MAX_RECORD_LENGTH))
      throw new UnreadableFile(`the quote or line of row ${count + records.length + 1} does not end`);
    rest = rest.slice(end);
    const rows = records.filter((record) => isRow(record, head, header));
    count += rows.length;
    return { head, header: isMarked ? `\ufeff${header}` : header, records: rows, encode };
  };
  try {
    for await (const chunk of utf8Chunks(watched(), { onEncoding })) {
      const text = chunk.toString();
      rest += text;
      if (format === "csv" && head === undefined) begin(start.add(text));
      if (format === "jsonl" || head !== undefined) yield batch(false);
    }
    if (format === "csv" && head === undefined) begin(start.end());
    yield batch(true);
  } catch (error) {
    throw asDataError(error, name);
  }
}

/** The values of a record. */
function cellsOf(record: string, grammar: CsvGrammar): string[] {
  const reader = fieldReader(grammar);
  reader.read(record, 0);
  const { values, forms } = reader.take();
  return grammar.trim ? values.map((value, i) => (forms[i] === "quoted" ? value : withoutBlanks(value))) : values;
}

/** One value of a record, by the position of its column; undefined if the record has fewer. */
export function cellOf(record: string, position: number, grammar: CsvGrammar): string | undefined {
  if (record.includes(grammar.quote)) return cellsOf(record, grammar)[position];
  let start = 0;
  for (let i = 0; i < position; i++) {
    start = record.indexOf(grammar.delimiter, start) + 1;
    if (start === 0) return undefined;
  }
  const end = record.indexOf(grammar.delimiter, start);
  const value = end < 0 ? record.slice(start).replace(/[\r\n]+$/, "") : record.slice(start, end);
  return grammar.trim ? withoutBlanks(value) : value;
}

/** @returns position of the end of the last whole record */
function cut(text: string, grammar: CsvGrammar, isLast: boolean): { records: string[]; end: number } {
  const reader = fieldReader(grammar);
  const records: string[] = [];
  let [at, feed, ret, quote] = [0, -1, -1, -1];
  const find = (char: string): number => {
    const found = char === "" ? -1 : text.indexOf(char, at);
    return found < 0 ? text.length : found;
  };
  while (at < text.length) {
    if (feed < at) feed = find("\n");
    if (ret < at) ret = find("\r");
    if (quote < at) quote = find(grammar.quote);
    let end = Math.min(feed, ret);
    if (quote < end) {
      end = reader.read(text, at);
      if (reader.isQuoted) break;
      reader.take();
    }
    const next = Math.min(text.length, end + (text.startsWith("\r\n", end) ? 2 : 1));
    // A line feed that follows a return at the end belongs to it.
    if (!isLast && (end === text.length || (text[end] === "\r" && next === text.length))) break;
    records.push(text.slice(at, next));
    at = next;
  }
  return { records, end: at };
}

function isRow(record: string, head: CsvHead | undefined, header: string): boolean {
  if (head?.names.length === 1) return true;
  // Most records are neither blank nor as short as the header.
  if (record.charCodeAt(0) > 32 && record.length > header.length) return true;
  if (record.trim() === "") return head !== undefined && head.grammar.delimiter === "\t" && record.includes("\t");
  if (head === undefined || !header.endsWith(record)) return true;
  return cellsOf(record, head.grammar).length !== head.names.length;
}
