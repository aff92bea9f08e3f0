/** Tree-structured Parzen estimator: draws where good trials are dense and bad ones are not. */
import type { Random } from "../../core/random.ts";
import {
  randomPoint,
  randomValue,
  scaleOf,
  isActive,
  onGrid,
  pointOf,
  type Point,
  type Space,
  type Dimension,
  type NumberDimension,
} from "./space.ts";

/** Number of random trials before TPE starts. */
const STARTUP_TRIALS = 10;
/** Number of draws from the density of good trials, of which the best one is returned. */
const CANDIDATES = 24;
/** Share of good trials: BOHB's, because Optuna's tenth is too few when four points are drawn at a time. */
const GOOD_SHARE = 0.15;
const MAX_GOOD = 25;

export interface PastTrial {
  readonly point: Point;
  /** Smaller is better; Infinity for failed and pruned trials. */
  readonly loss: number;
}

/**
 * Multivariate TPE: 10 random trials, then 24 candidates drawn from the density of the best 15 % of the trials and
 * compared with the density of the rest; kernel widths as in Optuna.
 * @param past trials in order
 * @see Bergstra et al., Algorithms for hyper-parameter optimization (2011)
 * @see Falkner, Klein & Hutter, BOHB (2018), for the multivariate form
 */
export function tpePoint(space: Space, past: readonly PastTrial[], random: Random): Point {
  if (past.length < STARTUP_TRIALS) return randomPoint(space, random);
  const goodCount = Math.min(Math.ceil(GOOD_SHARE * past.length), MAX_GOOD);
  const sorted = past.toSorted((a, b) => (a.loss === b.loss ? 0 : a.loss < b.loss ? -1 : 1)); // stable: earlier trials first on ties
  const points = sorted.map(({ point }) => point);
  const [good, bad] = [points.slice(0, goodCount), points.slice(goodCount)].map((some) => parzenDensity(space, some));
  let best = { point: {} as Point, gain: -Infinity };
  for (let i = 0; i < CANDIDATES; i++) {
    const point = good!.draw(random);
    const gain = good!.logOf(point) - bad!.logOf(point);
    if (gain > best.gain) best = { point, gain };
  }
  return best.point;
}

/** Kernel width as a share of the range, before it is narrowed by the number of trials; at least 1 / NARROWEST. */
const WIDTH = 0.2;
const NARROWEST = 100;
/** Of draws until one is inside the range. Kernel centres are inside, so at least one in three is. */
const MAX_DRAWS = 1000;

interface Density {
  draw(random: Random): Point;
  /** Log density, up to a term that is the same for every density of the space. */
  logOf(point: Point): number;
}

/**
 * Multivariate: a kernel covers all values of one trial, so that interactions between parameters are found. A parameter
 * that was inactive in a trial is uniform in its kernel.
 */
function parzenDensity(space: Space, points: readonly Point[]): Density {
  const width = WIDTH * Math.max(1, points.length) ** (-1 / (space.length + 4));
  const share = Math.max(width, 1 / Math.min(NARROWEST, points.length + 2));
  const centres: readonly Point[] = [...points, {}]; // the last one is uniform in all parameters
  return {
    draw(random) {
      const centre = centres[random.integer(centres.length)]!;
      return pointOf(space, (dimension) =>
        dimension.name in centre
          ? drawNear(dimension, centre[dimension.name]!, { random, share, count: centres.length })
          : randomValue(dimension, random),
      );
    },
    logOf(point) {
      const active = space.filter((dimension) => isActive(dimension, point));
      const logs = centres.map((centre) =>
        active.reduce((sum, dimension) => sum + logNear(dimension, point, { centre, share, count: centres.length }), 0),
      );
      const largest = Math.max(...logs);
      return largest + Math.log(logs.reduce((sum, log) => sum + Math.exp(log - largest), 0) / centres.length);
    },
  };
}

interface Kernels {
  /** Width, as a share of the range. */
  readonly share: number;
  readonly count: number;
}

function drawNear(
  dimension: Dimension,
  value: Point[string],
  { random, share, count }: Kernels & { random: Random },
): Point[string] {
  if (dimension.kind === "choice") {
    return random.uniform() < 1 / (1 + 1 / count) ? value : randomValue(dimension, random);
  }
  const { from, to, position, value: valueAt } = scaleOf(dimension);
  const middle = position(Number(value));
  for (let i = 0; i < MAX_DRAWS; i++) {
    const at = middle + share * (to - from) * random.normal();
    if (at >= from && at <= to) return onGrid(dimension, valueAt(at));
  }
  return value;
}

/** Log probability of the value; for numbers without a step its log density relative to the uniform density. */
function logNear(dimension: Dimension, point: Point, { centre, share, count }: Kernels & { centre: Point }): number {
  const value = point[dimension.name]!;
  const middle = centre[dimension.name];
  if (dimension.kind === "choice") {
    if (middle === undefined) return -Math.log(dimension.values.length);
    const prior = 1 / count / dimension.values.length;
    return Math.log(((value === middle ? 1 : 0) + prior) / (1 + 1 / count));
  }
  return Math.log(Math.max(Number.MIN_VALUE, numberNear(dimension, Number(value), middle, share)));
}

function numberNear(
  dimension: NumberDimension,
  value: number,
  middle: Point[string] | undefined,
  share: number,
): number {
  const { from, to, position } = scaleOf(dimension);
  const range = to - from;
  const half = (dimension.step ?? 0) / 2;
  const edges = [value - half, value + half].map((edge) => Math.min(to, Math.max(from, position(edge) || from)));
  const [left, right] = edges as [number, number];
  if (middle === undefined) return half === 0 ? 1 : (right - left) / range;
  const [centre, width] = [position(Number(middle)), share * range];
  const below = (at: number): number => normalCumulative((at - centre) / width);
  const inside = below(to) - below(from);
  if (half > 0) return (below(right) - below(left)) / inside;
  const at = (position(value) - centre) / width;
  return Math.exp(-0.5 * at ** 2) / (share * Math.sqrt(2 * Math.PI)) / inside;
}

/** Of the standard normal distribution, with an error below 7.5e-8. @see Abramowitz & Stegun, 26.2.17 */
function normalCumulative(z: number): number {
  const t = 1 / (1 + 0.2316419 * Math.abs(z));
  const series = t * (0.31938153 + t * (-0.356563782 + t * (1.781477937 + t * (-1.821255978 + t * 1.330274429))));
  const tail = (Math.exp((-z * z) / 2) / Math.sqrt(2 * Math.PI)) * series;
  return z > 0 ? 1 - tail : tail;
}
