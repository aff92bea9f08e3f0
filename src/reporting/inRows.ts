/** What a model does, in rows and money: for readers who do not know metrics. Shared by HTML, Markdown and the model card. */
import { costsOfRows } from "../core/costs.ts";
import { present } from "../core/text/format.ts";
import { countOf, displayNumber, percent } from "../plots/displayNumber.ts";
import type { ThresholdPoint } from "../plots/calibration.ts";
import type { ScoreRecord } from "../core/records/lineage.ts";
import type { MetricLabel, ReportInput } from "./reportInput.ts";

export type InRows = NonNullable<ReturnType<typeof inRows>>;

/** Of a class; fewer say little about how many of them the model finds. */
const MINIMUM_OF_CLASS = 10;

/**
 * @returns `headline`: "Finds 64 of the 250 rows with churn = yes; 59 of 100 alarms are right"; `weakness`: "misses most rows
 *   with churn = yes", null if it finds at least half of each class; null without test rows that have an actual value
 */
export function inRows(input: ReportInput) {
  const { task } = input.run;
  const found = task === "regression" ? ofNumbers(input) : task === "binary" ? ofTwo(input) : ofClasses(input);
  if (found === null) return null;
  return { ...found, sentences: [...found.sentences, moneySentence(input)].filter((text) => text !== "") };
}

function ofTwo({ run, signature, thresholds }: ReportInput) {
  const [[trueNegatives = 0, falsePositives = 0] = [], [misses = 0, hits = 0] = []] = run.score?.confusionMatrix ?? [];
  const { name, classes } = signature.target;
  const [alarms, positives] = [hits + falsePositives, hits + misses];
  const rows = alarms + misses + trueNegatives;
  const positive = `${name} = ${classes?.[1] ?? ""}`;
  if (rows === 0) return null;
  if (positives === 0) return { headline: `No test row has ${positive}`, sentences: [], weakness: null };
  const isRight =
    alarms < 100 || (hits < alarms && hits / alarms >= 0.995)
      ? `${hits} of ${countOf(alarms, "alarm")} ${hits === 1 ? "is" : "are"} right`
      : `${Math.round((100 * hits) / alarms)} of 100 alarms are right`;
  const from =
    thresholds === null ? "" : `, those with a probability of at least ${displayNumber(thresholds.threshold)}`;
  const lift = displayNumber(hits / alarms / (positives / rows), 2);
  const gain = alarms === 0 ? "" : `: ${lift} times as many hits as among as many rows at random`;
  const found = `Finds ${displayNumber(hits)} of the ${countOf(positives, "row")} with ${positive}`;
  const share = `${displayNumber(alarms)} of ${countOf(rows, "test row")} (${percent(alarms / rows)})`;
  return {
    headline: `${found}; ${alarms === 0 ? "there is no alarm" : isRight}`,
    sentences: [`It gives an alarm for ${share}${from}${gain}.`],
    weakness: hits < positives / 2 && positives >= MINIMUM_OF_CLASS ? `misses most rows with ${positive}` : null,
  };
}

function ofClasses({ run, signature }: ReportInput) {
  const matrix = run.score?.confusionMatrix ?? [];
  const classes = matrix.map((row, code) => ({
    label: signature.target.classes?.[code] ?? String(code),
    found: row[code] ?? 0,
    rows: row.reduce((sum, count) => sum + count, 0),
  }));
  const sumOf = (key: "found" | "rows"): number => classes.reduce((sum, each) => sum + each[key], 0);
  const [correct, rows] = [sumOf("found"), sumOf("rows")];
  if (rows === 0) return null;
  const known = classes.filter((each) => each.rows > 0);
  const largest = known.toSorted((a, b) => b.rows - a.rows)[0]!;
  // The baseline, as everywhere on the page: it knows the training rows only.
  const baseline = run.score?.baseline["accuracy"];
  const isSame = typeof baseline !== "number" || Math.abs(baseline - largest.rows / rows) < 1e-9;
  const guess = isSame ? `the most common class, “${largest.label}”,` : "the most common class of the training rows";
  const share = isSame ? largest.rows / rows : baseline;
  const ranked = known.toSorted((a, b) => a.found / a.rows - b.found / b.rows);
  const [worst] = [...ranked.filter((each) => each.rows >= MINIMUM_OF_CLASS), ...ranked];
  const missed = ranked.filter((each) => each.rows >= MINIMUM_OF_CLASS && each.found < each.rows / 2);
  const weakest = `It is weakest at “${worst!.label}”: it finds ${displayNumber(worst!.found)} of ${countOf(worst!.rows, "row")}.`;
  const which = missed.length === 1 ? `“${missed[0]!.label}”` : `${missed.length} of ${known.length} classes`;
  return {
    headline: `${displayNumber(correct)} of ${countOf(rows, "row")} (${percent(correct / rows)}) are classified correctly`,
    sentences: [
      `Always guessing ${guess} would be right ${displayNumber(Math.round(share * rows))} times (${percent(share)}).`,
      worst!.found === worst!.rows ? "" : weakest,
    ],
    weakness: missed.length === 0 ? null : `misses most rows of ${which}`,
  };
}

