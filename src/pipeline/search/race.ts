/** Race: brings points before one fold after the other and gives up those that fall behind. */
import { median } from "../../stats/median.ts";
import { pointText, type Point } from "./space.ts";
import type { Trial } from "./trial.ts";

/** A point that was drawn. */
export interface Drawn {
  readonly number: number;
  readonly params: Point;
}

/** What folds say of a point so far. */
export interface Judgement {
  /** As Trial.steps. */
  readonly steps: readonly (number | null)[];
  readonly seconds: number;
  readonly error?: string;
}

/** Brings points before the first `folds` folds, in any order; calls `onEach` as a point is done. */
export type Judge = (
  drawn: readonly Drawn[],
  folds: number,
  onEach: (drawn: Drawn, judgement: Judgement) => void,
) => Promise<void>;

export interface SearchHooks {
  /** Trials of an earlier search of the same kind, by number: not judged again. */
  readonly known?: ReadonlyMap<number, Trial>;
  /** Each trial once, as it ends. */
  readonly onTrial?: (trial: Trial) => void;
}

export interface Arena {
  readonly folds: number;
  /** Less is better. */
  readonly lossOf: (value: number | null) => number;
  readonly judge: Judge;
  readonly hooks: SearchHooks;
}

/** Where a race stops, counted in folds, the last being all; and who goes on. */
export interface Rule {
  readonly stops: readonly number[];
  readonly goesOn?: (judgements: readonly Judgement[]) => readonly boolean[];
}

/** The survivors of a stop are one in so many, and judged on so many times its folds. */
const ETA = 3;
/** Finished trials that a median must have behind it. */
const MEDIAN_TRIALS = 5;

/**
 * Successive halving by folds: after 1, 3, 9 … folds the best third goes on. Folds are what every family has, a trial
 * that goes on keeps what it was judged on, and fewer rows or trees would favour other parameters than all of them.
 * @see Jamieson & Talwalkar, Non-stochastic best arm identification and hyperparameter optimization (2016)
 */
export function halving({ folds, lossOf }: Arena): Rule {
  const stops = [];
  for (let stop = 1; stop < folds; stop *= ETA) stops.push(stop);
  return {
    stops: [...stops, folds],
    goesOn(judgements) {
      const order = judgements.map((judgement, i) => ({ loss: lossOf(last(judgement)), i }));
      order.sort((a, b) => (a.loss === b.loss ? a.i - b.i : a.loss < b.loss ? -1 : 1));
      const kept = new Set(order.slice(0, Math.ceil(judgements.length / ETA)).map(({ i }) => i));
      return judgements.map((_, i) => kept.has(i));
    },
  };
}

/** After each fold those go on that are no worse than the median of what finished trials of earlier batches had then. */
export function medianRule({ folds, lossOf }: Arena, before: readonly Trial[]): Rule {
  const finished = before.filter(({ status }) => status === "finished");
  return {
    stops: Array.from({ length: folds }, (_, i) => i + 1),
    goesOn(judgements) {
      const limits = finished.map(({ steps }) => steps);
      return judgements.map((judgement) => {
        if (limits.length < MEDIAN_TRIALS) return true;
        const at = judgement.steps.length - 1;
        return lossOf(last(judgement)) <= median(Float64Array.from(limits, (steps) => lossOf(steps[at] ?? null)));
      });
    },
  };
}

/** @returns by number */
export async function race({ folds, judge, hooks }: Arena, batch: readonly Drawn[], rule: Rule): Promise<Trial[]> {
  const judged = new Map<number, Judgement>();
  const ended = new Map<number, Trial>();
  const end = (drawn: Drawn, status: Trial["status"]): void => {
    const judgement = judged.get(drawn.number)!;
    const known = hooks.known?.get(drawn.number);
    const trial =
      known !== undefined && judgement === known
        ? known
        : trialOf(drawn, judgement, judgement.error === undefined ? status : "failed");
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
    const enough = (drawn: Drawn): boolean => {
      const judgement = judged.get(drawn.number);
      return judgement !== undefined && (judgement.error !== undefined || judgement.steps.length >= stop);
    };
    if (isLast) for (const drawn of alive.filter(enough)) end(drawn, "finished");
    await judge(
      alive.filter((drawn) => !enough(drawn)),
      stop,
      (drawn, judgement) => {
        judged.set(drawn.number, judgement);
        if (isLast) end(drawn, "finished");
      },
    );
    if (isLast) break;
    const upToHere = alive.map(({ number }) => firstSteps(judged.get(number)!, stop));
    const goesOn = rule.goesOn?.(upToHere) ?? [];
    alive.forEach((drawn, i) =>
      goesOn[i] === false || upToHere[i]!.error !== undefined ? end(drawn, "pruned") : undefined,
    );
    alive = alive.filter(({ number }) => !ended.has(number));
  }
  return batch.map(({ number }) => ended.get(number)!);
}

function trialOf({ number, params }: Drawn, { steps, seconds, error }: Judgement, status: Trial["status"]): Trial {
  const failed = error === undefined ? {} : { error };
  const value = status === "failed" ? null : (steps.at(-1) ?? null);
  return { number, params, status, steps, value, seconds, ...failed };
}

function firstSteps(judgement: Judgement, count: number): Judgement {
  return { ...judgement, steps: judgement.steps.slice(0, count) };
}

function last({ steps }: Judgement): number | null {
  return steps.at(-1) ?? null;
}
