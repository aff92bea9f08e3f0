/** Hyperparameter search: draws points, evaluates them on folds, and prunes those that fall behind. */
import { random } from "../../core/random.ts";
import { gridPoints } from "./gridPoints.ts";
import { halving, medianRule, race, type Drawn, type Judge, type Rule, type SearchHooks, type Trial } from "./race.ts";
import { randomPoint } from "./randomPoint.ts";
import { pointText, type Point, type Space } from "./space.ts";
import { tpePoint, type PastTrial } from "./tpePoint.ts";

export interface SearchPlan {
  readonly method: "grid" | "random" | "tpe" | "halving";
  readonly space: Space;
  /** Number of points to draw; ignored for a grid. */
  readonly trials: number;
  readonly folds: number;
  readonly pruning: "median" | null;
  readonly greaterIsBetter: boolean;
  readonly seed: number;
  /** Trials drawn before any of them is evaluated, default 4. */
  readonly batch?: number | undefined;
}

/** Not the number of threads, so that results do not depend on it. */
const BATCH = 4;
/** Redraws of a repeated point before the space counts as exhausted. */
const MAX_DRAWS = 100;

/**
 * The same plan gives the same trials: each one depends on the seed, its number and the trials of earlier batches, but
 * not on the order in which the trials of a batch finish.
 * @returns trials by number
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
  const isInBatches = learns || hooks.isTimeUp !== undefined;
  while (trials.length < count && !(trials.length > 0 && hooks.isTimeUp?.())) {
    const next = Math.min(isInBatches ? (plan.batch ?? BATCH) : count, count - trials.length);
    const batch = grid?.slice(trials.length, trials.length + next) ?? drawFresh(plan, pastTrials(trials, lossOf), next);
    if (batch.length === 0) break;
    trials.push(...(await race(arena, batch, ruleNow())));
  }
  return trials;
}

function numbered(points: readonly Point[]): Drawn[] {
  return points.map((params, number) => ({ number, params }));
}

/** Pruned trials count as bad ones. */
function pastTrials(trials: readonly Trial[], lossOf: (value: number | null) => number): PastTrial[] {
  return trials.map(({ params, value, status }) => ({
    point: params,
    loss: status === "finished" ? lossOf(value) : Infinity,
  }));
}

/** Draws points that were not drawn before; fewer than `count` if the space is exhausted. */
function drawFresh({ method, space, seed }: SearchPlan, past: readonly PastTrial[], count: number): Drawn[] {
  const seen = new Set(past.map(({ point }) => pointText(point)));
  const drawn: Drawn[] = [];
  while (drawn.length < count) {
    const number = past.length + drawn.length;
    const numbers = random((seed + Math.imul(number + 1, 0x9e3779b9)) >>> 0);
    let params = method === "tpe" ? tpePoint(space, past, numbers) : randomPoint(space, numbers);
    for (let again = 0; seen.has(pointText(params)) && again < MAX_DRAWS; again++) {
      params = randomPoint(space, numbers);
    }
    if (seen.has(pointText(params))) break;
    seen.add(pointText(params));
    drawn.push({ number, params });
  }
  return drawn;
}
