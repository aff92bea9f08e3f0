/** Parzen estimator: the density of one parameter among trials, as a mixture of one bump a trial and a wide one for the unknown. */
import type { Random } from "../../core/random.ts";
import { onGrid, type ChoiceDimension, type NumberDimension, type Point } from "./space.ts";
import { scaleOf } from "./randomPoint.ts";
import { normalCumulative } from "./normalCumulative.ts";

/** How much the wide bump weighs, in trials. */
const PRIOR_WEIGHT = 1;

/** A draw outside the range is drawn again so many times; bumps stand inside, so that one in three or more hits. */
const MOST_DRAWS = 1000;

export interface Density {
  draw(random: Random): Point[string];
  /** Logarithm of the density (of the probability, for choices and steps). */
  logOf(value: Point[string]): number;
}

/** Shares of the values seen, each as if the wide bump had spread one more trial over all. */
export function choiceDensity({ values }: ChoiceDimension, seen: readonly Point[string][]): Density {
  const weights = values.map((value) => PRIOR_WEIGHT / values.length + seen.filter((each) => each === value).length);
  const total = weights.reduce((sum, weight) => sum + weight, 0);
  return {
    draw(random) {
      let left = random.uniform() * total;
      const at = weights.findIndex((weight) => (left -= weight) < 0);
      return values[at < 0 ? values.length - 1 : at]!;
    },
    logOf: (value) => Math.log((weights[values.indexOf(value)] ?? 0) / total),
  };
}

interface Bump {
  readonly mean: number;
  readonly width: number;
  /** Its share of the whole, over its share within the range. */
  readonly weight: number;
}

/** Each bump reaches to its farther neighbour, but is never narrower than the range over min(100, n + 2). */
export function numberDensity(dimension: NumberDimension, seen: readonly number[]): Density {
  const scale = scaleOf(dimension);
  const { from, to } = scale;
  const bumps = bumpsOf(seen.map(scale.position), from, to);
  const half = dimension.step === null ? null : dimension.step / 2;
  return {
    draw(random) {
      const bump = bumps[random.integer(bumps.length)]!;
      for (let i = 0; i < MOST_DRAWS; i++) {
        const position = bump.mean + bump.width * random.normal();
        if (position >= from && position <= to) return onGrid(dimension, scale.value(position));
      }
      return onGrid(dimension, scale.value(bump.mean));
    },
    logOf(value) {
      const number = value as number;
      const cell =
        half === null
          ? undefined
          : ([number - half, number + half].map((edge) => clamp(scale.position(edge), from, to)) as [number, number]);
      return Math.log(bumps.reduce((sum, bump) => sum + bump.weight * share(bump, scale.position(number), cell), 0));
    },
  };
}

function bumpsOf(positions: readonly number[], from: number, to: number): Bump[] {
  const [middle, range] = [(from + to) / 2, to - from];
  const narrowest = range / Math.min(100, positions.length + 2);
  const sorted = [...positions, middle].toSorted((a, b) => a - b);
  const priorAt = sorted.indexOf(middle);
  return sorted.map((mean, i) => {
    const reach = Math.max(mean - (sorted[i - 1] ?? from), (sorted[i + 1] ?? to) - mean);
    const width = i === priorAt ? range : clamp(reach, narrowest, range);
    const inside = normalCumulative((to - mean) / width) - normalCumulative((from - mean) / width);
    return { mean, width, weight: 1 / sorted.length / inside };
  });
}

function share({ mean, width }: Bump, position: number, cell: readonly [number, number] | undefined): number {
  if (cell !== undefined)
    return normalCumulative((cell[1] - mean) / width) - normalCumulative((cell[0] - mean) / width);
  return Math.exp(-0.5 * ((position - mean) / width) ** 2) / (width * Math.sqrt(2 * Math.PI));
}

function clamp(value: number, low: number, high: number): number {
  // A step below the smallest value of a logarithmic grid may be no number.
  return Number.isNaN(value) ? low : Math.min(high, Math.max(low, value));
}
