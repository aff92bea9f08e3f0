/** Sets training rows aside on which an estimator may watch itself learn: never those that judge it. */
import { MlctlError } from "../core/errors.ts";
import { random } from "../core/random.ts";

export interface SetAsideOptions {
  /** Of the rows, above 0 and below 1. */
  readonly share: number;
  readonly seed: number;
  /** 0 for regression. */
  readonly classCount: number;
  /** When each row happened: the last are set aside, (n_samples). */
  readonly times?: Float64Array | undefined;
  /** Rows of one group stay together, (n_samples). */
  readonly groups?: readonly (string | null)[] | undefined;
}

/** Positions, ascending. */
export interface Parts {
  readonly training: Int32Array;
  readonly aside: Int32Array;
}

/**
 * By time the last rows, all of an instant together; else whole groups, or the share of each class, drawn by the seed.
 * @throws {MlctlError} kind "data" where nothing would be left on one side
 */
export function setAside(y: Float64Array, options: SetAsideOptions): Parts {
  const isAside = new Uint8Array(y.length);
  for (const row of chosen(y, options)) isAside[row] = 1;
  const all = Int32Array.from(y.keys());
  const parts = { training: all.filter((row) => isAside[row] === 0), aside: all.filter((row) => isAside[row] === 1) };
  if (parts.training.length === 0 || parts.aside.length === 0) {
    throw new MlctlError("data", `${y.length} training rows are too few to set some aside for early stopping`, {
      hint: 'leave "early_stopping_rounds" out, or ingest more rows',
    });
  }
  return parts;
}

function chosen(y: Float64Array, { share, seed, classCount, times, groups }: SetAsideOptions): number[] {
  const rows = Array.from(y.keys());
  const count = Math.ceil(share * rows.length);
  const { shuffle } = random(seed);
  if (times !== undefined) return latest(times, count);
  if (groups !== undefined) return wholeGroups(shuffle([...new Set(groups)]), groups, count);
  if (classCount === 0) return shuffle(rows).slice(0, count);
  return Array.from({ length: classCount }, (_, code) => {
    const own = shuffle(rows.filter((row) => y[row] === code));
    // a class of one row has none to give
    return own.slice(0, Math.min(own.length - 1, Math.max(1, Math.round(share * own.length))));
  }).flat();
}

function latest(times: Float64Array, count: number): number[] {
  const known = times.filter((time) => !Number.isNaN(time)).toSorted();
  const first = known[known.length - count] ?? Number.NaN;
  return Array.from(times.keys()).filter((row) => times[row]! >= first);
}

function wholeGroups(drawn: readonly (string | null)[], groups: readonly (string | null)[], count: number): number[] {
  const rows: number[] = [];
  for (const group of drawn) {
    if (rows.length >= count) break;
    groups.forEach((each, row) => {
      if (each === group) rows.push(row);
    });
  }
  return rows;
}
