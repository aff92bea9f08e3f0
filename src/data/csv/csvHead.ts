/** Decides how a CSV file is read, from its first records: delimiter, lines before the header, names of the columns. */
import {
  apostrophes,
  detectDelimiter,
  kindOfFirst,
  preamble,
  recordEnd,
  refuseForeign,
  refuseTitle,
} from "./csvDialect.ts";
import { counted } from "../../core/text/format.ts";
import { withoutBlanks, type CsvGrammar } from "./csvGrammar.ts";
import { csvTokenizer, firstRecord, type CsvRow, type CsvTokenizer } from "./csvTokenizer.ts";
import { normalizeName } from "../columnNames.ts";
import { type CsvSettings, UnreadableFile } from "../readOptions.ts";

export interface CsvHead {
  readonly grammar: CsvGrammar;
  /** As in the file, without blanks if `trim`, or as set. */
  readonly names: readonly string[];
  /** The first cells of a record that looks like a row, but was read as the header. */
  readonly rowAsHeader: readonly string[] | undefined;
  /** Position of a column whose cells all begin and end with ', which is not the quote of the file. */
  readonly inApostrophes: number;
  /** New names of columns that had the name of another one. */
  readonly renamed: readonly string[];
  /** The file has no header; "guessed": as its first record looks like a row. */
  readonly headerless: "guessed" | "set" | false;
  readonly line: number;
  /** The text up to the end of the header. */
  readonly header: string;
  /** Goes on after the header. */
  readonly tokenizer: CsvTokenizer;
  /** All of the text was read to find this. */
  readonly isWhole: boolean;
}

/** The records in these first characters decide, so that a stream is read like a file. */
const SAMPLE_LENGTH = 1 << 14;
const SAMPLE_RECORDS = 200;
/** In characters: 10,000 names of 100 letters are 1 M. */
const MAX_HEADER_LENGTH = 1 << 22;

/**
 * The rows of a file or stream, by chunk; none for an empty chunk, which marks a pause.
 * @param onHead called before the first row is read
 * @throws {UnreadableFile} as `headOf` and `csvTokenizer` do
 */
export async function* csvRecords(
  chunks: AsyncIterable<Buffer>,
  name: string,
  settings: CsvSettings,
  onHead: (head: CsvHead) => void,
): AsyncGenerator<CsvRow[]> {
  let head: CsvHead | undefined;
  for await (const chunk of afterHead(chunks, name, settings, (found) => onHead((head = found)))) {
    const { tokenizer, isWhole } = head!;
    const rows = tokenizer.write(chunk.toString());
    // Of a short text the error is reported that a quote is not closed, not one of the rows before.
    if (isWhole) rows.push(...tokenizer.end());
    if (rows.length > 0 || chunk.length === 0) yield rows;
  }
  yield head!.tokenizer.end();
}

/** The text after the header. @param onHead called first */
export async function* afterHead(
  chunks: AsyncIterable<Buffer>,
  name: string,
  settings: CsvSettings,
  onHead: (head: CsvHead) => void,
): AsyncGenerator<Buffer> {
  let start: string | undefined = "";
  const begin = (head: CsvHead, text: string): Buffer => {
    start = undefined;
    onHead(head);
    return Buffer.from(text.slice(head.header.length));
  };
  for await (const chunk of chunks) {
    if (start !== undefined) {
      start += chunk.toString();
      const head = headOf(start, chunk.length === 0 ? "pause" : "more", name, settings);
      if (head === undefined) continue;
      yield begin(head, start);
      if (chunk.length > 0) continue;
    }
    yield chunk;
  }
  if (start !== undefined) yield begin(headOf(start, "end", name, settings)!, start);
}

/**
 * How a CSV is read that starts with `text`.
 * @param next at a pause, the header and one row are enough, because the sender may wait for the response to it
 * @param name the extension .tsv makes a tab in the header the delimiter
 * @returns undefined if more text is needed to tell
 * @throws {UnreadableFile} if the text is not CSV or its first lines are not a header
 */
export function headOf(
  text: string,
  next: "more" | "pause" | "end",
  name: string,
  settings: CsvSettings,
): CsvHead | undefined {
  const { quote = '"' } = settings;
  const { at } = preamble(text, settings);
  const isEnough =
    next === "end" ||
    (text.length - at >= SAMPLE_LENGTH && recordEnd(text, at, quote) >= 0) ||
    (next === "pause" && csvTokenizer({ delimiter: ",", quote, trim: false }).write(text.slice(at)).length > 1);
  const head = isEnough ? readHead(text, next === "end", name, settings) : undefined;
  const header = (head?.header ?? text).trimEnd();
  if (header.length <= MAX_HEADER_LENGTH) return head;
  const isOpen = quote !== "" && header.split(quote).length % 2 === 0;
  const tooLong = `the header has more than ${MAX_HEADER_LENGTH} characters`;
  throw new UnreadableFile(`line 1: ${isOpen ? "a quote is not closed" : tooLong}`, { line: 1 });
}

