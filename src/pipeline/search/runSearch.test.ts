/** Search: trials do not depend on threads, and TPE and pruning find good points. */
import { describe, expect, it } from "vitest";
import { takeTurns } from "./takeTurns.ts";
import { gridPoints, onGrid, readSpace, type NumberDimension, type Point } from "./space.ts";
import { searchBatches, type Drawn, type Judge, type Trial, type SearchPlan } from "./race.ts";

const plan: SearchPlan = {
  method: "tpe",
  space: readSpace({ x: { low: -5, high: 10 }, y: { low: 0, high: 15 } }),
  trials: 50,
  folds: 1,
  pruning: null,
  greaterIsBetter: false,
  seed: 1,
};

/** Branin's function: its minimum is 0.397887 [Dixon & Szegö, Towards global optimisation 2 (1978)]. */
function branin({ x, y }: Point): number {
  const [a, b] = [Number(x), Number(y)];
  const bend = b - (5.1 / (4 * Math.PI ** 2)) * a ** 2 + (5 / Math.PI) * a - 6;
  return bend ** 2 + 10 * (1 - 1 / (8 * Math.PI)) * Math.cos(a) + 10;
}

async function runSearch(...given: Parameters<typeof searchBatches>): Promise<readonly Trial[]> {
  let trials: readonly Trial[] = [];
  for await (const soFar of searchBatches(...given)) trials = soFar;
  return trials;
}

/** Squared distance from the point where everything is 0.7. */
function sphere(point: Point): number {
  return Object.values(point).reduce<number>((sum, value) => sum + (Number(value) - 0.7) ** 2, 0);
}

/** Completes points in the given order. Fold k adds k to the value, which shows which folds were evaluated. */
function judgeBy(valueOf: (point: Point) => number, order: (drawn: readonly Drawn[]) => readonly Drawn[] = (d) => d) {
  const fits: [number, number][] = [];
  const seen = new Map<number, number>();
  const judge: Judge = async (drawn, folds, onEach) => {
    for (const each of order(drawn)) {
      for (let fold = seen.get(each.number) ?? 0; fold < folds; fold++) fits.push([each.number, fold]);
      seen.set(each.number, folds);
      await Promise.resolve();
      onEach(each, { steps: Array.from({ length: folds }, (_, fold) => valueOf(each.params) + fold), seconds: 0 });
    }
  };
  return { judge, fits };
}

const best = (trials: readonly Trial[]): number => Math.min(...trials.map(({ value }) => value ?? Infinity));

describe("the trials of a search", () => {
  it.each(["random", "tpe", "halving"] as const)(
    "%s: do not depend on the order of completion, and differ with another seed",
    async (method) => {
      const search = { ...plan, method, trials: 24, folds: 3 };
      const forward = await runSearch(search, judgeBy(branin).judge);
      const backward = await runSearch(search, judgeBy(branin, (drawn) => drawn.toReversed()).judge);
      expect(backward).toEqual(forward);
      expect(forward.map(({ number }) => number)).toEqual(Array.from({ length: 24 }, (_, i) => i));
      const other = await runSearch({ ...search, seed: 2 }, judgeBy(branin).judge);
      expect(other[0]!.params).not.toEqual(forward[0]!.params);
    },
  );

  it("start the same for any number of trials", async () => {
    const few = await runSearch({ ...plan, trials: 20 }, judgeBy(branin).judge);
    const many = await runSearch({ ...plan, trials: 40 }, judgeBy(branin).judge);
    expect(many.slice(0, 20)).toEqual(few);
  });

  it("resume a stopped search with the same result, without evaluating anything twice", async () => {
    const whole = await runSearch({ ...plan, trials: 30 }, judgeBy(branin).judge);
    const known = new Map(whole.filter(({ number }) => number < 17).map((trial) => [trial.number, trial]));
    const { judge, fits } = judgeBy(branin);
    expect(await runSearch({ ...plan, trials: 30 }, judge, { known })).toEqual(whole);
    expect(fits.map(([number]) => number)).toEqual(Array.from({ length: 13 }, (_, i) => 17 + i));
  });

  it("are at most the points of the space, each once", async () => {
    const space = readSpace({ depth: { distribution: "integer", low: 1, high: 3 }, kind: ["a", "b"] });
    for (const method of ["random", "tpe"] as const) {
      const trials = await runSearch({ ...plan, method, space, trials: 50 }, judgeBy(() => 1).judge);
      expect(new Set(trials.map(({ params }) => JSON.stringify(params))).size).toBe(6);
      expect(trials).toHaveLength(6);
    }
  });

  it("keep the error of failed ones and continue with the others", async () => {
    const judge: Judge = async (drawn, folds, onEach) => {
      for (const each of drawn) {
        const failed = each.number % 2 === 0;
        onEach(each, failed ? { steps: [], seconds: 0, error: "no" } : { steps: Array(folds).fill(1), seconds: 0 });
      }
    };
    for (const method of ["random", "tpe", "halving"] as const) {
      const trials = await runSearch({ ...plan, method, trials: 14, folds: 3 }, judge);
      expect(trials.filter(({ status }) => status === "failed").map(({ number }) => number)).toEqual([
        0, 2, 4, 6, 8, 10, 12,
      ]);
    }
  });
});

