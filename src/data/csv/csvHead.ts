/** Decides how a CSV file is read, from its first records: delimiter, lines before the header, names of the columns. */
import {
  apostrophes,
  detectDelimiter,
  kindOfFirst,
  preamble,
  recordEnd,
  refuseForeign,
  lineBelowTitle,
} from "./csvDialect.ts";
import { counted } from "../../core/text/format.ts";
import { withoutBlanks, type CsvGrammar } from "./csvGrammar.ts";
import { csvTokenizer, type CsvRow, type CsvTokenizer } from "./csvTokenizer.ts";
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
  /** Number of lines above the header that were left out, as they look like titles. */
  readonly titleLines?: number;
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

/**
 * Collects text: `add` returns the head and the text after it once there is enough, `end` if no text follows. An empty
 * text is a pause: then the header and one row are enough, because the sender may wait for the response to it.
 * @param name the extension .tsv makes a tab in the header the delimiter
 * @throws {UnreadableFile} if the text is not CSV or its first lines are not a header
 */
export function headReader(name: string, settings: CsvSettings) {
  let text = "";
  const { quote = '"' } = settings;
  const refuseLong = (header: string): void => {
    if (header.length <= MAX_HEADER_LENGTH) return;
    const isOpen = quote !== "" && header.split(quote).length % 2 === 0;
    const tooLong = `the header has more than ${MAX_HEADER_LENGTH} characters`;
    throw new UnreadableFile(`line 1: ${isOpen ? "a quote is not closed" : tooLong}`, { line: 1 });
  };
  const read = (isWhole: boolean): { readonly head: CsvHead; readonly rest: string } => {
    const head = readHead(text, isWhole, name, settings);
    refuseLong(text.slice(0, head.length).trimEnd());
    return { head, rest: text.slice(head.length) };
  };
  return {
    add(more: string) {
      text += more;
      const { at } = preamble(text, settings);
      if (text.length - at >= SAMPLE_LENGTH && recordEnd(text, at, quote) >= 0) return read(false);
      if (more === "" && csvTokenizer({ delimiter: ",", quote, trim: false }).write(text.slice(at), 2).length > 1)
        return read(false);
      refuseLong(text);
      return undefined;
    },
    end: () => read(true),
  };
}

/**
 * The rows of a file or stream, by chunk; none for an empty chunk, which marks a pause.
 * @param onHead called before the first row is read
 * @throws {UnreadableFile} as `headReader` and `csvTokenizer` do
 */
export async function* csvRecords(
  chunks: AsyncIterable<Buffer>,
  name: string,
  settings: CsvSettings,
  onHead: (head: CsvHead) => void,
): AsyncGenerator<CsvRow[]> {
  const start = headReader(name, settings);
  let tokenizer: CsvTokenizer | undefined;
  const begin = ({ head, rest }: ReturnType<typeof start.end>): CsvRow[] => {
    ({ tokenizer } = head);
    onHead(head);
    return tokenizer.write(rest);
  };
  for await (const chunk of chunks) {
    const found = tokenizer === undefined ? start.add(chunk.toString()) : undefined;
    const rows = found === undefined ? tokenizer?.write(chunk.toString()) : begin(found);
    if (rows !== undefined && rows.length > 0) yield rows;
    if (rows !== undefined && chunk.length === 0) yield [];
  }
  const rows = tokenizer === undefined ? begin(start.end()) : [];
  yield [...rows, ...tokenizer!.end()];
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
  const below = settings.skipLines === undefined ? lineBelowTitle(records, settings.names === "guess") : undefined;
  if (below !== undefined)
    return { ...readHead(text, isWhole, name, { ...settings, skipLines: below - 1 }), titleLines: below - 1 };
  const grammar = { delimiter, quote, trim };
  const tokenizer = csvTokenizer(grammar, line);
  const first = tokenizer.write(text.slice(at), 1)[0] ?? tokenizer.end()[0];
  if (first === undefined) throw new UnreadableFile("the file is empty");
  const own = first.values.map((value) => (trim ? withoutBlanks(value) : value));
  const kind = kindOfFirst(records);
  const inApostrophes = quote === "'" ? -1 : apostrophes(records.slice(1));
  const names = namesFor(own, kind, settings);
  const common = { grammar, inApostrophes, line: first.line };
  if (names === undefined) {
    tokenizer.setHeader(first.values);
    const rowAsHeader = kind === "row" && settings.names === undefined ? own : undefined;
    const length = at + tokenizer.consumed;
    const distinct = settings.names === "guess" ? distinctNames(own) : own;
    const renamed = distinct.filter((each, i) => each !== own[i]);
    return { ...common, names: distinct, rowAsHeader, headerless: false, renamed, tokenizer, length };
  }
  if (names.length !== own.length) {
    const reason = `line ${first.line} has ${counted(own.length, "value")}, but ingest.names ${names.length}`;
    const hint = "name every column in ingest.names; a file with other columns needs a first line with their names";
    throw new UnreadableFile(reason, { line: first.line, hint });
  }
  const rows = csvTokenizer(grammar, line);
  rows.setHeader(names);
  return {
    ...common,
    names,
    rowAsHeader: undefined,
    headerless: settings.names === "guess" ? "guessed" : "set",
    renamed: [],
    tokenizer: rows,
    length: at,
  };
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
  const records = tokenizer.write(sample, SAMPLE_RECORDS);
  if (isCut || records.length === SAMPLE_RECORDS) return records;
  try {
    return [...records, ...tokenizer.end()];
  } catch {
    return records;
  }
}
