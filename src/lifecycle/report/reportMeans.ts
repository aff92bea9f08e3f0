/** Mean predictions of the test rows: by value of a column, by segment and by time. */
import { valueAt } from "../../config/jsonPath.ts";
import type { Model } from "../../core/records/model.ts";
import type { Run } from "../../core/records/lineage.ts";
import { selectRows, findColumn } from "../../core/table/table.ts";
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
import { MILLISECONDS_A_DAY } from "../../core/text/format.ts";
import { classScores } from "../../metrics/metricKinds.ts";
import { presentValues, extentOf } from "../../stats/descriptive.ts";

const MAX_COLUMNS = 6;
/** Rows that are predicted again for each value of a column: more change the means little. */
const DEPENDENCE_ROWS = 500;
const SEGMENT_ROWS = 10_000;
/** Maximum number of classes that are shown: the most frequent ones. */
const MAX_CLASSES = 4;

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
  const recorded = valueAt(run.config, ["time_column"]);
  const time = typeof recorded === "string" ? recorded : session.config.time_column;
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
 * loss of a probability is large wherever the classes are balanced, however good the model. Of many classes, most segments
 * have only some.
 */
const segmentMetrics: Readonly<Record<string, string>> = { r2: "rmse", log_loss: "roc_auc", brier: "roc_auc" };

function weakestOf(
  { judged, inputs }: JudgedInputs,
  { session, run }: Pick<Reported, "session" | "run">,
): Means["weakest"] {
  const metric = run.task === "multiclass" ? "accuracy" : (segmentMetrics[run.metric] ?? run.metric);
  if (judged.metrics[metric] === undefined) return null; // of another version
  const rows = sampledRows(inputs.rowCount, SEGMENT_ROWS);
  const sampled = selectPredicted(judged.evaluation, rows);
  const found = weakestSegments(sampled, selectRows(inputs, rows), { metric, seed: run.seed });
  if (found === null) return null;
  return { ...found, metric: metricLabel(session.config, metric, run.task), testRows: inputs.rowCount };
}

/** Lengths of a bucket, shortest first: days at most, and months if it is a number of them. */
const units = [
  { name: "hour", days: 1 / 24 },
  { name: "day", days: 1 },
  { name: "week", days: 7 },
  { name: "month", days: 31, months: 1 },
  { name: "quarter", days: 92, months: 3 },
  { name: "year", days: 366, months: 12 },
  { name: "decade", days: 3653, months: 120 },
];

/** In UTC. Weeks start on Monday: 1970-01-01 was a Thursday. */
function bucketOf(time: number, { days, months }: (typeof units)[number]): number {
  const [length, offset] = [days * MILLISECONDS_A_DAY, days === 7 ? 3 * MILLISECONDS_A_DAY : 0];
  if (months === undefined) return Math.floor((time + offset) / length) * length - offset;
  const date = new Date(time);
  const month = Math.floor((date.getUTCFullYear() * 12 + date.getUTCMonth()) / months) * months;
  return Date.UTC(1970, month - 1970 * 12);
}

function bucketsIn([from, to]: readonly [number, number], unit: (typeof units)[number]): number[] {
  const starts: number[] = [];
  for (let at = bucketOf(from, unit); at <= to && starts.length <= MOST_BUCKETS;) {
    starts.push(at);
    at = bucketOf(at + unit.days * MILLISECONDS_A_DAY, unit);
  }
  return starts;
}

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
  const extent = extentOf(presentValues(time.values));
  const unit = units.find((each) => bucketsIn(extent, each).length <= MOST_BUCKETS);
  const starts = unit === undefined ? [] : bucketsIn(extent, unit);
  if (unit === undefined || starts.length < FEWEST_BUCKETS) return null;
  const places = new Map(starts.map((start, place) => [start, place]));
  const buckets = Int32Array.from(time.values, (at) => places.get(bucketOf(at, unit)) ?? -1);
  const { yTrue, yPred } = evaluation;
  const pairs =
    outputs.length === 0
      ? [[yTrue, yPred] as const]
      : outputs.map((code) => [yTrue.map((y) => Number(y === code)), classScores(evaluation, code) ?? yPred] as const);
  return {
    unit: unit.name,
    outputs: pairs.map(([actual, predicted]) => {
      const sums = [0, 1, 2].map(() => new Float64Array(starts.length));
      buckets.forEach((bucket, row) => {
        if (bucket < 0) return;
        sums[0]![bucket]!++;
        sums[1]![bucket]! += actual[row]!;
        sums[2]![bucket]! += predicted[row]!;
      });
      return Array.from(sums[0]!, (rows, i) => {
        const meanOf = (side: 1 | 2): number | null => (rows === 0 ? null : sums[side]![i]! / rows);
        return { at: starts[i]!, rows, actual: meanOf(1), predicted: meanOf(2) };
      });
    }),
  };
}
