/** Finds rows that occur in both of two tables, e.g. in the training and the test set. */
import { cellText, findColumn, type Column, type Table } from "../../core/table/table.ts";
import { rowNumbers } from "../rows/rowNumbers.ts";

/**
 * Number of rows of `table` that have the same values in all columns `names` as some row of `other`: they make every
 * metric too good. Missing values equal each other, and a number equals the same number as a string.
 */
export function splitDuplicates(table: Table, other: Table, names: readonly string[]): number {
  return copiedRows(table, other, names).length;
}

/** Their ascending positions in `table`. */
export function copiedRows(table: Table, other: Table, names: readonly string[]): Int32Array {
  const found = originals(table, other, names);
  return Int32Array.from(found.keys()).filter((row) => found[row]! >= 0);
}

/**
 * Ascending positions of the rows of `table` that are left after each row of `other` is removed from it once: a row that
 * `other` has twice removes two. Rows are compared in the columns that both tables have, without those that are text in
 * one of them only, where other settings may have read the same cell.
 */
export function rowsWithout(table: Table, other: Table): Int32Array {
  const both = table.columns.filter(({ name }) => findColumn(other, name) !== undefined);
  const alike = both.filter(({ name, kind }) => findColumn(other, name)!.kind === kind);
  const names = (alike.length === 0 ? both : alike).map(({ name }) => name);
  const left = new Int32Array(other.rowCount);
  // A row of `other` counts for the first of its copies.
  for (const original of originals(other, other, names)) left[original]!++;
  const found = originals(table, other, names);
  return Int32Array.from(found.keys()).filter((row) => {
    const original = found[row]!;
    if (original < 0 || left[original] === 0) return true;
    left[original]!--;
    return false;
  });
}

/** For each row the position of the first row that equals it in all columns: its own if there is none before. */
export function firstCopies(table: Table): Int32Array {
  const names = table.columns.map(({ name }) => name);
  return originals(table, table, names);
}

/** For each row of `table` the position of the first equal row of `other`; −1 if there is none. */
function originals(table: Table, other: Table, names: readonly string[]): Int32Array {
  const pairs = names.map((name) => comparable(findColumn(table, name)!, findColumn(other, name)!));
  const [own, others] = [pairs.map(([first]) => first), pairs.map(([, second]) => second)];
  const { width, known, slots } = indexOf(others, other.rowCount, FEW_COLUMNS) ?? indexOf(others, other.rowCount)!;
  const hashes = hashesOf(own.slice(0, width), table.rowCount);
  return hashes.map((hash, row) => {
    for (let slot = hash & (slots.length - 1); slots[slot]! >= 0; slot = (slot + 1) & (slots.length - 1)) {
      const candidate = slots[slot]!;
      if (known[candidate] === hash && sameRow(own, row, others, candidate)) return candidate;
    }
    return -1;
  });
}

/** Both columns as numbers that are equal if their texts are; NaN for a missing value or an empty string. */
function comparable(own: Column, other: Column): readonly [Float64Array, Float64Array] {
  if (own.kind !== "category" && own.kind === other.kind) return [own.values, other.values];
  const codes = new Map<string, number>([["", NaN]]);
  return [coded(own, codes), coded(other, codes)];
}

function coded(column: Column, codes: Map<string, number>): Float64Array {
  const codeOf = (text: string | null): number => {
    const known = codes.get(text ?? "");
    if (known !== undefined) return known;
    codes.set(text!, codes.size);
    return codes.size - 1;
  };
  if (column.kind !== "category") return column.values.map((_, row) => codeOf(cellText(column, row)));
  const own = column.categories.map(codeOf);
  const values = new Float64Array(column.codes.length);
  for (let row = 0; row < values.length; row++) values[row] = own[column.codes[row]!] ?? NaN;
  return values;
}

/** Rows whose hashes stay in the cache while all columns are mixed into them. */
const BLOCK_ROWS = 4096;

/** One hash per row, (rowCount); 0 and −0 hash the same, and all NaN. */
function hashesOf(columns: readonly Float64Array[], rowCount: number): Int32Array {
  const hashes = new Int32Array(rowCount).fill(columns.length);
  for (let start = 0; start < rowCount; start += BLOCK_ROWS)
    for (const values of columns) mixInto(hashes, values, start, Math.min(start + BLOCK_ROWS, rowCount));
  for (let row = 0; row < rowCount; row++) hashes[row]! ^= hashes[row]! >>> 16;
  return hashes;
}

function mixInto(hashes: Int32Array, values: Float64Array, start: number, end: number): void {
  const halves = new Int32Array(values.buffer, values.byteOffset, 2 * values.length);
  for (let row = start; row < end; row++) {
    const value = values[row]!;
    let low = halves[2 * row]!;
    let high = halves[2 * row + 1]!;
    if (value === 0) low = high = 0;
    else if (value !== value) low = high = 1;
    const mixed = Math.imul(hashes[row]! ^ low, 0x9e3779b1) ^ Math.imul(high, 0x85ebca6b);
    hashes[row] = Math.imul(mixed ^ (mixed >>> 15), 0xc2b2ae35);
  }
}

/** Mostly enough to tell rows apart, */
const FEW_COLUMNS = 4;
/** unless more rows than this have the same hash, or many rows are compared in vain. */
const MOST_ALIKE = 32;

/**
 * Open-addressing hash table of the distinct rows; −1 in empty slots.
 * @param width columns that are hashed
 * @returns undefined if these do not tell the rows apart
 */
function indexOf(columns: readonly Float64Array[], rowCount: number, width = columns.length) {
  const known = hashesOf(columns.slice(0, width), rowCount);
  const slots = new Int32Array(2 ** Math.ceil(Math.log2(2 * rowCount + 2))).fill(-1);
  let inVain = 0;
  for (let row = 0; row < rowCount; row++) {
    let slot = known[row]! & (slots.length - 1);
    let alike = 0;
    for (let of = slots[slot]!; of >= 0; of = slots[slot]!) {
      if (known[of] === known[row]) {
        if (sameRow(columns, row, columns, of)) break;
        const isMuch = ++alike > MOST_ALIKE || ++inVain > rowCount;
        if (isMuch && width < columns.length) return undefined;
      }
      slot = (slot + 1) & (slots.length - 1);
    }
    if (slots[slot]! < 0) slots[slot] = row;
  }
  return { width, known, slots };
}

function sameRow(own: readonly Float64Array[], row: number, others: readonly Float64Array[], other: number): boolean {
  for (let column = 0; column < own.length; column++) {
    const [a, b] = [own[column]![row]!, others[column]![other]!];
    if (a !== b && (a === a || b === b)) return false;
  }
  return true;
}

/** Names of all columns, with ids and the target, but without row numbers: a copy has another number. */
export function wholeRow(table: Table, target: string): string[] {
  const names = table.columns.map(({ name }) => name);
  const numbers = rowNumbers({ ...table, columns: table.columns.filter(({ name }) => name !== target) });
  const content = names.filter((name) => !numbers.includes(name));
  // If nothing else describes a row, its number does.
  return content.length > 1 ? content : names;
}
