/** Decides how a CSV file is read, from its first records: delimiter, lines before the header, names of the columns. */
import { detectDelimiter, preamble, recordEnd, refuseForeign, refuseTitle } from "./csvDialect.ts";
import { withoutBlanks, type CsvGrammar } from "./csvGrammar.ts";
import { csvTokenizer, type CsvRow, type CsvTokenizer } from "./csvTokenizer.ts";
import type { CsvSettings } from "../readOptions.ts";
import { UnreadableFile } from "../unreadableFile.ts";

export interface CsvHead {
  readonly grammar: CsvGrammar;
  /** As in the file, without blanks if `trim`. */
  readonly names: readonly string[];
  readonly line: number;
  /** Has read the header; goes on with the text from `length`. */
  readonly tokenizer: CsvTokenizer;
  /** Characters up to the end of the header. */
  readonly length: number;
}

/** The records in these first characters decide, so that a stream is read like a file. */
const SAMPLE_LENGTH = 1 << 14;
const SAMPLE_RECORDS = 200;
/** In characters: 10,000 names of 100 letters are 1 M. */
const MAX_HEADER_LENGTH = 1 << 22;

/** Collects text until it holds the head. */
interface HeadReader {
  /** @returns the head and the text after it, once there is enough text */
  add(text: string): { readonly head: CsvHead; readonly rest: string } | undefined;
  /** The same if no text follows. */
  end(): { readonly head: CsvHead; readonly rest: string };
}

/**
 * @param name the extension .tsv makes a tab in the header the delimiter
 * @throws {UnreadableFile} if the text is not CSV or its first lines are not a header
 */
export function headReader(name: string, settings: CsvSettings): HeadReader {
  let text = "";
  const read = (isWhole: boolean): { head: CsvHead; rest: string } => {
    const head = readHead(text, isWhole, name, settings);
    const header = text.slice(0, head.length).trimEnd();
    if (header.length > MAX_HEADER_LENGTH) throw longHeader(header, settings);
    return { head, rest: text.slice(head.length) };
  };
  return {
    add(more) {
      text += more;
      if (holdsHead(text, settings)) return read(false);
      if (text.length > MAX_HEADER_LENGTH) throw longHeader(text, settings);
      return undefined;
    },
    end: () => read(true),
  };
}

/** Whether `text` holds the sample and all of the header. */
function holdsHead(text: string, settings: CsvSettings): boolean {
  if (text.length < SAMPLE_LENGTH) return false;
  const { at } = preamble(text, settings);
  return recordEnd(text, at, settings.quote ?? '"') >= 0;
}

function longHeader(text: string, { quote = '"' }: CsvSettings): UnreadableFile {
  const isOpen = quote !== "" && text.split(quote).length % 2 === 0;
  const tooLong = `the header has more than ${MAX_HEADER_LENGTH} characters`;
  return new UnreadableFile(`line 1: ${isOpen ? "a quote is not closed" : tooLong}`, { line: 1 });
}

/** Reads a file or stream from its start. */
interface CsvReader {
  /** Undefined until the head is read. */
  readonly head: CsvHead | undefined;
  /** Rows of the records that end within `text`, which continues the text written before. */
  write(text: string): CsvRow[];
  /** The last rows. */
  end(): CsvRow[];
}

/**
 * @param onHead called before the first row is read
 * @throws {UnreadableFile} as `headReader` and `csvTokenizer` do
 */
export function csvReader(name: string, settings: CsvSettings, onHead: (head: CsvHead) => void = () => {}): CsvReader {
  const start = headReader(name, settings);
  let head: CsvHead | undefined;
  const begin = (found: ReturnType<HeadReader["add"]>): CsvRow[] => {
    if (found === undefined) return [];
    head = found.head;
    onHead(head);
    return head.tokenizer.write(found.rest);
  };
  return {
    get head() {
      return head;
    },
    write: (text) => (head === undefined ? begin(start.add(text)) : head.tokenizer.write(text)),
    end() {
      const rows = head === undefined ? begin(start.end()) : [];
      return [...rows, ...head!.tokenizer.end()];
    },
  };
}

function readHead(text: string, isWhole: boolean, name: string, settings: CsvSettings): CsvHead {
  refuseForeign(text, "CSV");
  const { at, line, delimiter: given } = preamble(text, settings);
  if (text.slice(at).trim() === "") throw new UnreadableFile("the file is empty");
  const { quote = '"', trim = true } = settings;
  const end = recordEnd(text, at, quote);
  const sample = text.slice(at, Math.max(at + SAMPLE_LENGTH, end + 1));
  const isCut = !isWhole || at + sample.length < text.length;
  const widths = (delimiter: string): CsvRow[] => sampleOf(sample, isCut, line, { delimiter, quote, trim });
  const delimiter = given ?? settings.delimiter ?? detectDelimiter(widths, name);
  if (settings.skipLines === undefined) refuseTitle(widths(delimiter));
  const grammar = { delimiter, quote, trim };
  const tokenizer = csvTokenizer(grammar, line);
  const header = tokenizer.write(text.slice(at), 1)[0] ?? tokenizer.end()[0];
  if (header === undefined) throw new UnreadableFile("the file is empty");
  tokenizer.setHeader(header.values);
  const names = header.values.map((value) => (trim ? withoutBlanks(value) : value));
  return { grammar, names, line: header.line, tokenizer, length: at + tokenizer.consumed };
}

function sampleOf(sample: string, isCut: boolean, line: number, grammar: CsvGrammar): CsvRow[] {
  const tokenizer = csvTokenizer(grammar, line);
  const records = tokenizer.write(sample, SAMPLE_RECORDS);
  if (isCut || records.length === SAMPLE_RECORDS) return records;
  try {
    return [...records, ...tokenizer.end()];
  } catch {
    return records;
  }
}
