/** Reduces a least-squares problem of n rows to one of p rows with the same solution, block by block (QR). */
import type { Matrix } from "../core/table/table.ts";
import type { Turns } from "./turns.ts";
import { areExact } from "../stats/descriptive.ts";

/** Rows per step: enough to pay for the pass over R, few enough for the cache. */
const BLOCK_ROWS = 256;

/** Subtracted from the columns and the target so that the intercept drops out; zeros without an intercept. */
export interface Centres {
  readonly columns: Float64Array;
  readonly y: number;
}

/** (Weighted) means. */
export function centre(X: Matrix, y: Float64Array, hasIntercept: boolean, weights?: Float64Array): Centres {
  const width = X.columnNames.length;
  const columns = new Float64Array(width);
  if (!hasIntercept) return { columns, y: 0 };
  let sum = 0;
  let total = 0;
  for (let i = 0, at = 0; i < X.rowCount; i++) {
    const weight = weights === undefined ? 1 : weights[i]!;
    for (let j = 0; j < width; j++, at++) columns[j]! += weight * X.values[at]!;
    sum += weight * y[i]!;
    total += weight;
  }
  return { columns: columns.map((value) => value / total), y: sum / total };
}

/** Feature means over the training rows, which contributions need even without an intercept. */
export function featureMeans(X: Matrix, y: Float64Array, weights?: Float64Array): Float64Array {
  return centre(X, y, true, weights).columns.map((mean) => mean + 0);
}

/** R and z with ‖R w − z‖² = ‖X w − y‖² − constant for every w. */
export interface TriangularFactor {
  /** Columns of R. */
  readonly size: number;
  /** Row-major, (target.length × size). */
  readonly factor: Float64Array;
  readonly target: Float64Array;
}

/**
 * Householder QR of the centred, √weight-scaled [X y]; O(n p²) time, O(p²) memory.
 * With at most as many rows as columns, the rows are returned unchanged.
 */
export async function triangularFactor(
  X: Matrix,
  y: Float64Array,
  centres: Centres,
  { turns, weights }: { readonly turns: Turns; readonly weights?: Float64Array | undefined },
): Promise<TriangularFactor> {
  const size = X.columnNames.length;
  const columns = size + 1;
  const isWide = X.rowCount <= size;
  const blockRows = isWide ? X.rowCount : Math.max(BLOCK_ROWS, size);
  const kept = isWide ? 0 : columns;
  const height = kept + blockRows;
  // Column-major: the first `kept` rows are R so far, the rest is the block being folded into it.
  const work = new Float64Array(height * columns);
  for (let start = 0; start < X.rowCount; start += blockRows) {
    const count = Math.min(blockRows, X.rowCount - start);
    for (let r = 0; r < count; r++) {
      const i = start + r;
      const scale = weights === undefined ? 1 : Math.sqrt(weights[i]!);
      for (let j = 0; j < size; j++) {
        work[j * height + kept + r] = scale * (X.values[i * size + j]! - centres.columns[j]!);
      }
      work[size * height + kept + r] = scale * (y[i]! - centres.y);
    }
    if (!isWide) await foldBlock(work, { columns, height, used: kept + count, turns });
  }
  const rows = isWide ? X.rowCount : size;
  const factor = new Float64Array(rows * size);
  for (let i = 0; i < rows; i++) for (let j = 0; j < size; j++) factor[i * size + j] = work[j * height + i]!;
  return { size, factor, target: work.slice(size * height, size * height + rows) };
}

/** One Householder reflection per column zeroes the rows of the block, up to `used`, and leaves R in the first rows. */
async function foldBlock(
  work: Float64Array,
  { columns, height, used, turns }: { columns: number; height: number; used: number; turns: Turns },
): Promise<void> {
  for (let k = 0; k < columns; k++) {
    if (turns.isDue((used - columns) * (columns - k))) await turns.next();
    const pivot = k * height + k;
    const first = k * height + columns; // rows between k and the block are zero: R is triangular
    const end = k * height + used;
    let tail = squares(work, first, end);
    let alpha = work[pivot]!;
    let unit = 1;
    if (!areExact(alpha * alpha + tail)) {
      // A reflection does not depend on the length of its vector, so a column whose squares overflow or vanish is scaled.
      unit = largest(work, first, end);
      if (unit === 0) continue;
      unit = Math.max(unit, Math.abs(alpha));
      alpha /= unit;
      for (let i = first; i < end; i++) work[i]! /= unit;
      tail = squares(work, first, end);
    }
    if (tail === 0) continue;
    const norm = Math.sqrt(alpha * alpha + tail);
    const diagonal = alpha > 0 ? -norm : norm;
    const head = alpha - diagonal;
    const factor = 2 / (head * head + tail);
    for (let j = k + 1; j < columns; j++) {
      const shift = (j - k) * height;
      let dot = head * work[pivot + shift]!;
      for (let i = first; i < end; i++) dot += work[i]! * work[i + shift]!;
      const step = factor * dot;
      work[pivot + shift]! -= step * head;
      for (let i = first; i < end; i++) work[i + shift]! -= step * work[i]!;
    }
    work[pivot] = diagonal * unit;
  }
}

function squares(work: Float64Array, first: number, end: number): number {
  let sum = 0;
  for (let i = first; i < end; i++) sum += work[i]! * work[i]!;
  return sum;
}

function largest(work: Float64Array, first: number, end: number): number {
  let found = 0;
  for (let i = first; i < end; i++) found = Math.max(found, Math.abs(work[i]!));
  return found;
}
