/** The segments of all columns in which a model is clearly worse than on all rows. */
import type { Evaluation, WeakSegment } from "../core/metric.ts";
import type { Table } from "../core/table/table.ts";
import { bootstrapInterval } from "../metrics/bootstrapInterval.ts";
import { findMetric } from "../metrics/findMetric.ts";
import { mean } from "../stats/mean.ts";
import { selectPredicted } from "./prepareRows.ts";
import { groupsOf } from "./segmentReports.ts";

export interface WeakestSegments {
  readonly metric: string;
  /** On all rows. */
  readonly value: number;
  readonly rows: number;
  /** Number of segments with enough rows. */
  readonly compared: number;
  readonly minimumRows: number;
  /** Surest loss first: by what is left of the difference after two standard errors. */
  readonly segments: readonly WeakSegment[];
}

const MINIMUM_ROWS = 30;
/** Of a column; one with more values, such as names, has few rows in each. */
const MAXIMUM_SEGMENTS = 30;
const STANDARD_ERRORS = 2;
const RESAMPLES = 100;
/** Share of a normal distribution within one standard error; the middle of few resamples is steadier than their ends. */
const WITHIN_ONE = 0.6827;

/**
 * Compares each value of categories, and each quartile of numbers and dates, with all rows. O(rows × columns).
 * @param inputs rows of `evaluation`, in the same order
 * @returns null if the metric is undefined on the rows
 */
export function weakestSegments(
  evaluation: Evaluation,
  inputs: Table,
  { metric: name, seed }: { readonly metric: string; readonly seed: number },
): WeakestSegments | null {
  const metric = findMetric(name, evaluation.task);
  const [value, rows] = [metric.compute(evaluation), evaluation.yTrue.length];
  if (!Number.isFinite(value)) return null;
  const groups = inputs.columns
    .map((column) => groupsOf(column, rows))
    .filter((each) => each.length <= MAXIMUM_SEGMENTS)
    .flatMap((each) => each.filter((group) => group.rows.length >= MINIMUM_ROWS && group.rows.length < rows));
  const segments = groups.flatMap((group): WeakSegment[] => {
    const part = selectPredicted(evaluation, group.rows);
    const metricValue = metric.compute(part);
    const difference = metricValue - value;
    if (metric.greaterIsBetter ? difference >= 0 : difference <= 0) return [];
    const interval = bootstrapInterval(part, metric, { seed, resamples: RESAMPLES, confidence: WITHIN_ONE });
    if (interval === null) return [];
    // The segment is part of all rows: only the other rows make the values differ.
    const standardError = ((interval[1] - interval[0]) / 2) * Math.sqrt(1 - group.rows.length / rows);
    const { column, value: label } = group;
    const found = { column, value: label, rows: group.rows.length, metricValue, difference, standardError };
    return Math.abs(difference) > STANDARD_ERRORS * standardError ? [{ ...found, means: meansOf(part) }] : [];
  });
  return {
    metric: metric.name,
    value,
    rows,
    compared: groups.length,
    minimumRows: MINIMUM_ROWS,
    segments: segments.toSorted((a, b) => sureLoss(b) - sureLoss(a)),
  };
}

function sureLoss({ difference, standardError }: WeakSegment): number {
  return Math.abs(difference) - STANDARD_ERRORS * standardError;
}

function meansOf({ task, yTrue, yPred, probabilities }: Evaluation): WeakSegment["means"] {
  if (task === "multiclass") return null;
  return [mean(yTrue), mean(probabilities ?? yPred)];
}
