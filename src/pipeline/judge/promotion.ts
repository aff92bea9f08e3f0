/** The promotion rule: decides whether the challenger replaces the champion, with reasons. */
import { formatNumber, percent } from "../../core/text/format.ts";
import type { Evaluation } from "../../core/metric.ts";
import { findMetric } from "../../metrics/findMetric.ts";
import { compareEvaluations, dropOf, MIN_ROWS, type MetricDifference } from "./compareEvaluations.ts";
import { degenerate } from "./baselineEvaluation.ts";

/** Level of the interval in the reasons if no confidence is required. */
const DEFAULT_CONFIDENCE = 0.95;

export interface Limits {
  readonly min?: number | undefined;
  readonly max?: number | undefined;
}

export interface PromotionRules {
  readonly metric: string;
  /** The challenger must be better by more than this, in units of the metric. */
  readonly minImprovement: number;
  /** Level of the bootstrap interval of the difference that must exclude 0, 0 to 1; null: not required. */
  readonly confidence: number | null;
  readonly require: Readonly<Record<string, Limits | undefined>>;
  readonly beatBaseline: boolean;
  readonly seed: number;
  /** Unit of the metric for the reasons, e.g. "EUR per 1,000 rows". */
  readonly unit?: string | null;
}

export interface PromotionInput {
  readonly challenger: Evaluation;
  /** Null if nothing is deployed, or if the deployed model cannot predict these rows (`championProblem`). */
  readonly champion: Evaluation | null;
  readonly championProblem?: string | undefined;
  /** Both predict the same column, but other classes of it, or numbers in place of classes. */
  readonly isRedefined?: boolean | undefined;
  /** The challenger on the rows that count (those of `champion`), if those are not all of its rows. */
  readonly compared?: Evaluation | undefined;
  /** Test rows that do not count, because a model was trained on copies of them. */
  readonly leftOut?: number | undefined;
  readonly newer?: NewerRows | undefined;
  /** Why the file of the deployed model cannot be read: then the models cannot be compared. */
  readonly championDamage?: string | undefined;
  /** Why the challenger need not be better than the champion: the user chose what differs. */
  readonly chosen?: string | undefined;
  /** On the same rows as `compared`. */
  readonly baseline: Evaluation | null;
  readonly metrics: Readonly<Record<string, number | null>>;
  readonly classes: readonly string[];
}

/** Labelled rows that are later than the test rows. */
export interface NewerRows {
  /** `later in "seen" than the last test row (2024-03-28)`. */
  readonly when: string;
  readonly rows: number;
  /** Number of those that neither model was trained on; null if the training rows of the champion are gone. */
  readonly unknown: number | null;
  /** Champion and challenger on them; absent if they are too few. */
  readonly pair?: readonly [Evaluation, Evaluation];
}

export interface Verdict {
  readonly promote: boolean;
  /** Those of the failed rules; of all if none failed. With what newer rows say in any case. */
  readonly reasons: readonly string[];
}

/** @throws {MlctlError} kind "usage" for a metric that does not exist */
export function promotion(input: PromotionInput, rules: PromotionRules): Verdict {
  const { metrics, challenger } = input;
  const gates = [
    ...requirements({ metrics, task: challenger.task }, rules.require),
    notDegenerate(input),
    ...againstBaseline(input, rules),
    againstChampion(input, rules),
  ];
  const newer = input.newer === undefined ? [] : [onNewerRows(input.newer, rules)];
  const failed = gates.filter(({ passed }) => !passed);
  const promote = [...failed, ...newer].every(({ passed }) => passed);
  return { promote, reasons: [...(promote ? gates : failed), ...newer].map(({ reason }) => reason) };
}

type Gate = { readonly passed: boolean; readonly reason: string };

export function brokenLimits(
  { metrics, evaluation }: { readonly metrics: PromotionInput["metrics"]; readonly evaluation: Evaluation },
  require: PromotionRules["require"],
): string[] {
  const gates = requirements({ metrics, task: evaluation.task }, require);
  return gates.flatMap(({ passed, reason }) => (passed ? [] : [reason]));
}

function requirements(
  { metrics, task }: Pick<PromotionInput, "metrics"> & Pick<Evaluation, "task">,
  require: PromotionRules["require"],
): Gate[] {
  return Object.entries(require).map(([name, limits = {}]) => {
    const { min = -Infinity, max = Infinity } = limits;
    const value = metrics[findMetric(name, task).name] ?? NaN;
    const bounds = [min > -Infinity ? `at least ${min}` : "", max < Infinity ? `at most ${max}` : ""].filter(Boolean);
    const passed = value >= min && value <= max;
    return { passed, reason: `${name} is ${formatNumber(value)}; required: ${bounds.join(" and ") || "a value"}` };
  });
}

function withUnit(value: number | null, { unit }: PromotionRules): string {
  return `${formatNumber(value)}${unit ? ` ${unit}` : ""}`;
}

function notDegenerate({ challenger, classes }: PromotionInput): Gate {
  const problem = degenerate(challenger, classes);
  const reason = problem === undefined ? "predictions are not constant" : `the model is degenerate: ${problem}`;
  return { passed: problem === undefined, reason };
}

