/** The summary of the report in sentences, shared by HTML and Markdown. */
import { countOf, displayInterval, displayNumber } from "../plots/displayNumber.ts";
import { present, testRows } from "../core/text/format.ts";
import type { ScoreRecord } from "../core/records/lineage.ts";
import { ONE_STEP, selectionLabel } from "../core/text/recordText.ts";
import { inRows, rivalOf, type InRows } from "./inRows.ts";
import type { MetricLabel, ReportInput } from "./reportInput.ts";

/** "good": better than the baseline, within all limits, no doubts; "open": not tested. */
interface Quality {
  readonly tone: "good" | "caution" | "bad" | "open";
  readonly words: string;
}

/** Headline and sentences are in rows and money; details about decision, score, baseline and the model before. */
export function summaryOf(input: ReportInput) {
  const { decision, run } = input;
  const rows = inRows(input);
  const model = `${familyName(run.family)}${run.modelVersion === null ? "" : ` v${run.modelVersion}`}`;
  const [status, words] = fateOf(input);
  const happened = `${model} was ${words}`;
  return {
    status,
    quality: qualityOf(input, rows),
    headline: rows?.headline ?? happened,
    sentences: rows?.sentences ?? [],
    details: [
      rows === null ? "" : `${capitalized(happened)}.`,
      scoreSentence(input),
      validationSentence(input),
      baselineSentence(input),
      championSentence(input),
    ].filter((text) => text !== ""),
    reasons: decision?.reasons ?? [],
  };
}

/** A model that was deployed may no longer be in production. */
export function fateOf({ decision, deployment, deployedVersion, deployments, run }: ReportInput) {
  if (decision === null) return ["not decided", "trained; deployment is not decided yet"] as const;
  if (decision.status === "kept") return ["not deployed", "not deployed"] as const;
  if (deployment === null || deployment.runId === run.runId) return ["deployed", "deployed"] as const;
  const next = deployments[deployments.findLastIndex(({ runId }) => runId === run.runId) + 1];
  const status = next?.action === "rollback" ? "rolled back" : "replaced";
  const other = deployedVersion === null ? `run ${deployment.runId}` : `v${deployedVersion}`;
  return [status, `deployed and then ${status}: ${other} is in production`] as const;
}

function qualityOf(input: ReportInput, rows: InRows | null): Quality {
  const { score } = input.run;
  const main = mainMetric(input);
  const found = score && againstRival(score, main);
  if (score === null || typeof score.metrics[main.name] !== "number") return { tone: "open", words: "not tested" };
  const isBehind = found !== null && !found.isAhead;
  const problems = [...(isBehind ? [`${main.label} is not better than ${found.name}`] : []), ...input.broken];
  if (problems.length > 0) return { tone: "bad", words: `not good enough: ${problems.join("; ")}` };
  const doubts = present([
    rows?.weakness,
    found?.isSure === false && `the lead over ${found.name} may be chance`,
    validationSentence(input) !== "" && "worse than on the validation rows",
    ...doubtsOf(input).map(([, text]) => text),
    score.warnings !== undefined &&
      score.warnings.length > 0 &&
      `${countOf(score.warnings.length, "warning")} about the score`,
  ]);
  if (doubts.length > 0) return { tone: "caution", words: `with reservations: ${doubts.join("; ")}` };
  return { tone: "good", words: "passes the quality checks" };
}

/** The value of a metric and what it has to beat; null if one of them is unknown. */
export function againstRival(score: ScoreRecord, metric: MetricLabel) {
  const [value, rival] = [score.metrics[metric.name], rivalOf(score, metric)];
  if (typeof value !== "number" || typeof rival.value !== "number") return null;
  const [low, high] = score.intervals[metric.name] ?? [value, value];
  return {
    ...rival,
    value,
    baseline: rival.value,
    isAhead: value !== rival.value && value > rival.value === metric.greaterIsBetter,
    /** The interval does not contain the value of the rival: the difference is significant. */
    isSure: rival.value < low || rival.value > high,
  };
}

/** What else speaks against the model, and the chapter that says more: the badge and the links of the summary are of one mind. */
export function doubtsOf({ findings, run, drift, monitored }: ReportInput) {
  const bad = findings.filter(({ status }) => status === "fail" || status === "warn").length;
  const copies = (run.score?.copiedRows ?? 0) + (run.score?.copiedValidationRows ?? 0);
  return present<readonly [chapter: string, text: string]>([
    bad > 0 && ["checks", `${countOf(bad, "check")} did not pass`],
    copies > 0 && ["metrics", `${countOf(copies, "test row")} not independent of the training`],
    drift?.dataset.detected === true && ["drift", "the data drifted"],
    monitored?.status === "fail" && ["drift", "the newest monitored window failed"],
  ]);
}

export function warningsOf({ warnings, run }: ReportInput): string[] {
  return [...new Set([...warnings, ...run.warnings])];
}

/** An unknown metric is labelled with its name. */
export function mainMetric({ metric, metrics }: Pick<ReportInput, "metric" | "metrics">): MetricLabel {
  return metrics.find(({ name }) => name === metric) ?? { name: metric, label: metric, greaterIsBetter: true };
}

export function familyName(family: string): string {
  return family.replaceAll("_", " ");
}

