/** Search: draws points, has folds judge them, and gives up those that fall behind. */
import { random } from "../../core/random.ts";
import { gridPoints } from "./gridPoints.ts";
import { halving, medianRule, race, type Drawn, type Judge, type Rule, type SearchHooks } from "./race.ts";
import { randomPoint } from "./randomPoint.ts";
import { pointText, type Point, type Space } from "./space.ts";
import { tpePoint, type Told } from "./tpePoint.ts";
import type { Trial } from "./trial.ts";

export interface SearchPlan {
  readonly method: "grid" | "random" | "tpe" | "halving";
  readonly space: Space;
  /** How many points are drawn; a grid has as many as it has. */
  readonly trials: number;
  readonly folds: number;
  readonly pruning: "median" | null;
  readonly greaterIsBetter: boolean;
  readonly seed: number;
}

/** Trials drawn together, before any of them is judged: the same number whatever the number of threads. */
const BATCH = 4;
/** Points drawn again before the space counts as used up. */
const MOST_DRAWS = 100;

/**
 * The same plan gives the same trials: each is drawn from the seed, its number and the trials of earlier batches, and
 * no decision looks at which of a batch was done first.
 * @returns by number
 */
export async function runSearch(plan: SearchPlan, judge: Judge, hooks: SearchHooks = {}): Promise<Trial[]> {
  const { method, folds, greaterIsBetter } = plan;
  const lossOf = (value: number | null): number => (value === null ? Infinity : greaterIsBetter ? -value : value);
  const arena = { folds, lossOf, judge, hooks };
  const trials: Trial[] = [];
  const ruleNow = (): Rule => {
    if (method === "halving") return halving(arena);
    return plan.pruning === null ? { stops: [folds] } : medianRule(arena, trials);
  };
  const grid = method === "grid" ? numbered(gridPoints(plan.space)) : null;
  const count = grid?.length ?? plan.trials;
  const learns = method === "tpe" || (plan.pruning !== null && method !== "halving");
  while (trials.length < count) {
    const next = Math.min(learns ? BATCH : count, count - trials.length);
    const batch = grid?.slice(trials.length, trials.length + next) ?? drawFresh(plan, toldOf(trials, lossOf), next);
    if (batch.length === 0) break;
    trials.push(...(await race(arena, batch, ruleNow())));
  }
  return trials;
}

function numbered(points: readonly Point[]): Drawn[] {
  return points.map((params, number) => ({ number, params }));
}

/** What was given up was behind: it is among the bad ones. */
function toldOf(trials: readonly Trial[], lossOf: (value: number | null) => number): Told[] {
  return trials.map(({ params, value, status }) => ({
    point: params,
    loss: status === "finished" ? lossOf(value) : Infinity,
  }));
}

/** No point twice; fewer than asked for where the space has no more. */
function drawFresh({ method, space, seed }: SearchPlan, told: readonly Told[], count: number): Drawn[] {
  const seen = new Set(told.map(({ point }) => pointText(point)));
  const drawn: Drawn[] = [];
  while (drawn.length < count) {
    const number = told.length + drawn.length;
    const numbers = random((seed + Math.imul(number + 1, 0x9e3779b9)) >>> 0);
    let params = method === "tpe" ? tpePoint(space, told, numbers) : randomPoint(space, numbers);
    for (let again = 0; seen.has(pointText(params)) && again < MOST_DRAWS; again++) {
      params = randomPoint(space, numbers);
    }
    if (seen.has(pointText(params))) break;
    seen.add(pointText(params));
    drawn.push({ number, params });
  }
  return drawn;
}
