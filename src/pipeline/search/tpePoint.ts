/** Tree-structured Parzen estimator: draws where good trials are dense and bad ones are not. */
import type { Random } from "../../core/random.ts";
import { choiceDensity, numberDensity, type Density } from "./parzen.ts";
import { randomPoint } from "./randomPoint.ts";
import { isActive, pointOf, type Dimension, type Point, type Space } from "./space.ts";

/** So many trials are drawn at random before there is anything to learn from. */
const STARTUP_TRIALS = 10;
/** Draws from the good ones' density of which the best is taken. */
const CANDIDATES = 24;
/** A tenth of the trials are the good ones, at most so many. */
const MOST_GOOD = 25;

/** A finished trial. */
export interface Told {
  readonly point: Point;
  /** Less is better; Infinity for one that failed. */
  readonly loss: number;
}

/**
 * Each parameter by itself, learned from the trials in which it counted: independent TPE, with the defaults of Optuna
 * (10 random trials, the best tenth against the rest, 24 candidates, prior weight 1).
 * @param told in the order of the trials
 * @see Bergstra et al., Algorithms for hyper-parameter optimization (2011)
 */
export function tpePoint(space: Space, told: readonly Told[], random: Random): Point {
  if (told.length < STARTUP_TRIALS) return randomPoint(space, random);
  const goodCount = Math.min(Math.ceil(0.1 * told.length), MOST_GOOD);
  const sorted = told.toSorted((a, b) => compare(a.loss, b.loss)); // stable: the earlier of equals first
  const [good, bad] = [sorted.slice(0, goodCount), sorted.slice(goodCount)];
  return pointOf(space, (dimension) => {
    const [likely, usual] = [densityOf(dimension, good), densityOf(dimension, bad)];
    let best = { value: likely.draw(random), gain: -Infinity };
    for (let i = 0; i < CANDIDATES; i++) {
      const value = i === 0 ? best.value : likely.draw(random);
      const gain = likely.logOf(value) - usual.logOf(value);
      if (gain > best.gain) best = { value, gain };
    }
    return best.value;
  });
}

function densityOf(dimension: Dimension, told: readonly Told[]): Density {
  const seen = told.flatMap(({ point }) => (isActive(dimension, point) ? [point[dimension.name]!] : []));
  return dimension.kind === "choice" ? choiceDensity(dimension, seen) : numberDensity(dimension, seen as number[]);
}

function compare(a: number, b: number): number {
  return a === b ? 0 : a < b ? -1 : 1;
}
