/** Random search: draws points of a space. */
import type { Random } from "../../core/random.ts";
import { onGrid, pointOf, type Dimension, type NumberDimension, type Point, type Space } from "./space.ts";

export function randomPoint(space: Space, random: Random): Point {
  return pointOf(space, (dimension) => randomValue(dimension, random));
}

export function randomValue(dimension: Dimension, random: Random): Point[string] {
  if (dimension.kind === "choice") return dimension.values[random.integer(dimension.values.length)]!;
  const { from, to, value } = scaleOf(dimension);
  return onGrid(dimension, value(from + random.uniform() * (to - from)));
}

/** Scale on which a number is drawn: logarithmic if configured, extended by half a step at each end for a grid. */
export interface Scale {
  readonly from: number;
  readonly to: number;
  readonly value: (position: number) => number;
  readonly position: (value: number) => number;
}

export function scaleOf({ low, high, log, step }: NumberDimension): Scale {
  const margin = (step ?? 0) / 2;
  // Half a step below a grid that starts near 0 could be negative, which has no logarithm.
  const [first, last] = [log ? Math.max(low - margin, low / 2) : low - margin, high + margin];
  if (!log) return { from: first, to: last, value: (x) => x, position: (x) => x };
  return { from: Math.log(first), to: Math.log(last), value: Math.exp, position: Math.log };
}
