/** Evaluates a batch of points fold by fold and prunes those that fall behind. */
import type { TrialRecord } from "../../core/records/search.ts";
import { median } from "../../stats/descriptive.ts";
import { pointText, gridPoints, randomPoint, type Point, type Space } from "./space.ts";
import { random } from "../../core/random.ts";
import { tpePoint, type PastTrial } from "./tpePoint.ts";

/** `seconds` is the time in the threads, summed over the folds. */
export interface Trial extends Omit<TrialRecord, "trialId"> {
  readonly params: Point;
}

/** A point with the number of its trial. */
export type Drawn = { readonly number: number; readonly params: Point };

/** Results of a point on the folds so far. */
export interface Judgement {
  /** As Trial.steps. */
  readonly steps: readonly (number | null)[];
  readonly seconds: number;
  readonly error?: string;
}

/** Evaluates points on the first `folds` folds, in any order; calls `onEach` when a point is done. */
export type Judge = (
  drawn: readonly Drawn[],
  folds: number,
  onEach: (drawn: Drawn, judgement: Judgement) => void,
) => Promise<void>;

export interface SearchHooks {
  /** Trials of an earlier, identical search, by number; they are not evaluated again. */
  readonly known?: ReadonlyMap<number, Trial>;
  readonly onTrial?: (trial: Trial) => void;
  /** Methods that do not learn from earlier trials are in batches, too: the search may be ended after any. */
  readonly isOpen?: boolean;
}

interface Arena {
  readonly folds: number;
  /** Smaller is better. */
  readonly lossOf: (value: number | null) => number;
  readonly judge: Judge;
  readonly hooks: SearchHooks;
}

/** Numbers of folds after which points are compared (the last is all folds), and which points continue. */
export interface Rule {
  readonly stops: readonly number[];
  readonly continues?: (judgements: readonly Judgement[]) => readonly boolean[];
}

/** One in this many points survives a stop, and continues to this many times as many folds. */
const ETA = 3;
/** Finished trials for the median rule. */
const MEDIAN_TRIALS = 5;

/**
 * Successive halving by folds: after 1, 3, 9 … folds the best third continues. Not by rows or trees: a smaller budget of
 * these would favour other parameters than the full one.
 * @see Jamieson & Talwalkar, Non-stochastic best arm identification and hyperparameter optimization (2016)
 */
export function halving({ folds, lossOf }: Arena): Rule {
  const stops = [];
  for (let stop = 1; stop < folds; stop *= ETA) stops.push(stop);
  return {
    stops: [...stops, folds],
    continues(judgements) {
      const order = judgements.map((judgement, i) => ({ loss: lossOf(last(judgement)), i }));
      order.sort((a, b) => (a.loss === b.loss ? a.i - b.i : a.loss < b.loss ? -1 : 1));
      const kept = new Set(order.slice(0, Math.ceil(judgements.length / ETA)).map(({ i }) => i));
      return judgements.map((_, i) => kept.has(i));
    },
  };
}

/** After each fold a point continues unless it is worse than the median of finished earlier trials at that fold. */
export function medianRule({ folds, lossOf }: Arena, before: readonly Trial[]): Rule {
  const finished = before.filter(({ status }) => status === "finished");
  return {
    stops: Array.from({ length: folds }, (_, i) => i + 1),
    continues(judgements) {
      const limits = finished.map(({ steps }) => steps);
      return judgements.map((judgement) => {
        if (limits.length < MEDIAN_TRIALS) return true;
        const at = judgement.steps.length - 1;
        return lossOf(last(judgement)) <= median(Float64Array.from(limits, (steps) => lossOf(steps[at] ?? null)));
      });
    },
  };
}