/** "0.710 (0.660 to 0.750)". */
export function withInterval(value: number | null | undefined, interval?: readonly [number, number] | null): string {
  if (value === null || value === undefined || Number.isNaN(value)) return "undefined";
  return `${displayNumber(value)}${interval ? ` (${displayInterval(interval)})` : ""}`;
}

/** "trained on 704 rows and chosen on 5 folds of them, then fitted again on 880". */
export function trainingText({ trainingRows, validationRows, selection, refitRows }: ReportInput["run"]): string {
  const chosen = selection ? `${selectionLabel(selection)} of them` : `${displayNumber(validationRows)} others`;
  const again = refitRows === undefined ? "" : `, then fitted again on ${displayNumber(refitRows)}`;
  return `trained on ${countOf(trainingRows, "row")} and chosen on ${chosen}${again}`;
}

/** What the baseline of two classes gives, whose threshold may be tuned or not; empty for other tasks. */
export function constantAlarm(metrics: Readonly<Record<string, number | null>>): string {
  const { recall } = metrics;
  return recall === 1 ? "an alarm for every row" : recall === 0 ? "no alarm" : "";
}

function scoreSentence({ run, ...input }: ReportInput): string {
  const { label, name } = mainMetric(input);
  const { score } = run;
  if (score === null) {
    const value = run.metrics[name];
    const on = ` On the ${displayNumber(run.validationRows)} validation rows ${label} is ${displayNumber(value)}.`;
    return `It was not scored yet.${typeof value === "number" ? on : ""}`;
  }
  const [value, interval] = [score.metrics[name] ?? NaN, score.intervals[name]];
  if (Number.isNaN(value)) return `${label} is undefined on the ${displayNumber(score.rows)} test rows.`;
  const range = interval ? `, 95 % interval ${displayInterval(interval)}` : "";
  const ahead = score.naive === undefined ? "" : ` ${ONE_STEP}.`;
  return `${label} is ${displayNumber(value)} on ${testRows(displayNumber(score.rows), score.copiedRows)}${range}.${ahead}`;
}

/** Fewer rows give a value that varies from split to split. */
const FEW_ROWS = 500;

/** Empty unless the test is clearly worse than the validation: beyond the chance of both. */
export function validationSentence(input: ReportInput): string {
  const { score, metrics, validationRows, config } = input.run;
  const { label, greaterIsBetter } = mainMetric(input);
  const [value, interval] = [score?.metrics[input.metric], score?.intervals[input.metric]];
  const before = metrics[input.metric];
  if (!score || typeof value !== "number" || typeof before !== "number" || !interval) return "";
  if (value > before === greaterIsBetter) return "";
  // The value on the validation rows varies too, by as much as that many test rows would.
  const chance = ((interval[1] - interval[0]) / 2) * Math.sqrt(1 + score.rows / Math.max(1, validationRows));
  if (Math.abs(value - before) <= chance) return "";
  const { time_column: time } = config as { readonly time_column?: string | null };
  const date = input.signature.inputs.find(({ kind }) => kind === "date")?.name;
  const drift = input.drift?.dataset;
  const chosen = input.candidates.filter(({ status }) => status === "FINISHED").length;
  const reasons = present([
    validationRows < FEW_ROWS && `there are only ${displayNumber(validationRows)} validation rows`,
    typeof time === "string" && `the test rows are later (“${time}”) and what the model learned may no longer hold`,
    typeof time !== "string" && date !== undefined && `the rows may follow time: set "time_column": "${date}"`,
    drift?.detected === true && `${drift.drifted} of ${drift.tested} columns drifted`,
    chosen > 2 && `the model is the best of ${chosen} on the validation rows, which flatters it`,
  ]);
  const why = reasons.length === 0 ? "the test rows are of another kind" : reasons.join("; ");
  return `On the validation rows ${label} was ${displayNumber(before)}: the test is clearly worse, by ${displayNumber(Math.abs(value - before))}. Likely reasons: ${why}.`;
}

function baselineSentence(input: ReportInput): string {
  const { score } = input.run;
  if (score === null) return "";
  const main = mainMetric(input);
  const found = againstRival(score, main);
  if (found === null) return `There is no baseline for ${main.label}.`;
  const { value, baseline, name, does, isAhead, isSure } = found;
  if (value === baseline) return `That equals ${name} (${displayNumber(baseline)}), which ${does}.`;
  const relation = isSure ? (isAhead ? "better" : "worse") : isAhead ? "ahead" : "behind";
  const doubt = isSure ? "" : `, but not significantly: the interval contains ${name}`;
  return `${capitalized(name)}, which ${does}, reaches ${displayNumber(baseline)}: the model is ${relation} by ${displayNumber(Math.abs(value - baseline))}${doubt}.`;
}

function capitalized(text: string): string {
  return `${text.charAt(0).toUpperCase()}${text.slice(1)}`;
}

function championSentence(input: ReportInput): string {
  const champion = input.decision?.champion;
  // Without a value of this model on the test rows there is nothing to compare.
  if (champion === undefined || (champion !== null && input.run.score === null)) return "";
  if (champion === null) return "No model was deployed before.";
  if (champion.value === null) return `The previously deployed model (${champion.runId}) was not scored on these rows.`;
  return `The previously deployed model (${champion.runId}) reaches ${withInterval(champion.value, champion.interval)} on the same rows.`;
}
