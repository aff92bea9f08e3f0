/** What another threshold changes: often all that `costs` do, and the deciding metric may not depend on it. */
import type { Evaluation } from "../../core/metric.ts";
import { formatNumber } from "../../core/text/format.ts";
import { findMetric } from "../../metrics/findMetric.ts";
import { tunedMetric } from "../../pipeline/fit/bestThreshold.ts";
import type { LoadedModel } from "../loadModel.ts";
import type { Session } from "../session.ts";
import { costsOf, decidingMetric, metricUnit } from "../settings.ts";

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
