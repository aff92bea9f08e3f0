/** Draws a point of a space at random. */
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

/** The line on which a number is drawn: logarithms where they are asked for, half a step more on either side of a grid. */
export interface Scale {
  readonly from: number;
  readonly to: number;
  readonly value: (position: number) => number;
  readonly position: (value: number) => number;
}

export function scaleOf({ low, high, log, step }: NumberDimension): Scale {
  const margin = (step ?? 0) / 2;
  // A grid that begins at 0 or near it has no logarithm half a step below.
  const [first, last] = [log ? Math.max(low - margin, low / 2) : low - margin, high + margin];
  if (!log) return { from: first, to: last, value: (x) => x, position: (x) => x };
  return { from: Math.log(first), to: Math.log(last), value: Math.exp, position: Math.log };
}
