/** Warns if there are too few test rows to compare models. */
import type { ScoreRecord } from "../../core/records/run.ts";
import type { Task } from "../../core/task.ts";
import { findMetric } from "../../metrics/findMetric.ts";

/** With fewer rows there is always a warning, because bootstrap intervals of so few rows are too narrow. */
const FEW_ROWS = 30;
/** Difference between models that a test set should detect: half the interval must not be wider. */
const DIFFERENCE = 0.05;
/** Half interval widths from which rows are "far too few" and "too few". */
const FAR_TOO_FEW = 0.2;
const TOO_FEW = 0.1;
/** 1.96² · 0.25 / 0.05²: rows needed for a share of one half. Used if the interval has width 0. */
const ROWS_FOR_A_SHARE = 384;

type Judged = Pick<ScoreRecord, "metric" | "value" | "interval" | "rows">;

/**
 * The width of an interval shrinks with the square root of the number of rows, which gives the number of rows needed.
 * Classification scores are compared as absolute values, regression errors relative to the error.
 *
 * @returns one sentence, or undefined if there are enough rows
 */
export function sampleSizeWarning({ metric, value, interval, rows }: Judged, task: Task): string | undefined {
  const { label, greaterIsBetter } = findMetric(metric, task);
  const isShare = task !== "regression" && greaterIsBetter;
  const unit = isShare ? 1 : Math.abs(value ?? 0);
  if (value === null || interval === null || unit === 0) {
    return rows < FEW_ROWS ? `${tooFew(rows, "far too few")}: ${label} has no confidence interval` : undefined;
  }
  const half = (interval[1] - interval[0]) / 2 / unit;
  const word = verdict(half, rows, isShare);
  if (word === undefined) return undefined;
  const needed = half === 0 ? ROWS_FOR_A_SHARE : Math.max(rows, Math.ceil(rows * (half / DIFFERENCE) ** 2));
  const difference = isShare ? String(DIFFERENCE) : `${DIFFERENCE * 100} %`;
  return `${tooFew(rows, word)}: ${label} ${range(interval)} (95 % interval); about ${rounded(needed)} rows are needed to detect a difference of ${difference}`;
}

function verdict(half: number, rows: number, isShare: boolean): "far too few" | "too few" | undefined {
  if (half >= FAR_TOO_FEW && (isShare || rows < FEW_ROWS)) return "far too few";
  if (rows < FEW_ROWS || (half >= TOO_FEW && isShare)) return "too few";
  return undefined;
}

function tooFew(rows: number, word: string): string {
  return `${rows} test ${rows === 1 ? "row is" : "rows are"} ${word} to compare models`;
}

function range([low, high]: readonly [number, number]): string {
  const [from, to] = [low, high].map((end) => String(Number(end.toPrecision(2))));
  return from === to ? `is ${from} in every bootstrap sample` : `is between ${from} and ${to}`;
}

/** Rounds up to two significant digits. */
function rounded(rows: number): string {
  const power = 10 ** Math.max(0, Math.floor(Math.log10(rows)) - 1);
  return (Math.ceil(rows / power) * power).toLocaleString("en-US");
}