describe("TPE", () => {
  it.each([
    ["Branin's function", branin, plan.space],
    [
      "a sphere of five",
      sphere,
      readSpace(Object.fromEntries(["a", "b", "c", "d", "e"].map((n) => [n, { low: 0, high: 1 }]))),
    ],
  ] as const)(
    "finds a better minimum than random search in 50 trials, over twenty seeds: %s",
    async (_, value, space) => {
      const run = async (method: "tpe" | "random", seed: number): Promise<number> =>
        best(await runSearch({ ...plan, space, method, seed }, judgeBy(value).judge));
      const gains: number[] = [];
      for (let seed = 0; seed < 20; seed++) gains.push((await run("random", seed)) - (await run("tpe", seed)));
      // Sign test: with a fair coin 15 or more of 20 has probability 0.0207 (scipy.stats.binom.sf(14, 20, 0.5)).
      expect(gains.filter((gain) => gain > 0).length).toBeGreaterThanOrEqual(15);
    },
  );

  it("learns which choice is best, including its conditional parameter", async () => {
    const space = readSpace({
      kind: ["a", "b", "c", "d"],
      rate: { distribution: "log_uniform", low: 1e-4, high: 1, when: { kind: ["c"] } },
    });
    const value = ({ kind, rate }: Point): number => (kind === "c" ? Math.abs(Math.log10(Number(rate)) + 2) : 3);
    const trials = await runSearch({ ...plan, space, trials: 60 }, judgeBy(value).judge);
    expect(trials.every(({ params }) => "rate" in params === (params["kind"] === "c"))).toBe(true);
    const late = trials.slice(30).filter(({ params }) => params["kind"] === "c");
    expect(late.length).toBeGreaterThan(15); // one in four by chance
    expect(best(trials)).toBeLessThan(0.2); // other choices give 3, random rates with the right choice 1 on average
  });
});