function ofNumbers({ predictions, signature, run }: ReportInput) {
  if (predictions === null || predictions.actual.length === 0) return null;
  const { actual, predicted } = predictions;
  const errors = Float64Array.from(predicted, (value, i) => Math.abs(value - actual[i]!)).toSorted();
  const values = Float64Array.from(actual).toSorted();
  const [half, middle] = [at(errors, 0.5), at(values, 0.5)];
  const share = middle > 0 ? ` (${percent(half / middle)} of the median)` : "";
  const rival = run.score && rivalOf(run.score, { name: "median_absolute_error", label: "", greaterIsBetter: false });
  const below = values[0]! < 0 ? 0 : Array.from(predicted).filter((value) => value < 0).length;
  const known = typeof rival?.value === "number";
  const without = known ? ` ${rival.guess}, half of the guesses would be within ±${displayNumber(rival.value)}.` : "";
  const negative = `${countOf(below, "prediction is", "predictions are")} below 0, though no actual value of the test rows is.`;
  return {
    headline: `Half of the predictions are within ±${displayNumber(half)} of the actual ${signature.target.name}${share}`,
    sentences: [
      `90 % of the predictions are within ±${displayNumber(at(errors, 0.9))}.${without}`,
      below === 0 ? "" : negative,
    ],
    weakness: null,
  };
}

function at(sorted: Float64Array, share: number): number {
  return sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))]!;
}

function moneySentence(input: ReportInput): string {
  const { run, money } = input;
  const cost = run.score?.metrics["cost"];
  if (money === null || typeof cost !== "number") return "";
  const text = (value: number): string => moneyText(value, money.currency);
  const constant = constantCost(input, text);
  const saved = (constant?.least ?? cost) - cost;
  const relation = saved < 0 ? `costs ${text(-saved)} more` : `saves ${text(saved)}`;
  const without = constant === undefined ? "" : `, ${constant.words}: the model ${relation}`;
  const cheapest = cheapestOf(input);
  const cheaper =
    cheapest === undefined || cheapest.cost >= cost || cheapest.point.threshold === input.thresholds?.threshold
      ? ""
      : ` On these rows the threshold ${cheapest.point.threshold} would be cheapest: ${text(cheapest.cost)}.`;
  // Not of the rows that it predicts now: `mlctl monitor` says what those with labels cost.
  return `In money, 1,000 of the test rows cost ${text(cost)} with this model${without}.${cheaper}`;
}

/** What the same prediction for every row costs. Of two classes either may be cheaper, and on other test rows the other one. */
function constantCost({ run, money, signature }: ReportInput, text: (value: number) => string) {
  const matrix = run.task === "binary" && run.score?.confusionMatrix;
  const rows = money && matrix ? costsOfRows(matrix, money.costs) : undefined;
  const baseline = run.score?.baseline["cost"];
  if (rows !== undefined) {
    const [negative, positive] = signature.target.classes ?? [];
    const every = `${text(rows.everyRow)} with an alarm for every row (“${positive}”)`;
    const words = `${every} and ${text(rows.noRow)} with no alarm at all (“${negative}”)`;
    return { least: Math.min(rows.everyRow, rows.noRow), words };
  }
  if (typeof baseline !== "number") return undefined;
  return { least: baseline, words: `${text(baseline)} if every row got the same prediction` };
}

