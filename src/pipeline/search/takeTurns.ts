/** Shares the time of a tuning among its searches: one that is clearly behind gets less and less of it. */
import { median } from "../../stats/descriptive.ts";
import type { Trial } from "./race.ts";

interface Turns {
  /** Smaller is better. */
  readonly lossOf: (value: number | null) => number;
  /** Asked before each turn after the first round. */
  readonly isTimeUp: () => boolean;
}

/**
 * In each round, every search evaluates one batch. From the second round on, a search that is clearly behind waits 1 round,
 * then 3, 7, 15 … The order depends only on the values of the trials; the time only decides where it ends.
 * @param searches as of `searchBatches`, with values of the same metric
 * @returns trials of each search; at least its first batch
 */
export async function takeTurns(
  searches: readonly AsyncGenerator<readonly Trial[], void>[],
  { lossOf, isTimeUp }: Turns,
): Promise<readonly (readonly Trial[])[]> {
  const all = searches.map((batches) => ({ batches, trials: [] as readonly Trial[], due: 0, wait: 1 }));
  const standings = () => all.map(({ trials }) => standing(trials, lossOf));
  for (let open = all; open.length > 0;) {
    const round = Math.min(...open.map(({ due }) => due));
    for (const search of open.filter(({ due }) => due === round)) {
      if (round > 0 && isTimeUp()) return all.map(({ trials }) => trials);
      const { done, value } = await search.batches.next();
      search.trials = value ?? search.trials;
      const isBehind = round > 0 && isClearlyBehind(standing(search.trials, lossOf), standings());
      search.wait = isBehind ? 2 * search.wait : 1;
      search.due = done ? Infinity : round + search.wait;
    }
    open = open.filter(({ due }) => due < Infinity);
  }
  return all.map(({ trials }) => trials);
}

interface Standing {
  readonly best: number;
  /** From the best to the median of the finished trials: what a search gains by choosing among its points. */
  readonly spread: number;
}

function standing(trials: readonly Trial[], lossOf: Turns["lossOf"]): Standing {
  const losses = trials.flatMap(({ status, value }) => (status === "finished" && value !== null ? lossOf(value) : []));
  if (losses.length === 0) return { best: Infinity, spread: 0 };
  const best = Math.min(...losses);
  return { best, spread: median(Float64Array.from(losses)) - best };
}

/** The distance to the best search is larger than the spreads of both together. */
function isClearlyBehind(own: Standing, all: readonly Standing[]): boolean {
  const first = all.reduce((best, each) => (each.best < best.best ? each : best));
  return own.best - first.best > own.spread + first.spread;
}