describe("pruning", () => {
  it("halving evaluates all points on one fold, the best third on three, the best ninth on all", async () => {
    const { judge, fits } = judgeBy(branin);
    const trials = await runSearch({ ...plan, method: "halving", trials: 27, folds: 9 }, judge);
    // 27 · 1 + 9 · 2 + 3 · 6
    expect(fits).toHaveLength(63);
    const finished = trials.filter(({ status }) => status === "finished");
    expect(finished).toHaveLength(3);
    const sorted = trials.map(({ params }) => branin(params)).toSorted((a, b) => a - b);
    expect(finished.map(({ params }) => branin(params)).toSorted((a, b) => a - b)).toEqual(sorted.slice(0, 3));
  });

  it("by the median stops trials worse than the median of earlier ones, never the best", async () => {
    const { judge, fits } = judgeBy(branin);
    const all = await runSearch({ ...plan, method: "random", trials: 40, folds: 3 }, judgeBy(branin).judge);
    const pruned = await runSearch({ ...plan, method: "random", trials: 40, folds: 3, pruning: "median" }, judge);
    expect(pruned.map(({ params }) => params)).toEqual(all.map(({ params }) => params));
    expect(best(pruned.filter(({ status }) => status === "finished"))).toBe(best(all));
    expect(pruned.slice(0, 8).every(({ status }) => status === "finished")).toBe(true); // too few finished trials to compare with
    expect(fits.length).toBeLessThan(100); // of 120
  });
});

describe("turns of several searches", () => {
  const search = (from: number, to: number) =>
    searchBatches(
      { ...plan, method: "random", space: readSpace({ x: { low: from, high: to } }), trials: 100_000 },
      judgeBy(({ x }) => Number(x)).judge,
      { isOpen: true },
    );
  /** @returns number of batches of each search within `turns` turns; a smaller value is better */
  const batches = async (turns: number, ...searches: ReturnType<typeof search>[]): Promise<number[]> => {
    let taken = searches.length; // the first round is not asked
    const isTimeUp = (): boolean => taken++ === turns;
    const trials = await takeTurns(searches, { lossOf: (value) => value ?? Infinity, isTimeUp });
    return trials.map(({ length }) => length / 4);
  };

  it("are the same number unless one is clearly behind, which gets fewer and fewer", async () => {
    expect(await batches(20, search(0, 1), search(0.1, 1.1))).toEqual([10, 10]);
    // The second search has its turns in the rounds 0, 1, 3, 7, 15, 31: six in 32 rounds, of 38 turns.
    expect(await batches(38, search(0, 1), search(8, 9))).toEqual([32, 6]);
    expect(await batches(38, search(8, 9), search(0, 1))).toEqual([6, 32]);
  });

  it("go to the others once a search has no point left, and give each at least one batch", async () => {
    const single = () => searchBatches({ ...plan, space: readSpace({ x: [0] }) }, judgeBy(() => 0).judge);
    expect(await batches(30, single(), search(8, 9))).toEqual([0.25, 28]);
    expect(await batches(2, search(0, 1), search(8, 9))).toEqual([1, 1]);
  });
});

describe("a space", () => {
  it("as a grid has every combination once, without inactive parameters", () => {
    const space = readSpace({
      leaves: { values: [4, 8], when: { policy: ["lossguide"] } },
      policy: ["depthwise", "lossguide"],
      rate: { low: 0.1, high: 0.3, step: 0.1 },
    });
    const points = gridPoints(space);
    expect(points).toHaveLength(3 + 2 * 3);
    expect(points.slice(0, 3)).toEqual([0.1, 0.2, 0.3].map((rate) => ({ policy: "depthwise", rate })));
  });

  it("rounds numbers to multiples of the step above the minimum", () => {
    const dimension = readSpace({ n: { low: 100, high: 1000, step: 50 } })[0] as NumberDimension;
    expect([99, 124, 126, 1e6].map((value) => onGrid(dimension, value))).toEqual([100, 100, 150, 1000]);
  });

  it("draws log-uniform integers within the range", async () => {
    const space = readSpace({ n: { distribution: "log_integer", low: 1, high: 1000 } });
    const trials = await runSearch({ ...plan, method: "random", space, trials: 200 }, judgeBy(() => 1).judge);
    const values = trials.map(({ params }) => Number(params["n"]));
    expect(values.every((n) => Number.isInteger(n) && n >= 1 && n <= 1000)).toBe(true);
    expect(values.filter((n) => n > 31).length / values.length).toBeGreaterThan(0.4); // half of the decades, minus repeated points
  });
});