function readHead(text: string, isWhole: boolean, name: string, settings: CsvSettings): CsvHead {
  refuseForeign(text, "CSV");
  const { at, line, delimiter: given } = preamble(text, settings);
  if (text.slice(at).trim() === "") throw new UnreadableFile("the file is empty");
  const { quote = '"', trim = true } = settings;
  const sample = text.slice(at, Math.max(at + SAMPLE_LENGTH, recordEnd(text, at, quote) + 1));
  const isCut = !isWhole || at + sample.length < text.length;
  const sampleWith = (delimiter: string): CsvRow[] => sampleOf(sample, isCut, line, { delimiter, quote, trim });
  const delimiter = given ?? settings.delimiter ?? detectDelimiter(sampleWith, name);
  const records = sampleWith(delimiter);
  if (settings.skipLines === undefined) refuseTitle(records);
  const grammar = { delimiter, quote, trim };
  const { nextLine, length, ...first } = firstRecord(text.slice(at), line, grammar);
  const own = first.values.map((value) => (trim ? withoutBlanks(value) : value));
  const kind = kindOfFirst(records);
  const inApostrophes = quote === "'" ? -1 : apostrophes(records.slice(1));
  const names = namesFor(own, kind, settings);
  const common = { grammar, inApostrophes, line, isWhole };
  if (names === undefined) {
    const rowAsHeader = kind === "row" && settings.names === undefined ? own : undefined;
    const distinct = settings.names === "guess" ? distinctNames(own) : own;
    const renamed = distinct.filter((each, i) => each !== own[i]);
    const tokenizer = csvTokenizer(grammar, nextLine, first);
    return {
      ...common,
      names: distinct,
      rowAsHeader,
      headerless: false,
      renamed,
      tokenizer,
      header: text.slice(0, at + length),
    };
  }
  if (names.length !== own.length) {
    const reason = `line ${line} has ${counted(own.length, "value")}, but ingest.names ${names.length}`;
    const hint = "name every column in ingest.names; a file with other columns needs a first line with their names";
    throw new UnreadableFile(reason, { line, hint });
  }
  const headerless = settings.names === "guess" ? "guessed" : "set";
  const tokenizer = csvTokenizer(grammar, line, { values: names, forms: [] });
  return { ...common, names, rowAsHeader: undefined, headerless, renamed: [], tokenizer, header: text.slice(0, at) };
}

/** The second of two columns "a" is called "a_2"; SQL does not tell "A" from "a". */
function distinctNames(names: readonly string[]): string[] {
  const taken = new Set(names.map((name) => name.toLowerCase()));
  const seen = new Set<string>();
  return names.map((name) => {
    let [given, k] = [name, 2];
    if (name !== "" && seen.has(name.toLowerCase())) while (taken.has(given.toLowerCase())) given = `${name}_${k++}`;
    taken.add(given.toLowerCase());
    seen.add(given.toLowerCase());
    return given;
  });
}

/** The names of the columns of a file without a header; undefined if it has one, as rows to predict may all the same. */
function namesFor(
  own: readonly string[],
  kind: ReturnType<typeof kindOfFirst>,
  { names, optional }: CsvSettings,
): readonly string[] | undefined {
  if (names === "guess") return kind === "row" ? own.map((_, i) => `column_${i + 1}`) : undefined;
  const set = new Set(names?.map(normalizeName));
  const known = own.filter((cell) => set.has(normalizeName(cell))).length;
  if (kind === "header" || known >= own.length / 2 || (known > 0 && kind !== "row")) return undefined;
  return names?.length === own.length + 1 ? names.filter((name) => name !== optional) : names;
}

function sampleOf(sample: string, isCut: boolean, line: number, grammar: CsvGrammar): CsvRow[] {
  const tokenizer = csvTokenizer(grammar, line);
  const records = tokenizer.write(sample);
  if (!isCut)
    try {
      records.push(...tokenizer.end());
    } catch {
      // A quote is open, which is no error with every delimiter.
    }
  return records.slice(0, SAMPLE_RECORDS);
}
