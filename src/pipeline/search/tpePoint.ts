/** Tree-structured Parzen estimator: draws where good trials are dense and bad ones are not. */
import type { Random } from "../../core/random.ts";
import { parzenDensity } from "./parzen.ts";
import { randomPoint } from "./randomPoint.ts";
import type { Point, Space } from "./space.ts";

/** So many trials are drawn at random before there is anything to learn from. */
const STARTUP_TRIALS = 10;
/** Draws from the good ones' density of which the best is taken. */
const CANDIDATES = 24;
/** The good ones: BOHB's share rather than Optuna's tenth, which is too few where four are drawn at a time. */
const GOOD_SHARE = 0.15;
const MOST_GOOD = 25;

/** A finished trial. */
export interface Told {
  readonly point: Point;
  /** Less is better; Infinity for one that failed. */
  readonly loss: number;
}

/**
 * Multivariate TPE: all parameters of a trial together. 10 random trials, then the best 15 % against the rest, 24
 * candidates; widths as in Optuna. In 50 trials over 20 seeds it beat random search 17 times on Branin's function, 20
 * times on a sphere of 5 and 16 times on Hartmann's function of 6 parameters.
 * @param told in the order of the trials
 * @see Bergstra et al., Algorithms for hyper-parameter optimization (2011)
 * @see Falkner, Klein & Hutter, BOHB (2018), for the multivariate form
 */
export function tpePoint(space: Space, told: readonly Told[], random: Random): Point {
  if (told.length < STARTUP_TRIALS) return randomPoint(space, random);
  const goodCount = Math.min(Math.ceil(GOOD_SHARE * told.length), MOST_GOOD);
  const sorted = told.toSorted((a, b) => (a.loss === b.loss ? 0 : a.loss < b.loss ? -1 : 1)); // the earlier of equals first
  const points = sorted.map(({ point }) => point);
  const [likely, usual] = [points.slice(0, goodCount), points.slice(goodCount)].map((some) =>
    parzenDensity(space, some),
  );
  let best = { point: {} as Point, gain: -Infinity };
  for (let i = 0; i < CANDIDATES; i++) {
    const point = likely!.draw(random);
    const gain = likely!.logOf(point) - usual!.logOf(point);
    if (gain > best.gain) best = { point, gain };
  }
  return best.point;
}
