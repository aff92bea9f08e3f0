/** Reasons for and against a deployment beside the promotion rule: a naive model that is better, and what another threshold changes. */
import { recover } from "../../core/errors.ts";
import type { Run } from "../../core/records/lineage.ts";
import { isBaseline } from "../../estimators/findEstimator.ts";
import { parseModel } from "../../storage/model/modelFile.ts";
import { retrain } from "../compare/retrain.ts";
import { judge, type Judgement } from "../judge.ts";
import type { Session } from "../session.ts";
import { costsOf, decidingMetric, metricUnit } from "../settings.ts";
import { baselineAhead } from "../train/leaderboard.ts";
import type { Evaluation } from "../../core/metric.ts";
import { formatNumber, listed } from "../../core/text/format.ts";
import { findMetric } from "../../metrics/findMetric.ts";
import { tunedMetric } from "../../pipeline/fit/bestThreshold.ts";
import type { LoadedModel } from "../loadModel.ts";

/**
 * On the rows that selected the model, and on the test rows, for which the naive models are fitted again.
 * @param tested the model on the test rows; undefined if there are none
 * @returns reasons not to deploy it
 */
export async function naiveAhead(
  session: Session,
  run: Run,
  { metric, tested }: { readonly metric: string; readonly tested?: Judgement | undefined },
): Promise<string[]> {
  const { store, config } = session;
  const naive = store.runsOfTraining(run.trainId).filter(({ family }) => /^(seasonal_)?naive$/.test(family));
  if (isBaseline(run.family) || naive.length === 0) return [];
  const contenders = [run, ...naive].map((each) => ({
    ...each,
    degenerate: each.tags["degenerate"],
    error: undefined,
  }));
  const onTest = [{ ...contenders[0]!, metrics: tested?.metrics ?? {}, selection: undefined }];
  for (const each of tested === undefined ? [] : contenders.slice(1)) {
    const dataset = store.dataset(each.datasetId);
    if (dataset === undefined || each.status !== "FINISHED") continue;
    const metrics = await retrain(session, { run: each, dataset, seed: each.seed, isBeforeRefit: true })
      .then((text) => judge(parseModel(text, each.family), tested!.given, costsOf(config), tested!.rows).metrics)
      .catch(recover(() => ({})));
    onTest.push({ ...each, metrics, selection: undefined });
  }
  const reasons = [
    ...baselineAhead(contenders, run.metric, run.task),
    ...baselineAhead(onTest, metric, run.task, "on the test rows"),
  ];
  if (reasons.length > 0)
    reasons.push(`${reasons.pop()}; to deploy it, write "train": { "models": [{ "family": … }] } with its name`);
  return reasons;
}

type Judged = LoadedModel & { readonly evaluation: Evaluation };

/** Difference of probabilities that other versions of mlctl and its libraries make by rounding. */
const SAME = 1e-6;

/**
 * @returns null if both models have the same threshold or the same settings; `isChosen`: the probabilities are the
 *   same, and config.json says so; `isWorse`: by that metric, which is the cost if costs are set
 */
export function thresholdChange(
  { config, configSha256 }: Session,
  champion: Judged,
  { model, run, evaluation }: Judged,
) {
  const [own, to] = [champion.model.threshold, model.threshold];
  const [theirTarget, target] = [champion.model.signature.target, model.signature.target];
  // As a probability of the same class.
  const from = own !== null && theirTarget.classes?.[1] !== target.classes?.[1] ? 1 - own : own;
  if (from === null || to === null || from === to || champion.run?.configSha256 === run?.configSha256) return null;
  const { task } = evaluation;
  const [costs, { threshold }] = [costsOf(config), config.train];
  const tuned = tunedMetric({ threshold: threshold ?? "tune", metric: decidingMetric(config, task), costs });
  const metric = findMetric(tuned ?? (costs === undefined ? "f1" : "cost"), task);
  const unit = metricUnit(config, metric);
  const [before, after] = [metric.compute(champion.evaluation), metric.compute(evaluation)];
  const effect = `${metric.name} from ${formatNumber(before)} to ${formatNumber(after)}${unit === null ? "" : ` ${unit}`}`;
  const theirs = champion.evaluation.probabilities;
  const isSame = evaluation.probabilities?.every((value, i) => Math.abs(value - theirs![i]!) < SAME) ?? false;
  const isConfigured = threshold === to || run?.configSha256 === configSha256();
  return {
    isWorse: metric.greaterIsBetter ? after < before : after > before,
    text: `from ${formatNumber(from)} to ${formatNumber(to)} (${effect})`,
    isChosen: isConfigured && isSame,
  };
}

/** A column that gave the target away made the deployed model better than any that does without. */
export function droppedReason({ config }: Session, champion: LoadedModel, again: string): string | undefined {
  const inputs = champion.model.signature.inputs.filter(({ name }) => config.drop_columns.includes(name));
  if (inputs.length === 0) return undefined;
  const names = listed(inputs.map(({ name }) => JSON.stringify(name)));
  return `the deployed model uses ${names}, which drop_columns leaves out now: \`${again} --force\` replaces it all the same`;
}

/** Why a model whose threshold changes is not promoted. */
export function thresholdReason(
  { isWorse, text }: NonNullable<ReturnType<typeof thresholdChange>>,
  { force, again }: { force: boolean; again: string },
): string {
  if (isWorse) return `its threshold is worse: it would change ${text}`;
  return force
    ? `the threshold changes ${text}`
    : `the threshold would change ${text}: \`${again} --force\` deploys it`;
}
