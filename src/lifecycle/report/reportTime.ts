/** Mean actual and predicted values of the test rows by time. */
import { findColumn } from "../../core/table/findColumn.ts";
import { MILLISECONDS_A_DAY } from "../../core/text/duration.ts";
import { classScores } from "../../metrics/rankMetric.ts";
import { presentValues } from "../../stats/presentValues.ts";
import { extentOf } from "../../stats/extentOf.ts";
import type { ReportInput } from "../../reporting/reportInput.ts";
import type { Judgement } from "../judge.ts";

/** Length of a bucket; `indexOf` and `startOf` turn milliseconds into its number and back. */
interface Unit {
  readonly name: string;
  readonly indexOf: (time: number) => number;
  readonly startOf: (index: number) => number;
}

const fixed = (name: string, length: number, offset = 0): Unit => ({
  name,
  indexOf: (time) => Math.floor((time + offset) / length),
  startOf: (index) => index * length - offset,
});
const months = (name: string, count: number): Unit => ({
  name,
  indexOf: (time) => {
    const date = new Date(time);
    return Math.floor((date.getUTCFullYear() * 12 + date.getUTCMonth()) / count);
  },
  startOf: (index) => Date.UTC(1970, index * count - 1970 * 12),
});
/** Weeks start on Monday: 1970-01-01 was a Thursday. In UTC, shortest first. */
const units = [
  fixed("hour", MILLISECONDS_A_DAY / 24),
  fixed("day", MILLISECONDS_A_DAY),
  fixed("week", 7 * MILLISECONDS_A_DAY, 3 * MILLISECONDS_A_DAY),
  months("month", 1),
  months("quarter", 3),
  months("year", 12),
  months("decade", 120),
];
const MOST_BUCKETS = 60;
const FEWEST_BUCKETS = 3;

/**
 * @param column name of the time column; null if there is none
 * @param outputs codes of the classes to show; for regression empty
 * @returns null without dates, or if they are too close together
 */
export function reportTime(
  { table, evaluation }: Pick<Judgement, "table" | "evaluation">,
  column: string | null,
  outputs: readonly number[],
): ReportInput["overTime"] {
  const time = column === null ? undefined : findColumn(table, column);
  if (time?.kind !== "date") return null;
  const [from, to] = extentOf(presentValues(time.values));
  const countIn = ({ indexOf }: Unit): number => indexOf(to) - indexOf(from) + 1;
  const unit = units.find((each) => countIn(each) <= MOST_BUCKETS);
  if (from > to || unit === undefined || countIn(unit) < FEWEST_BUCKETS) return null;
  const first = unit.indexOf(from);
  const buckets = Int32Array.from(time.values, (at) => (Number.isFinite(at) ? unit.indexOf(at) - first : -1));
  const { yTrue, yPred } = evaluation;
  const pairs =
    outputs.length === 0
      ? [[yTrue, yPred] as const]
      : outputs.map((code) => [yTrue.map((y) => Number(y === code)), classScores(evaluation, code) ?? yPred] as const);
  return {
    column: time.name,
    unit: unit.name,
    outputs: pairs.map(([actual, predicted]) => {
      const sums = [0, 1, 2].map(() => new Float64Array(countIn(unit)));
      buckets.forEach((bucket, row) => {
        if (bucket < 0) return;
        sums[0]![bucket]!++;
        sums[1]![bucket]! += actual[row]!;
        sums[2]![bucket]! += predicted[row]!;
      });
      return Array.from(sums[0]!, (rows, i) => {
        const meanOf = (side: 1 | 2): number | null => (rows === 0 ? null : sums[side]![i]! / rows);
        return { at: unit.startOf(first + i), rows, actual: meanOf(1), predicted: meanOf(2) };
      });
    }),
  };
}
