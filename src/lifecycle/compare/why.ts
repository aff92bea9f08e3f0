/** why: the difference between two runs taken apart, by swapping data, settings and seed one at a time. */
import { MlctlError } from "../../core/errors.ts";
import type { Evaluation } from "../../core/metric.ts";
import type { Run } from "../../core/records/run.ts";
import { findMetric } from "../../metrics/findMetric.ts";
import { compareEvaluations, type MetricDifference } from "../../pipeline/judge/compareEvaluations.ts";
import { shapleyShares } from "../../pipeline/judge/shapleyShares.ts";
import { resolveRun } from "../../storage/store/resolveRun.ts";
import { decidingMetric } from "../settings.ts";
import { judgePair, runWithModel } from "./runPair.ts";
import type { Session } from "../session.ts";
import { differingFactors, factors, swappedModel, type Factor, type SwappedModel } from "./swappedModels.ts";
import { readTestData } from "../testData.ts";

export interface WhyOptions {
  readonly against?: string | undefined;
  readonly metric?: string | undefined;
  /** A file or folder instead of test_data_path. */
  readonly data?: string | undefined;
}

/** What one factor does to the metric, in its units; null where a model on the way could not be trained. */
export interface FactorEffect {
  readonly factor: Factor;
  readonly differs: boolean;
  /** The first run with this of the second, minus the first. */
  readonly first: number | null;
  /** The second run minus the second with this of the first. */
  readonly last: number | null;
  /** Whether the first alone is more than luck on these rows. */
  readonly verdict: MetricDifference["verdict"] | null;
  /** Shapley: the mean over all orders of swapping; these sum to the whole difference. */
  readonly effect: number | null;
  /** Of the whole difference; null where that is 0. */
  readonly share: number | null;
}

export interface WhyResult {
  readonly a: Pick<Run, "runId" | "modelVersion" | "family" | "seed">;
  readonly b: WhyResult["a"];
  readonly rows: number;
  readonly total: MetricDifference;
  readonly effects: readonly FactorEffect[];
  /** Every model that was trained on the way, with what it took from the second run. */
  readonly models: readonly {
    readonly fromSecond: readonly Factor[];
    readonly figure: number | null;
    readonly reason: string | null;
  }[];
  readonly notes: readonly string[];
}

/** Nothing is written. @throws {MlctlError} kind "data" where a dataset is gone, or the runs answer different questions */
export async function why(session: Session, reference: string, options: WhyOptions = {}): Promise<WhyResult> {
  const run = resolveRun(session.store, reference);
  const other = options.against === undefined ? usualOther(session, run) : resolveRun(session.store, options.against);
  const b = await runWithModel(session, run.runId);
  const a = await runWithModel(session, other.runId);
  const metric = findMetric(options.metric ?? decidingMetric(session.config, run.task), run.task);
  const test = await readTestData(session, options.data);
  const ends = judgePair(session, a.model, b.model, test.table);
  const compare = (first: Evaluation, second: Evaluation): MetricDifference =>
    compareEvaluations(first, second, [metric.name], { seed: session.config.train.seed })[0]!;
  const differing = differingFactors(a.run, b.run);
  const models: SwappedModel[] = [];
  for (const fromSecond of combinations(differing)) {
    // The ends are there already, where this mlctl would train them as they are.
    const end = fromSecond.size === 0 ? a : fromSecond.size === differing.length ? b : undefined;
    const isKnown = end !== undefined && end.run.codeVersion === session.codeVersion;
    const known = { fromSecond, evaluation: fromSecond.size === 0 ? ends.a : ends.b, reason: null };
    const what = [...fromSecond].join(" and ") || "nothing";
    if (!isKnown) session.context.emit({ type: "stage", stage: "why", message: `training with ${what} swapped` });
    models.push(isKnown ? known : await swappedModel(session, { a: a.run, b: b.run, fromSecond, table: ends.table }));
  }
  const lookup = lookupOf(models);
  const figure = (made: ReadonlySet<Factor>): number => {
    const evaluation = lookup(made)?.evaluation;
    return evaluation ? metric.compute(evaluation) : NaN;
  };
  return {
    a: summary(a.run),
    b: summary(b.run),
    rows: ends.table.rowCount,
    total: compare(ends.a, ends.b),
    effects: effectsOf(differing, figure, (factor) => {
      const [none, one] = [lookup(new Set())?.evaluation, lookup(new Set([factor]))?.evaluation];
      return none && one ? compare(none, one).verdict : null;
    }),
    models: models.map(({ fromSecond, reason }) => ({
      fromSecond: [...fromSecond],
      figure: finite(figure(fromSecond)),
      reason,
    })),
    notes: notesOf(session, [a, b]),
  };
}

/** The deployed run; where that is meant itself, the model before. */
function usualOther({ store }: Session, run: Run): Run {
  const deployed = store.deployments()[0]?.runId;
  if (deployed !== undefined && deployed !== run.runId) return resolveRun(store, deployed);
  const before = store
    .runs({ withModel: true })
    .find(({ runId, createdAt }) => runId !== run.runId && createdAt <= run.createdAt);
  if (before !== undefined) return before;
  throw new MlctlError("usage", `there is no other model to hold run ${run.runId} against`, {
    hint: "name one: mlctl why REF --against REF",
  });
}

function combinations(differing: readonly Factor[]): ReadonlySet<Factor>[] {
  return Array.from(
    { length: 2 ** differing.length },
    (_, bits) => new Set(differing.filter((_factor, i) => ((bits >> i) & 1) === 1)),
  );
}

function lookupOf(models: readonly SwappedModel[]): (made: ReadonlySet<Factor>) => SwappedModel | undefined {
  const byKey = new Map(models.map((model) => [keyOf(model.fromSecond), model]));
  return (made) => byKey.get(keyOf(made));
}

function keyOf(made: ReadonlySet<Factor>): string {
  return factors.filter((factor) => made.has(factor)).join();
}

function effectsOf(
  differing: readonly Factor[],
  figure: (made: ReadonlySet<Factor>) => number,
  verdictOf: (factor: Factor) => FactorEffect["verdict"],
): FactorEffect[] {
  const shares: Partial<Record<Factor, number>> = shapleyShares(differing, figure);
  const total = figure(new Set(differing)) - figure(new Set());
  return factors.map((factor) => {
    if (!differing.includes(factor)) {
      return { factor, differs: false, first: 0, last: 0, verdict: null, effect: 0, share: total === 0 ? null : 0 };
    }
    const rest = new Set(differing.filter((each) => each !== factor));
    const effect = shares[factor]!;
    return {
      factor,
      differs: true,
      first: finite(figure(new Set([factor])) - figure(new Set())),
      last: finite(figure(new Set(differing)) - figure(rest)),
      verdict: verdictOf(factor),
      effect: finite(effect),
      share: total === 0 ? null : finite(effect / total),
    };
  });
}

function finite(value: number): number | null {
  return Number.isFinite(value) ? value : null;
}

function summary({ runId, modelVersion, family, seed }: Run): WhyResult["a"] {
  return { runId, modelVersion, family, seed };
}

function notesOf(session: Session, ends: readonly { readonly run: Run; readonly retrained: boolean }[]): string[] {
  return ends.flatMap(({ run, retrained }) => [
    ...(retrained ? [`run ${run.runId} kept no model: it was trained again in memory`] : []),
    ...(run.codeVersion === session.codeVersion
      ? []
      : [`run ${run.runId} was trained by mlctl ${run.codeVersion}: the models on the way are this version's`]),
  ]);
}
