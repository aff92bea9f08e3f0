/** Checks byte by byte whether DuckDB reads a CSV file exactly as `csvTokenizer` does. */
import type { CsvGrammar } from "./csvGrammar.ts";

export interface CsvScan {
  add(bytes: Buffer): void;
  /** How DuckDB may read the file itself; undefined if it must not. */
  end(): { readonly lineEnd: "\n" | "\r\n" } | undefined;
}

const [LINE_FEED, RETURN, SPACE, TAB, QUOTE] = [10, 13, 32, 9, 34];
const MARK = Buffer.from("\ufeff");

/** What the next byte follows: a line end, a delimiter, a bare character, a blank, … */
const states = ["line", "field", "bare", "blank", "quoted", "closed", "return", "bad"] as const;
type State = (typeof states)[number];
const BAD = states.indexOf("bad");

/**
 * The subset: one kind of line end, no line ends in quotes, quotes only around whole fields and doubled inside, no blanks
 * beside a delimiter, quote or line end, no blank lines, no byte order mark or copy of the header inside, no row with one
 * empty value too many, which DuckDB drops.
 * @param header the first line of the file with its line end
 * @param names as `readHead` gives them
 */
export function csvScan({ delimiter, quote, trim }: CsvGrammar, header: string, names: readonly string[]): CsvScan {
  const comma = delimiter.charCodeAt(0);
  const lineEnd = header.endsWith("\r\n") ? "\r\n" : header.endsWith("\n") ? "\n" : undefined;
  const first = lineEnd === undefined ? header : header.slice(0, -lineEnd.length);
  const copies = (names.length === 1 ? [] : [...new Set([`\n${first}`, `\n${names.join(delimiter)}`])]).map((text) =>
    Buffer.from(text),
  );
  const longest = Math.max(...[...copies, MARK].map((copy) => copy.length));
  const table = transitions(comma, { isReturned: lineEnd === "\r\n", trim });
  let state = lineEnd !== undefined && quote === '"' && comma < 128 && comma !== SPACE ? 0 : BAD;
  /** The end of the last chunk: a copy of the header may be split. */
  let tail = Buffer.from("\n");
  const extra = extraValues(comma, { lineEnd: lineEnd ?? "\n", width: names.length });
  if (first.includes('"')) state = after(Buffer.from(header));
  return {
    add(bytes) {
      if (state === BAD || bytes.length === 0) return;
      state = holdsCopy(bytes) || extra.isIn(bytes) ? BAD : isPlain(bytes) ? after(bytes.subarray(-1)) : after(bytes);
    },
    end() {
      const isWhole = ["line", "field", "bare", "closed"].includes(states[state]!) && !extra.isAtEnd();
      return isWhole ? { lineEnd: lineEnd! } : undefined;
    },
  };

  function holdsCopy(bytes: Buffer): boolean {
    const seam = Buffer.concat([tail, bytes.subarray(0, longest)]);
    tail = Buffer.from(bytes.subarray(Math.max(0, bytes.length - longest)));
    return [...copies, MARK].some((copy) => bytes.indexOf(copy) >= 0 || seam.indexOf(copy) >= 0);
  }

  /** No quotes, returns, blanks or blank lines, as in most files of numbers: only the last byte counts. */
  function isPlain(bytes: Buffer): boolean {
    if (lineEnd !== "\n" || !["field", "bare"].includes(states[state]!)) return false;
    const has = (byte: number): boolean => byte !== comma && bytes.includes(byte);
    return !has(QUOTE) && !has(RETURN) && !has(SPACE) && !has(TAB) && !bytes.includes("\n\n");
  }

  function after(bytes: Buffer): number {
    let at = state;
    for (let i = 0; i < bytes.length; i++) at = table[(at << 8) | bytes[i]!]!;
    return at;
  }
}

/** Finds rows that end with an empty value and have more values than the header; other rows with more are errors. */
function extraValues(comma: number, { lineEnd, width }: { lineEnd: string; width: number }) {
  const emptyLast = Buffer.from([comma, ...Buffer.from(lineEnd)]);
  let delimiters = 0;
  let isQuoted = false;
  let before = LINE_FEED;
  const count = (bytes: Buffer, from: number, to: number): void => {
    for (let at = from; at < to; at++) {
      if (bytes[at] === QUOTE) isQuoted = !isQuoted;
      else if (bytes[at] === comma && !isQuoted) delimiters++;
    }
  };
  const hasExtra = (bytes: Buffer, from: number, to: number): boolean => {
    if (from > 0) [delimiters, isQuoted] = [0, false];
    count(bytes, from, to);
    return delimiters >= width;
  };
  return {
    isAtEnd: () => before === comma && delimiters >= width,
    isIn(bytes: Buffer): boolean {
      // The delimiter and its line end may be in different chunks.
      if ((before === comma || before === RETURN) && delimiters >= width) return true;
      let start = 0;
      // Backwards, because the search then stops at line ends, which are fewer than delimiters.
      if (bytes.lastIndexOf(emptyLast) < 0) start = bytes.lastIndexOf(LINE_FEED) + 1;
      else
        for (let feed = bytes.indexOf(LINE_FEED); feed >= 0; feed = bytes.indexOf(LINE_FEED, start)) {
          const end = feed - lineEnd.length;
          if (bytes[end] === comma && hasExtra(bytes, start, end + 1)) return true;
          start = feed + 1;
        }
      hasExtra(bytes, start, bytes.length);
      before = bytes.at(-1)!;
      return false;
    },
  };
}

function transitions(comma: number, { isReturned, trim }: { isReturned: boolean; trim: boolean }): Uint8Array {
  const table = new Uint8Array(states.length << 8).fill(BAD);
  const set = (from: State, byte: number, to: State): void => {
    table[(states.indexOf(from) << 8) | byte] = states.indexOf(to);
  };
  for (let byte = 0; byte < 256; byte++) {
    set("quoted", byte, "quoted");
    const isBlank = trim && (byte === SPACE || byte === TAB);
    set("bare", byte, isBlank ? "blank" : "bare");
    set("blank", byte, isBlank ? "blank" : "bare");
    if (!isBlank) for (const start of ["line", "field"] as const) set(start, byte, "bare");
  }
  for (const from of ["line", "field", "bare", "blank", "closed"] as const) {
    const isEnd = from === "field" || from === "bare" || from === "closed";
    set(from, comma, from === "blank" ? "bad" : "field");
    set(from, LINE_FEED, isEnd && !isReturned ? "line" : "bad");
    set(from, RETURN, isEnd && isReturned ? "return" : "bad");
    set(from, QUOTE, from === "bare" || from === "blank" ? "bad" : "quoted");
  }
  set("return", LINE_FEED, "line");
  set("quoted", QUOTE, "closed");
  set("quoted", LINE_FEED, "bad");
  set("quoted", RETURN, "bad");
  return table;
}
