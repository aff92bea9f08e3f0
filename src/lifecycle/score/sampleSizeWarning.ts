/** What a number of test rows can decide, in words: a figure of five rows says next to nothing. */
import type { ScoreRecord } from "../../core/records/run.ts";
import type { Task } from "../../core/task.ts";
import { findMetric } from "../../metrics/findMetric.ts";

/** Fewer rows than this are always told: below, a bootstrap interval itself is too narrow. */
const FEW_ROWS = 30;
/** Models of one problem rarely differ by more: an interval must be about this narrow, to either side, to tell them apart. */
const DIFFERENCE = 0.05;
/** Half an interval this wide leaves a model that is right half of the time beside one that nearly always is. */
const NOTHING = 0.2;
const LITTLE = 0.1;
/** 1.96² · 0.25 / 0.05²: rows for a share of a half; stands in where all rows agree and the interval is a point. */
const ROWS_FOR_A_SHARE = 384;

type Judged = Pick<ScoreRecord, "metric" | "value" | "interval" | "rows">;

/**
 * Half the width of an interval shrinks with the square root of the rows, which gives the rows that would be enough.
 * Scores of classes are compared as they are, errors of regression as shares of the error.
 *
 * @returns one sentence, or undefined where the rows are enough
 */
export function sampleSizeWarning({ metric, value, interval, rows }: Judged, task: Task): string | undefined {
  const { label, greaterIsBetter } = findMetric(metric, task);
  const isShare = task !== "regression" && greaterIsBetter;
  const unit = isShare ? 1 : Math.abs(value ?? 0);
  if (value === null || interval === null || unit === 0) {
    return rows < FEW_ROWS ? `${counted(rows)} nothing: ${label} has no interval on so few` : undefined;
  }
  const half = (interval[1] - interval[0]) / 2 / unit;
  const word = verdict(half, rows, isShare);
  if (word === undefined) return undefined;
  const needed = half === 0 ? ROWS_FOR_A_SHARE : Math.max(rows, Math.ceil(rows * (half / DIFFERENCE) ** 2));
  const difference = isShare ? String(DIFFERENCE) : `${DIFFERENCE * 100} %`;
  return `${counted(rows)} ${word}: ${label} ${range(interval)} (95 %); about ${rounded(needed)} rows are needed to tell ${difference} apart`;
}

function verdict(half: number, rows: number, isShare: boolean): "nothing" | "little" | undefined {
  if (half >= NOTHING && (isShare || rows < FEW_ROWS)) return "nothing";
  if (rows < FEW_ROWS || (half >= LITTLE && isShare)) return "little";
  return undefined;
}

function counted(rows: number): string {
  return rows === 1 ? "1 test row decides" : `${rows} test rows decide`;
}

function range([low, high]: readonly [number, number]): string {
  const [from, to] = [low, high].map((end) => String(Number(end.toPrecision(2))));
  return from === to ? `is ${from} however they are drawn` : `lies between ${from} and ${to}`;
}

/** Two digits say all there is to say. */
function rounded(rows: number): string {
  const power = 10 ** Math.max(0, Math.floor(Math.log10(rows)) - 1);
  return (Math.ceil(rows / power) * power).toLocaleString("en-US");
}