/** "1,200 EUR", "−300 EUR (a gain)", rounded to whole units from 100 on. */
function moneyText(value: number, currency: string | null): string {
  const amount = displayNumber(Math.abs(value) >= 100 ? Math.round(value) : value);
  return `${amount}${currency === null ? "" : ` ${currency}`}${value < 0 ? " (a gain)" : ""}`;
}

/** A smaller threshold gives an alarm for every row. */
const SMALLEST = 1e-6;

/** The threshold at which these rows would cost the least; undefined without costs or probabilities. */
function cheapestOf({ money, thresholds, positiveShare }: ReportInput) {
  if (money === null || thresholds === null || positiveShare === null) return undefined;
  const costs = thresholds.points
    .filter(({ threshold }) => threshold >= SMALLEST)
    .map((point) => ({ point, cost: costOf(point, money.costs, positiveShare) }));
  return costs.toSorted((a, b) => a.cost - b.cost)[0];
}

/** Not 5e-36 or 0.99999: nobody would set them. */
function isReadable({ threshold }: ThresholdPoint): boolean {
  return threshold >= 0.001 && threshold <= 0.999;
}

/** Cost of 1,000 rows at a threshold. */
export function costOf(
  { precision, recall, selected }: ThresholdPoint,
  costs: NonNullable<ReportInput["money"]>["costs"],
  positiveShare: number,
): number {
  const hits = selected * precision;
  const [falseAlarms, misses] = [selected - hits, recall === 0 ? positiveShare : hits / recall - hits];
  const rest = 1 - hits - falseAlarms - misses;
  const { truePositive, falsePositive, falseNegative, trueNegative } = costs;
  return 1000 * (hits * truePositive + falseAlarms * falsePositive + misses * falseNegative + rest * trueNegative);
}

/** Shares of the rows that get an alarm, for which the table has a threshold. */
const ALARM_SHARES = [0.05, 0.1, 0.2, 0.3, 0.5, 0.7, 0.85, 0.95];

/** Ascending: thresholds that alarm about the shares above, that of the model, and the cheapest. Empty without probabilities. */
export function thresholdRows(input: ReportInput) {
  const { thresholds, positiveShare, money } = input;
  if (thresholds === null || positiveShare === null || thresholds.points.length === 0) return [];
  const { points, threshold } = thresholds;
  const own = points.find((point) => point.threshold >= threshold);
  const readable = points.filter(isReadable);
  const near = ALARM_SHARES.flatMap((share) =>
    readable.toSorted((a, b) => Math.abs(a.selected - share) - Math.abs(b.selected - share)).slice(0, 1),
  );
  const isFar = (point: ThresholdPoint): boolean =>
    own === undefined || Math.abs(point.selected - own.selected) > 0.03 * Math.max(own.selected, 0.3);
  const cheapest = cheapestOf(input)?.point;
  const chosen = new Set(present([...near.filter(isFar), own, cheapest]));
  return [...chosen]
    .toSorted((a, b) => a.threshold - b.threshold)
    .map((point) => ({
      ...point,
      threshold: point === own ? displayNumber(threshold) : String(point.threshold),
      lift: point.precision / positiveShare,
      cost: money === null ? null : moneyText(costOf(point, money.costs, positiveShare), money.currency),
      isOwn: point === own,
      isCheapest: point === cheapest,
    }));
}

/** What the model has to beat on the test rows: the baseline, or a naive forecast if that is better. */
export function rivalOf({ baseline, naive }: ScoreRecord, { name, greaterIsBetter }: MetricLabel) {
  const [value, other] = [baseline[name], naive?.metrics[name]];
  const constant = { value, name: "the baseline", does: "ignores all columns", guess: "Without any column" };
  if (naive === undefined || typeof other !== "number") return constant;
  if (typeof value === "number" && other > value !== greaterIsBetter) return constant;
  const family = naive.family.replaceAll("_", " ");
  return {
    value: other,
    name: `the ${family} forecast`,
    does: "repeats an earlier value",
    guess: `By the ${family} forecast`,
  };
}
