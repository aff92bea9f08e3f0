/** why: explains the difference between two runs by swapping data, settings and seed. */
import { MlctlError } from "../../core/errors.ts";
import { finiteOrNull } from "../../core/json.ts";
import { present } from "../../core/text/format.ts";
import type { Evaluation } from "../../core/metric.ts";
import type { Run } from "../../core/records/lineage.ts";
import { findMetric } from "../../metrics/findMetric.ts";
import { compareEvaluations, type MetricDifference } from "../../pipeline/judge/compareEvaluations.ts";
import { shapleyShares } from "../../pipeline/judge/shapleyShares.ts";
import { resolveRun } from "../../storage/store/resolveRun.ts";
import { decidingMetric } from "../settings.ts";
import { judgePair, requireSameTarget, runWithModel, type RunWithModel } from "./retrain.ts";
import type { Session } from "../session.ts";
import {
  differingFactors,
  factors,
  settingEffects,
  swappedModel,
  type Factor,
  type SettingEffect,
  type SwappedModel,
} from "./swappedModels.ts";
import { readTestData } from "../testData.ts";

export interface WhyOptions {
  readonly against?: string | undefined;
  readonly metric?: string | undefined;
  /** A file or folder to use instead of test_data_path. */
  readonly data?: string | undefined;
}

/** Writes nothing. @throws {MlctlError} kind "data" if a dataset is missing, or the runs have different targets */
export async function why(session: Session, reference: string, options: WhyOptions = {}) {
  const run = resolveRun(session.store, reference);
  const other = options.against === undefined ? defaultOther(session, run) : resolveRun(session.store, options.against);
  const b = await runWithModel(session, run.runId);
  const a = await runWithModel(session, other.runId);
  const metric = findMetric(options.metric ?? decidingMetric(session.config, run.task), run.task);
  const test = await readTestData(session, [a.model, b.model], options.data);
  // The models in between would have classes of both.
  requireSameTarget(a.model, b.model);
  const { a: first, b: second } = judgePair(session, a.model, b.model, test.table);
  const ends = { a: first.evaluation, b: second.evaluation, table: second.table };
  const compare = (one: Evaluation, two: Evaluation): MetricDifference =>
    compareEvaluations(one, two, [metric.name], { seed: session.config.train.seed })[0]!;
  const differing = differingFactors(a.run, b.run);
  const pair = { a: a.run, b: b.run, table: ends.table };
  const models: SwappedModel[] = [];
  for (const fromSecond of combinations(differing)) {
    // The two runs themselves need no training, if this version of mlctl trained them.
    const end = fromSecond.size === 0 ? a : fromSecond.size === differing.length ? b : undefined;
    const isTrained = end !== undefined && end.run.codeVersion === session.codeVersion;
    const trained = { fromSecond, evaluation: fromSecond.size === 0 ? ends.a : ends.b, reason: null };
    const what = [...fromSecond].join(" and ") || "nothing";
    if (!isTrained) session.context.emit({ type: "stage", stage: "why", message: `training with ${what} swapped` });
    models.push(isTrained ? trained : await swappedModel(session, pair, fromSecond));
  }
  const evaluationOf = (wanted: ReadonlySet<Factor>): Evaluation | null =>
    models.find(({ fromSecond }) => fromSecond.symmetricDifference(wanted).size === 0)?.evaluation ?? null;
  const valueOf = (fromSecond: ReadonlySet<Factor>): number => {
    const evaluation = evaluationOf(fromSecond);
    return evaluation === null ? NaN : metric.compute(evaluation);
  };
  const settings = differing.includes("settings")
    ? await settingEffects(session, pair, (evaluation) => compare(ends.a, evaluation))
    : [];
  const isChosen = a.run.configSha256 === b.run.configSha256 && differing.includes("settings");
  return {
    a: summary(a),
    b: summary(b),
    rows: ends.table.rowCount,
    total: compare(ends.a, ends.b),
    effects: effectsOf(differing, valueOf, (factor) => {
      const [none, one] = [evaluationOf(new Set()), evaluationOf(new Set([factor]))];
      return none && one ? compare(none, one).verdict : null;
    }),
    models: models.map(({ fromSecond, reason }) => ({
      fromSecond: [...fromSecond],
      figure: finiteOrNull(valueOf(fromSecond)),
      reason,
    })),
    settings,
    /** The settings differ, and nobody changed them. */
    isChosen,
    notes: [
      ...(isChosen ? [`config.json is the same for both: ${reasonOfChoice(session, pair)}`] : []),
      ...untriedNote(settings),
      ...notesOf(session, [a, b]),
    ],
  };
}

