/** The promotion rule: does the challenger replace the champion, and why, in words. */
import { formatNumber } from "../../core/text/format.ts";
import type { Evaluation } from "../../core/metric.ts";
import { findMetric } from "../../metrics/findMetric.ts";
import { pairedBootstrap } from "../../metrics/pairedBootstrap.ts";
import { degenerate } from "./degenerate.ts";

/** What a metric must keep. */
export interface Limits {
  readonly min?: number | undefined;
  readonly max?: number | undefined;
}

/** `promotion` of config.json. */
export interface PromotionRules {
  readonly metric: string;
  /** The challenger must be better by more than this, in units of the metric. */
  readonly minImprovement: number;
  /** The share of bootstrap resamples in which the challenger must be better, 0 to 1; null asks for none. */
  readonly confidence: number | null;
  readonly require: Readonly<Record<string, Limits | undefined>>;
  readonly beatBaseline: boolean;
  readonly seed: number;
  /** What the metric is in, for the reasons ("EUR per 1,000 rows"); said nowhere where null or left out. */
  readonly unit?: string | null;
}

/** All on the same rows. */
export interface PromotionInput {
  readonly challenger: Evaluation;
  /** Null when nothing is deployed, or the deployed model cannot answer these rows (`championProblem`). */
  readonly champion: Evaluation | null;
  readonly championProblem?: string | undefined;
  /** Why the file of the deployed model cannot be read: then nobody can tell which one is better. */
  readonly championDamage?: string | undefined;
  readonly baseline: Evaluation | null;
  readonly metrics: Readonly<Record<string, number | null>>;
  readonly classes: readonly string[];
}

export interface Verdict {
  readonly promote: boolean;
  /** Every rule that was looked at, with its figures. */
  readonly reasons: readonly string[];
}

/** @throws {MlctlError} kind "usage" for a metric that does not exist */
export function promotion(input: PromotionInput, rules: PromotionRules): Verdict {
  const gates = [
    ...requirements(input, rules),
    notDegenerate(input),
    ...(rules.beatBaseline && input.baseline !== null
      ? [againstBaseline(input.challenger, input.baseline, rules)]
      : []),
    againstChampion(input, rules),
  ];
  const failed = gates.filter(({ passed }) => !passed);
  const told = failed.length > 0 ? failed : gates;
  return { promote: failed.length === 0, reasons: told.map(({ reason }) => reason) };
}

interface Gate {
  readonly passed: boolean;
  readonly reason: string;
}

function requirements({ metrics, challenger }: PromotionInput, { require }: PromotionRules): Gate[] {
  return Object.entries(require).map(([name, limits = {}]) => {
    const { min = -Infinity, max = Infinity } = limits;
    const value = metrics[findMetric(name, challenger.task).name] ?? NaN;
    const bounds = [min > -Infinity ? `at least ${min}` : "", max < Infinity ? `at most ${max}` : ""].filter(Boolean);
    const passed = value >= min && value <= max;
    return { passed, reason: `${name} is ${formatNumber(value)}; required: ${bounds.join(" and ") || "a value"}` };
  });
}

/** The value with its unit. */
function figure(value: number, { unit }: PromotionRules): string {
  return `${formatNumber(value)}${unit ? ` ${unit}` : ""}`;
}

function notDegenerate({ challenger, classes }: PromotionInput): Gate {
  const problem = degenerate(challenger, classes);
  const reason = problem === undefined ? "its answers differ from row to row" : `the model is degenerate: ${problem}`;
  return { passed: problem === undefined, reason };
}

function againstBaseline(challenger: Evaluation, baseline: Evaluation, rules: PromotionRules): Gate {
  const [mine, base, better] = compare(challenger, baseline, rules.metric);
  const relation = better > 0 ? "beats" : "does not beat";
  return {
    passed: better > 0,
    reason: `${rules.metric} ${figure(mine, rules)} ${relation} the baseline's ${formatNumber(base)}`,
  };
}

function againstChampion(input: PromotionInput, rules: PromotionRules): Gate {
  const { challenger, champion, championProblem, championDamage } = input;
  if (championDamage !== undefined) {
    return { passed: false, reason: `the deployed model cannot be compared with: ${championDamage}` };
  }
  if (champion === null) {
    const reason = championProblem
      ? `the deployed model cannot answer these rows (${championProblem})`
      : "no model is deployed yet";
    return { passed: true, reason };
  }
  const [mine, theirs, better] = compare(challenger, champion, rules.metric);
  const { interval, shareBetter } = pairedBootstrap(champion, challenger, findMetric(rules.metric, champion.task), {
    seed: rules.seed,
  });
  const sure = rules.confidence === null || shareBetter >= rules.confidence;
  const passed = better > rules.minImprovement && sure;
  const margin = rules.minImprovement > 0 ? ` by more than ${rules.minImprovement}` : "";
  const figures = `${rules.metric} ${figure(mine, rules)} against the champion's ${formatNumber(theirs)} on the same ${challenger.yTrue.length} rows`;
  const spread =
    interval === null
      ? "too few rows for an interval"
      : `95 % interval of the difference ${formatNumber(interval[0])} to ${formatNumber(interval[1])}`;
  const confidence =
    rules.confidence === null
      ? ""
      : `, better in ${percent(shareBetter)} of resamples, ${percent(rules.confidence)} asked for`;
  return { passed, reason: `${figures}: ${passed ? "" : "not "}better${margin} (${spread}${confidence})` };
}

/** Values of both, and by how much the first is better (negative: worse; NaN when either is undefined). */
function compare(first: Evaluation, second: Evaluation, name: string): [number, number, number] {
  const metric = findMetric(name, first.task);
  const [a, b] = [metric.compute(first), metric.compute(second)];
  return [a, b, metric.greaterIsBetter ? a - b : b - a];
}

function percent(share: number): string {
  return `${Number((100 * share).toPrecision(3))} %`;
}