function againstBaseline(input: PromotionInput, rules: PromotionRules): Gate[] {
  const { baseline, challenger, compared = challenger } = input;
  if (!rules.beatBaseline || baseline === null || tooManyCopies(input, rules) !== undefined) return [];
  const { compute, greaterIsBetter } = findMetric(rules.metric, compared.task);
  const [mine, base] = [compute(compared), compute(baseline)];
  const passed = greaterIsBetter ? mine > base : mine < base;
  const relation = passed ? "beats" : "does not beat";
  const reason = `${rules.metric} ${withUnit(mine, rules)} ${relation} the baseline's ${formatNumber(base)}${without(input)}`;
  return [{ passed, reason }];
}

function without({ leftOut = 0 }: PromotionInput): string {
  return leftOut === 0 ? "" : ` (without ${leftOut} that are copies of rows that a model was trained on)`;
}

/** A model is not judged by rows that it was trained on, whether or not another one is deployed. */
function tooManyCopies(input: PromotionInput, { confidence }: PromotionRules): string | undefined {
  const { challenger, champion, leftOut = 0, compared = challenger } = input;
  const rows = compared.yTrue.length;
  const least = confidence === null ? 1 : MIN_ROWS;
  if (leftOut === 0 || rows >= least) return undefined;
  const use = champion === null ? "judge the model" : "compare the models";
  return `${leftOut} of ${rows + leftOut} test rows are copies of rows that a model was trained on, so ${rows} are left to ${use}, at least ${least} needed: replace them by labelled rows that were not ingested (\`mlctl split FILE\`, for a series with --time COLUMN, divides the newest file of the source folder into train.csv, to take its place there, and test.csv, to replace the test rows), or deploy with --force`;
}

function againstChampion(input: PromotionInput, rules: PromotionRules): Gate {
  if (input.chosen !== undefined) return { passed: true, reason: input.chosen };
  const { challenger, champion, championProblem, championDamage, isRedefined } = input;
  if (championDamage !== undefined)
    return { passed: false, reason: `cannot compare with the deployed model: ${championDamage}` };
  if (champion === null && championProblem && isRedefined) {
    const reason = `the classes of the target are no longer those of the deployed model, so the two cannot be compared: correct labels that are wrong, or deploy with --force`;
    return { passed: false, reason };
  }
  const few = tooManyCopies(input, rules);
  if (few !== undefined) return { passed: false, reason: few };
  if (champion === null) {
    const problem = `the deployed model cannot predict these rows (${championProblem})`;
    return { passed: true, reason: championProblem ? problem : "no model was deployed before" };
  }
  const { compared = challenger } = input;
  const { better, doubt, values, difference } = comparison(champion, compared, rules);
  const isAhead = better > rules.minImprovement;
  const passed = isAhead && (doubt === undefined || rules.confidence === null);
  const margin = rules.minImprovement > 0 ? ` by more than ${rules.minImprovement}` : "";
  const relation = `${isAhead ? (doubt === undefined ? "better" : "ahead") : "not better"}${margin}`;
  const certainty = isAhead && doubt !== undefined ? `, but not statistically certain: ${doubt}` : "";
  return { passed, reason: `${values}${without(input)}: ${relation}${certainty}${difference}` };
}

/** The challenger must not be certainly worse. It need not be better: it may have been fitted without these rows. */
function onNewerRows({ when, rows, unknown, pair }: NewerRows, rules: PromotionRules): Gate {
  const advice = "add labelled rows that are as new to the test data";
  if (pair === undefined) {
    const few =
      unknown === null
        ? "which of them are new to both models is not known, because the training rows of the deployed model are gone"
        : `${unknown} of them are new to both models, too few to compare them`;
    return { passed: true, reason: `${rows} ingested rows are ${when}, ${few}: ${advice}` };
  }
  const { better, doubt, values, difference } = comparison(...pair, rules);
  const relation = doubt !== undefined ? "no certain difference" : better > 0 ? "better" : "worse";
  const reason = `${values} that are ${when} and new to both: ${relation}${difference}: ${advice}`;
  return { passed: relation !== "worse", reason };
}

/** @returns `better`: by how much the challenger is better; `doubt`: why that, or its opposite, may be chance */
function comparison(champion: Evaluation, challenger: Evaluation, rules: PromotionRules) {
  const confidence = rules.confidence ?? DEFAULT_CONFIDENCE;
  const options = { seed: rules.seed, confidence };
  const [found] = compareEvaluations(champion, challenger, [rules.metric], options) as [MetricDifference];
  const { a, b, interval, verdict } = found;
  const rows = challenger.yTrue.length;
  const range = `${percent(confidence)} interval of the difference`;
  return {
    better: -dropOf(found),
    doubt: verdict === "real" ? undefined : doubtOf(interval, rows),
    values: `${rules.metric} ${withUnit(b, rules)} against the champion's ${formatNumber(a)} on the same ${rows} rows`,
    difference: interval === null ? "" : ` (${range} ${formatNumber(interval[0])} to ${formatNumber(interval[1])})`,
  };
}

function doubtOf(interval: MetricDifference["interval"], rows: number): string {
  if (rows < MIN_ROWS) return `${rows} ${rows === 1 ? "row is" : "rows are"} too few, at least ${MIN_ROWS} are needed`;
  return interval === null ? "the metric is undefined on most resamples of the rows" : "the interval includes 0";
}
