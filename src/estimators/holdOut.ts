/** Holds out training rows for early stopping. They are never the rows that the model is evaluated on. */
import { MlctlError } from "../core/errors.ts";
import type { FitOptions } from "../core/estimator.ts";
import { random } from "../core/random.ts";

export interface HoldOutOptions extends Pick<FitOptions, "seed" | "classCount" | "times" | "groups"> {
  /** Share of the rows to hold out, above 0 and below 1. */
  readonly share: number;
}

/** Row positions, ascending. */
export interface Parts {
  readonly training: Int32Array;
  readonly heldOut: Int32Array;
}

/**
 * With times: the latest rows, never splitting rows of the same time. Else whole groups, or a stratified random
 * sample, both drawn by the seed.
 * @throws {MlctlError} kind "data" if either part would be empty
 */
export function holdOut(y: Float64Array, options: HoldOutOptions): Parts {
  const isHeldOut = new Uint8Array(y.length);
  for (const row of chooseRows(y, options)) isHeldOut[row] = 1;
  const all = Int32Array.from(y.keys());
  const training = all.filter((row) => isHeldOut[row] === 0);
  const heldOut = all.filter((row) => isHeldOut[row] === 1);
  if (training.length === 0 || heldOut.length === 0) {
    throw new MlctlError("data", `too few training rows (${y.length}) to hold out some for early stopping`, {
      hint: 'remove "early_stopping_rounds", or ingest more rows',
    });
  }
  return { training, heldOut };
}

function chooseRows(y: Float64Array, { share, seed, classCount, times, groups }: HoldOutOptions): number[] {
  const rows = Array.from(y.keys());
  const count = Math.ceil(share * rows.length);
  const { shuffle } = random(seed);
  if (times !== undefined) return latest(times, count);
  if (groups !== undefined) return wholeGroups(shuffle([...new Set(groups)]), groups, count);
  if (classCount === 0) return shuffle(rows).slice(0, count);
  return Array.from({ length: classCount }, (_, code) => {
    const own = shuffle(rows.filter((row) => y[row] === code));
    // the only row of a class stays in training
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