/** @returns trials in the order of `batch` */
export async function race({ folds, judge, hooks }: Arena, batch: readonly Drawn[], rule: Rule): Promise<Trial[]> {
  const judged = new Map<number, Judgement>();
  const ended = new Map<number, Trial>();
  const end = (drawn: Drawn, status: Trial["status"]): void => {
    const judgement = judged.get(drawn.number)!;
    const known = hooks.known?.get(drawn.number);
    const isKnown = known !== undefined && judgement === known;
    const trial = isKnown ? known : trialOf(drawn, judgement, judgement.error === undefined ? status : "failed");
    ended.set(drawn.number, trial);
    hooks.onTrial?.(trial);
  };
  for (const { number, params } of batch) {
    const known = hooks.known?.get(number);
    if (known !== undefined && pointText(known.params) === pointText(params)) judged.set(number, known);
  }
  let alive = batch;
  for (const stop of rule.stops) {
    const isLast = stop === folds;
    const isDone = (drawn: Drawn): boolean => {
      const judgement = judged.get(drawn.number);
      return judgement !== undefined && (judgement.error !== undefined || judgement.steps.length >= stop);
    };
    if (isLast) for (const drawn of alive.filter(isDone)) end(drawn, "finished");
    const open = alive.filter((drawn) => !isDone(drawn));
    await judge(open, stop, (drawn, judgement) => {
      judged.set(drawn.number, judgement);
      if (isLast) end(drawn, "finished");
    });
    if (isLast) break;
    const partial = alive
      .map(({ number }) => judged.get(number)!)
      .map((each) => ({ ...each, steps: each.steps.slice(0, stop) }));
    const continues = rule.continues?.(partial) ?? [];
    for (const [i, drawn] of alive.entries()) {
      if (continues[i] === false || partial[i]!.error !== undefined) end(drawn, "pruned");
    }
    alive = alive.filter(({ number }) => !ended.has(number));
  }
  return batch.map(({ number }) => ended.get(number)!);
}

function trialOf({ number, params }: Drawn, { steps, seconds, error }: Judgement, status: Trial["status"]): Trial {
  const failed = error === undefined ? {} : { error };
  const value = status === "failed" ? null : (steps.at(-1) ?? null);
  return { number, params, status, steps, value, seconds, ...failed };
}

function last({ steps }: Judgement): number | null {
  return steps.at(-1) ?? null;
}

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
 * Each trial depends on the seed, its number and the trials of earlier batches, but not on the order in which they finish.
 * @returns after each batch, the trials so far by number
 */
export async function* searchBatches(
  plan: SearchPlan,
  judge: Judge,
  hooks: SearchHooks = {},
): AsyncGenerator<readonly Trial[], void> {
  const { method, folds, greaterIsBetter } = plan;
  const lossOf = lossFor(greaterIsBetter);
  const arena = { folds, lossOf, judge, hooks };
  const trials: Trial[] = [];
  const ruleNow = (): Rule => {
    if (method === "halving") return halving(arena);
    return plan.pruning === null ? { stops: [folds] } : medianRule(arena, trials);
  };
  const grid = method === "grid" ? gridPoints(plan.space).map((params, number) => ({ number, params })) : null;
  const count = grid?.length ?? plan.trials;
  const learns = method === "tpe" || (plan.pruning !== null && method !== "halving");
  while (trials.length < count) {
    const next = Math.min(learns || hooks.isOpen ? (plan.batch ?? BATCH) : count, count - trials.length);
    const batch = grid?.slice(trials.length, trials.length + next) ?? drawFresh(plan, pastTrials(trials, lossOf), next);
    if (batch.length === 0) return;
    trials.push(...(await race(arena, batch, ruleNow())));
    yield trials;
  }
}

/** Smaller is better. */
export function lossFor(greaterIsBetter: boolean) {
  return (value: number | null): number => (value === null ? Infinity : greaterIsBetter ? -value : value);
}

/** Pruned trials count as bad ones. */
function pastTrials(trials: readonly Trial[], lossOf: (value: number | null) => number): PastTrial[] {
  const lossIn = ({ value, status }: Trial): number => (status === "finished" ? lossOf(value) : Infinity);
  return trials.map((trial) => ({ point: trial.params, loss: lossIn(trial) }));
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
