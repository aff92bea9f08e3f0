/** Fast CSV path for rows whose cells cannot be read in two ways (no quotes, no dates). */
import { dateFormatsOf, FIRST_COMPACT, LAST_COMPACT } from "../../core/text/dateFormat.ts";
import { numberFormatsOf, isMissingMarker } from "../../core/text/valueFormat.ts";

/** A column so far; its first value decides its kind. */
export interface PlainColumn {
  kind: "unknown" | "number" | "category";
  /** Of a number column; NaN is missing. May be longer than the number of rows. */
  values: Float64Array<ArrayBuffer>;
  /** Of a category column; −1 is missing. May be longer than the number of rows. */
  codes: Int32Array<ArrayBuffer>;
  readonly words: ReturnType<typeof stringCodes>;
  /** Numbers of decimals that occur, besides none: THREE, OTHER, or both. */
  decimals: number;
}

export interface PlainRows {
  readonly columns: readonly PlainColumn[];
  rowCount: number;
  /** @returns false if a cell is not plain; the rows must then be discarded */
  add(lines: Buffer): boolean;
}

const [TAB, LINE_FEED, RETURN, SPACE, QUOTE, MINUS, POINT, ZERO] = [9, 10, 13, 32, 34, 45, 46, 48] as const;
const MAX_DIGITS = 15;
/** Powers of ten, all exact: dividing two exact numbers rounds once, so the result is the nearest double. */
const POWERS = Float64Array.from({ length: MAX_DIGITS + 1 }, (_, i) => Number(`1e${i}`));
const WITH_EXPONENT = /^-?\d+(\.\d+)?[eE][+-]?\d{1,3}$/;
const [THREE, OTHER] = [1, 2] as const;
/** Maximum number of distinct strings, and the size of their hash table: a power of two, so that collisions are rare. */
const [MAX_STRINGS, SLOTS] = [1000, 4096];
const HASH_START = 0x811c9dc5 | 0;
/** Words that DuckDB reads as numbers or dates. */
const SPECIAL_VALUE = /^(nan|inf|infinity|epoch) *$/i;

/**
 * @param columnCount at least two: with one column an empty line could be a missing value
 * @param expected initial capacity, in rows
 */
export function plainRows(delimiter: string, columnCount: number, expected: number): PlainRows {
  const comma = delimiter.charCodeAt(0);
  const isSpecial = new Uint8Array(256);
  for (const byte of [0, LINE_FEED, RETURN, QUOTE, comma]) isSpecial[byte] = 1;
  const empty = { kind: "unknown", values: new Float64Array(0), codes: new Int32Array(0), decimals: 0 } as const;
  const columns = Array.from({ length: columnCount }, (): PlainColumn => ({ ...empty, words: stringCodes() }));
  const rows: PlainRows = { columns, rowCount: 0, add };
  let capacity = Math.max(16, Math.ceil(expected));
  return rows;

  function add(lines: Buffer): boolean {
    let at = 0;
    while (at < lines.length) {
      if (rows.rowCount === capacity) grow();
      for (let position = 0; position < columnCount; position++) {
        const column = columns[position]!;
        const stop = position === columnCount - 1 ? LINE_FEED : comma;
        if (column.kind === "unknown" && lines[at] !== stop) decideKind(column, lines[at]!);
        at = column.kind === "category" ? word(lines, at, stop, column) : number(lines, at, stop, column);
        if (at < 0) return false;
      }
      rows.rowCount++;
    }
    return true;
  }

  function grow(): void {
    capacity *= 2;
    for (const column of columns) {
      const { kind, values, codes } = column;
      if (kind === "number") (column.values = new Float64Array(capacity)).set(values);
      else if (kind === "category") (column.codes = new Int32Array(capacity)).set(codes);
    }
  }

  /** Called at the first value: all earlier rows are missing. */
  function decideKind(column: PlainColumn, first: number): void {
    column.kind = isLetter(first) ? "category" : "number";
    if (column.kind === "number") column.values = new Float64Array(capacity).fill(NaN, 0, rows.rowCount);
    else column.codes = new Int32Array(capacity).fill(-1, 0, rows.rowCount);
  }

  /** Reads a word. @returns where the next field starts; −1 if this field is not plain */
  function word(lines: Buffer, start: number, stop: number, { codes, words }: PlainColumn): number {
    if (lines[start] === stop) {
      codes[rows.rowCount] = -1;
      return start + 1;
    }
    if (!isLetter(lines[start]!)) return -1;
    let hash = HASH_START;
    let at = start;
    for (let byte = lines[at]!; byte !== stop; byte = lines[++at]!) {
      if (isSpecial[byte] === 1) return -1;
      hash = hashByte(hash, byte);
    }
    // Blanks around a word may have to be removed.
    if (lines[at - 1] === SPACE || lines[at - 1] === TAB) return -1;
    const code = words.codeOf(lines, start, at, hash);
    codes[rows.rowCount] = code;
    return code < 0 ? -1 : at + 1;
  }

  /** The same for a number. For a column without values so far, `values` is empty and the NaN is dropped. */
  function number(lines: Buffer, start: number, stop: number, column: PlainColumn): number {
    const { values } = column;
    if (lines[start] === stop) {
      values[rows.rowCount] = NaN;
      return start + 1;
    }
    const isNegative = lines[start] === MINUS;
    const whole = isNegative ? start + 1 : start;
    let at = whole;
    let mantissa = 0;
    for (let digit = lines[at]! - ZERO; digit >= 0 && digit <= 9; digit = lines[++at]! - ZERO)
      mantissa = mantissa * 10 + digit;
    const wholeDigits = at - whole;
    // 007 may be a code, not a number.
    if (wholeDigits === 0 || (wholeDigits > 1 && lines[whole] === ZERO)) return -1;
    let scale = 0;
    if (lines[at] === POINT) {
      const fraction = ++at;
      for (let digit = lines[at]! - ZERO; digit >= 0 && digit <= 9; digit = lines[++at]! - ZERO)
        mantissa = mantissa * 10 + digit;
      scale = at - fraction;
      if (scale === 0) return -1;
      column.decimals |= scale === 3 ? THREE : OTHER;
    }
    if (lines[at] !== stop || wholeDigits + scale > MAX_DIGITS) return longNumber(lines, start, stop, values);
    const value = scale === 0 ? mantissa : mantissa / POWERS[scale]!;
    // DuckDB reads −0 as 0 in a column of integers.
    if (isNegative && value === 0) return -1;
    values[rows.rowCount] = isNegative ? -value : value;
    return at + 1;
  }

  function longNumber(lines: Buffer, start: number, stop: number, values: Float64Array): number {
    const end = lines.indexOf(stop, start);
    const text = lines.toString("latin1", start, end);
    // A long integer may be an id, whose digits a number would lose.
    if (!(/^-?\d+\.\d+$/.test(text) || WITH_EXPONENT.test(text))) return -1;
    const value = Number(text);
    if (!Number.isFinite(value) || value === 0) return -1;
    values[rows.rowCount] = value;
    return end + 1;
  }
}

