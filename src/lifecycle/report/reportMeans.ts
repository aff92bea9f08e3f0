/** Mean predictions of the test rows: by value of a column, by segment and by time. */
import { parseRecorded } from "../../config/configSha256.ts";
import type { Model } from "../../core/records/model.ts";
import type { Run } from "../../core/records/run.ts";
import { selectRows } from "../../core/table/selectRows.ts";
import { selectPredicted } from "../../monitoring/prepareRows.ts";
import { weakestSegments } from "../../monitoring/segmentReports.ts";
import { quickRows } from "../../pipeline/predict/explain.ts";
import { partialDependence } from "../../pipeline/judge/partialDependence.ts";
import { conformTable } from "../../pipeline/rows/conformTable.ts";
import { historyFromBatch } from "../../pipeline/rows/rowsInReach.ts";
import type { ReportInput } from "../../reporting/reportInput.ts";
import { sampledRows } from "../../stats/samplePositions.ts";
import type { Judgement } from "../judge.ts";
import type { Session } from "../session.ts";
import { metricLabel } from "../settings.ts";
import { findColumn } from "../../core/table/findColumn.ts";
import { MILLISECONDS_A_DAY } from "../../core/text/duration.ts";
import { classScores } from "../../metrics/rankMetric.ts";
import { presentValues } from "../../stats/presentValues.ts";
import { extentOf } from "../../stats/extentOf.ts";

/** Maximum number of columns whose dependence is drawn. */
const MAX_COLUMNS = 6;
/** Rows that are predicted again for each value of a column: more change the means little. */
const DEPENDENCE_ROWS = 500;
const SEGMENT_ROWS = 10_000;
/** Maximum number of classes that are shown: the most frequent ones. */
const MAX_CLASSES = 4;

/** The evaluated test rows as the model reads them. */
export type JudgedInputs = ReturnType<typeof judgedInputs>;

export function judgedInputs(judged: Judgement, model: Model) {
  const inputs = conformTable(judged.table, model.signature);
  const y = judged.evaluation.yTrue;
  return { judged, inputs, withHistory: historyFromBatch(model, { inputs, table: judged.table, y }) };
}

interface Reported {
  readonly session: Pick<Session, "config">;
  readonly model: Model;
  readonly run: Run;
  /** Of columns, largest first. */
  readonly importance: ReportInput["importance"];
}

type Means = Pick<ReportInput, "meanClasses" | "dependence" | "weakest" | "overTime">;

export function reportMeans(inputs: JudgedInputs | null, { session, model, run, importance }: Reported): Means {
  if (inputs === null) return { meanClasses: [], dependence: null, weakest: null, overTime: null };
  const { judged, withHistory } = inputs;
  const { classes = [] } = model.signature.target;
  const codes = classes.length === 2 ? [1] : frequentClasses(judged.evaluation.yTrue, classes.length);
  const most = quickRows(model, DEPENDENCE_ROWS);
  const ranked = importance.filter(([, value]) => value > 0);
  const columns = partialDependence(withHistory, inputs.inputs, {
    columns: ranked.slice(0, MAX_COLUMNS).map(([column]) => column),
    classes: codes,
    rows: most,
  });
  // Series that were found in the data have their time column in the recorded configuration.
  const time = parseRecorded(run.config)?.time_column ?? session.config.time_column;
  return {
    meanClasses: codes.map((code) => classes[code]!),
    dependence: columns.length === 0 ? null : { rows: Math.min(most, inputs.inputs.rowCount), columns },
    weakest: weakestOf(inputs, { session, run }),
    overTime: reportTime(judged, time, codes),
  };
}

function frequentClasses(codes: Float64Array, classCount: number): number[] {
  const counts = new Float64Array(classCount);
  codes.forEach((code) => counts[code]!++);
  const ranked = [...counts.keys()].toSorted((a, b) => counts[b]! - counts[a]!);
  return ranked.slice(0, MAX_CLASSES).toSorted((a, b) => a - b);
}

/**
 * In place of metrics that say more about the rows of a segment than about the model: R² compares with their spread, and the
 * loss of a probability is large wherever the classes are balanced, however good the model.
 */
const ofProbabilities = { binary: "roc_auc", multiclass: "accuracy" };
const segmentMetrics: Readonly<Record<string, Partial<Record<Run["task"], string>>>> = {
  r2: { regression: "rmse" },
  log_loss: ofProbabilities,
  brier: ofProbabilities,
};

function weakestOf(
  { judged, inputs }: JudgedInputs,
  { session, run }: Pick<Reported, "session" | "run">,
): Means["weakest"] {
  const metric = segmentMetrics[run.metric]?.[run.task] ?? run.metric;
  if (judged.metrics[metric] === undefined) return null; // of another version
  const rows = sampledRows(inputs.rowCount, SEGMENT_ROWS);
  const sampled = selectPredicted(judged.evaluation, rows);
  const found = weakestSegments(sampled, selectRows(inputs, rows), { metric, seed: run.seed });
  if (found === null) return null;
  return { ...found, metric: metricLabel(session.config, metric, run.task), testRows: inputs.rowCount };
}

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