/** The same data, configuration and version give the same model, unless a search or a time comes in. */
function reasonOfChoice({ store }: Session, { a, b }: { readonly a: Run; readonly b: Run }): string {
  if (a.trainId === b.trainId) return "they are models of one training";
  const isTuned = store.searches().some(({ trainId }) => trainId === a.trainId || trainId === b.trainId);
  const reasons = present([
    isTuned && "`tune` searched parameters",
    a.datasetSha256 !== b.datasetSha256 &&
      "mlctl chose other settings from the data, such as members of an ensemble, so this is an effect of the data too",
    a.codeVersion !== b.codeVersion && "another version of mlctl may choose other settings",
  ]);
  return reasons.join("; ") || "the time of `train --time`, or of train.time, decided which models were tried";
}

function untriedNote(settings: readonly SettingEffect[]): string[] {
  const untried = settings.flatMap(({ setting, reason }) => (reason === "not tried" ? [setting] : []));
  const tried = `${settings.length - untried.length} of ${settings.length} settings were swapped alone`;
  return untried.length === 0 ? [] : [`${tried}, as each takes a training; not tried: ${untried.join(", ")}`];
}

export type WhyResult = Awaited<ReturnType<typeof why>>;

export type FactorEffect = WhyResult["effects"][number];

/** The deployed run, or the previous model if `run` is deployed itself. */
function defaultOther({ store }: Session, run: Run): Run {
  const deployed = store.deployments()[0]?.runId;
  if (deployed !== undefined && deployed !== run.runId) return resolveRun(store, deployed);
  const before = store
    .runs({ withModel: true })
    .find(({ runId, createdAt }) => runId !== run.runId && createdAt <= run.createdAt);
  if (before !== undefined) return before;
  throw new MlctlError("usage", `there is no other model to compare run ${run.runId} with`, {
    hint: "use `mlctl why REF --against REF`",
  });
}

function combinations(differing: readonly Factor[]): ReadonlySet<Factor>[] {
  return Array.from(
    { length: 2 ** differing.length },
    (_, bits) => new Set(differing.filter((_factor, i) => ((bits >> i) & 1) === 1)),
  );
}

/**
 * Effect of each factor on the metric, in its units; null if a model needed for it could not be trained. `first`: the first
 * run with this factor of the second, minus the first run. `last`: the second run minus it with this factor of the first.
 * `effect`: Shapley value, the mean over all orders of swapping; they sum to the total, of which `share` is their part.
 */
function effectsOf(
  differing: readonly Factor[],
  valueOf: (fromSecond: ReadonlySet<Factor>) => number,
  verdictOf: (factor: Factor) => MetricDifference["verdict"] | null,
) {
  const shares: Partial<Record<Factor, number>> = shapleyShares(differing, valueOf);
  const total = valueOf(new Set(differing)) - valueOf(new Set());
  return factors.map((factor) => {
    if (!differing.includes(factor)) {
      return { factor, differs: false, first: 0, last: 0, verdict: null, effect: 0, share: total === 0 ? null : 0 };
    }
    const rest = new Set(differing.filter((each) => each !== factor));
    const effect = shares[factor]!;
    return {
      factor,
      differs: true,
      first: finiteOrNull(valueOf(new Set([factor])) - valueOf(new Set())),
      last: finiteOrNull(valueOf(new Set(differing)) - valueOf(rest)),
      verdict: verdictOf(factor),
      effect: finiteOrNull(effect),
      share: total === 0 ? null : finiteOrNull(effect / total),
    };
  });
}

function summary({ run: { runId, modelVersion, family, seed }, model }: RunWithModel) {
  return { runId, modelVersion, family, seed, threshold: model.threshold };
}

function notesOf(session: Session, ends: readonly { readonly run: Run; readonly retrained: boolean }[]): string[] {
  return ends.flatMap(({ run, retrained }) =>
    present([
      retrained && `run ${run.runId} has no model file: it was trained again in memory`,
      run.codeVersion !== session.codeVersion &&
        `run ${run.runId} was trained by mlctl ${run.codeVersion}; this version trained the models in between`,
    ]),
  );
}