/** Whether no category is a word that DuckDB reads as a number or date. */
export function areWords({ words }: PlainColumn): boolean {
  return !words.strings.some((text) => SPECIAL_VALUE.test(text));
}

/**
 * Whether the values may be written in a format: words such as €5 and Jan-11, integers such as 20240131, and, where a
 * point may group thousands, numbers such as 4.172.
 */
export function mayHaveFormat(
  { kind, words: { strings }, values, decimals }: PlainColumn,
  { rowCount, delimiter }: { readonly rowCount: number; readonly delimiter: string },
): boolean {
  if (kind === "category") return strings.length > 0 && strings.every(isFormatted);
  if (delimiter === ";" && decimals === THREE) return true;
  for (let row = 0; row < rowCount; row++) {
    const value = values[row]!;
    if (!(Number.isNaN(value) || (value >= FIRST_COMPACT && value <= LAST_COMPACT && Number.isInteger(value))))
      return false;
  }
  return true;
}

function isFormatted(text: string): boolean {
  return isMissingMarker(text) || numberFormatsOf([text]).length > 0 || dateFormatsOf([text]).length > 0;
}

function hashByte(hash: number, byte: number): number {
  return Math.imul(hash ^ byte, 0x01000193);
}

/** An ASCII letter, or a byte of a non-ASCII character. */
function isLetter(byte: number): boolean {
  return (byte >= 65 && byte <= 90) || (byte >= 97 && byte <= 122) || byte >= 128;
}

/** Codes of at most MAX_STRINGS distinct strings, found by their bytes: repeated values create no new string. */
function stringCodes() {
  const strings: string[] = [];
  const known: Buffer[] = [];
  const slots = new Int32Array(SLOTS).fill(-1);
  const isKnown = (code: number, bytes: Buffer, start: number, end: number): boolean => {
    const string = known[code]!;
    if (string.length !== end - start) return false;
    for (let i = 0; i < string.length; i++) if (string[i] !== bytes[start + i]) return false;
    return true;
  };
  return {
    strings,
    /** @param hash of the bytes by `hashByte` @returns numbered by first appearance; −1 if there are too many strings */
    codeOf(bytes: Buffer, start: number, end: number, hash: number): number {
      let slot = (hash ^ (hash >>> 15)) & (SLOTS - 1);
      for (;;) {
        const code = slots[slot]!;
        if (code < 0) break;
        if (isKnown(code, bytes, start, end)) return code;
        slot = (slot + 1) & (SLOTS - 1);
      }
      if (strings.length === MAX_STRINGS) return -1;
      known.push(Buffer.from(bytes.subarray(start, end)));
      return (slots[slot] = strings.push(bytes.toString("utf8", start, end)) - 1);
    },
  };
}
