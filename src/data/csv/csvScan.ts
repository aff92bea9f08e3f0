/** Checks byte by byte whether DuckDB reads a CSV file exactly as `csvTokenizer` does. */
import type { CsvGrammar } from "./csvGrammar.ts";

export interface CsvScan {
  add(bytes: Buffer): void;
  /** How DuckDB may read the file itself; undefined if it must not. */
  end(): Agreed | undefined;
}

interface Agreed {
  readonly lineEnd: "\n" | "\r\n";
  /** Cells such as 007 and 0x10, which DuckDB would read as 7 and 16. */
  readonly hasCodes: boolean;
}

const [LINE_FEED, RETURN, SPACE, TAB, QUOTE, ZERO] = [10, 13, 32, 9, 34, 48];
const MARK = Buffer.from("\ufeff");

/** What the next byte follows: in the first three a field has ended; the last three are codes. */
const states = [
  ...(["line", "field", "return", "bad", "bare", "blank", "start", "zero"] as const),
  ...(["open", "openZero", "openCode", "quoted", "closed", "code", "hex", "closedCode"] as const),
];
type State = (typeof states)[number];
const [LINE, FIELD, RETURNED, BAD, CODE] = (["line", "field", "return", "bad", "code"] as const).map((state) =>
  states.indexOf(state),
) as [number, number, number, number, number];

interface Dialect extends Pick<CsvGrammar, "trim"> {
  readonly comma: number;
  readonly lineEnd: "\n" | "\r\n" | undefined;
}

/**
 * The subset: one kind of line end, no line ends in quotes, quotes only around whole fields and doubled inside, no blanks
 * beside a delimiter, quote or line end, no blank lines, no byte order mark or copy of the header inside, no row with one
 * empty value too many, which DuckDB drops (others of the wrong width are errors, so counting all delimiters is enough).
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
  const table = transitions({ comma, lineEnd, trim });
  let state = lineEnd !== undefined && quote === '"' && comma < 128 && comma !== SPACE ? LINE : BAD;
  let [rows, delimiters, hasCodes] = [0, 0, false];
  /** The end of the last chunk: a copy of the header may be split. */
  let tail = Buffer.from("\n");
  if (first.includes('"')) read(Buffer.from(header));
  [rows, delimiters] = [0, 0];
  return {
    add(bytes) {
      if (state === BAD || bytes.length === 0) return;
      if (holdsCopy(bytes)) state = BAD;
      else read(bytes);
    },
    end() {
      const count = state === LINE ? rows : rows + 1;
      const isWhole = !["bad", "return", "blank", "open", "openZero", "openCode", "quoted"].includes(states[state]!);
      return isWhole && delimiters === (names.length - 1) * count ? { lineEnd: lineEnd!, hasCodes } : undefined;
    },
  };

  function holdsCopy(bytes: Buffer): boolean {
    const seam = Buffer.concat([tail, bytes.subarray(0, longest)]);
    tail = Buffer.from(bytes.subarray(Math.max(0, bytes.length - longest)));
    return [...copies, MARK].some((copy) => bytes.indexOf(copy) >= 0 || seam.indexOf(copy) >= 0);
  }

  function read(bytes: Buffer): void {
    let [at, lines, fields] = [state, 0, 0];
    for (let i = 0; i < bytes.length; i++) {
      const next = table[(at << 8) | bytes[i]!]!;
      if (next <= RETURNED) {
        if (next === FIELD) fields++;
        else if (next === LINE) lines++;
        if (at >= CODE) hasCodes = true;
      }
      at = next;
    }
    state = at;
    rows += lines;
    delimiters += fields;
  }
}

function transitions(dialect: Dialect): Uint8Array {
  const table = new Uint8Array(states.length << 8);
  for (const [at, state] of states.entries())
    for (let byte = 0; byte < 256; byte++) table[(at << 8) | byte] = states.indexOf(after(state, byte, dialect));
  return table;
}

function after(state: State, byte: number, { comma, lineEnd, trim }: Dialect): State {
  const char = String.fromCharCode(byte);
  if (state === "bad") return "bad";
  if (state === "return") return byte === LINE_FEED ? "line" : "bad";
  if (state.startsWith("open") || state === "quoted") {
    if (byte === QUOTE) return state === "openCode" ? "closedCode" : "closed";
    if (byte === LINE_FEED || byte === RETURN) return "bad";
    if (state === "openCode") return state;
    if (state === "openZero" && /[\dxX]/.test(char)) return "openCode";
    return state === "open" && /[-+0\s]/.test(char) ? (byte === ZERO ? "openZero" : "open") : "quoted";
  }
  if (byte === comma) return state === "blank" ? "bad" : "field";
  if (byte === LINE_FEED || byte === RETURN) {
    if (state === "line" || state === "blank") return "bad";
    return char !== lineEnd?.[0] ? "bad" : byte === RETURN ? "return" : "line";
  }
  const isStart = state === "line" || state === "field";
  if (byte === QUOTE) return isStart ? "open" : state.startsWith("closed") ? "quoted" : "bad";
  if (state.startsWith("closed")) return "bad";
  if (byte === SPACE || byte === TAB) {
    if (trim) return isStart ? "bad" : "blank";
    return isStart ? "start" : state;
  }
  if (isStart || state === "start") return byte === ZERO ? "zero" : /[-+]/.test(char) ? "start" : "bare";
  if ((state === "zero" || state === "code") && /\d/.test(char)) return "code";
  if ((state === "zero" && /x/i.test(char)) || (state === "hex" && /[\da-f]/i.test(char))) return "hex";
  return "bare";
}
