/** Compares a batch with the training reference, by one of two sets of rules. */
import { counted, present } from "../core/text/format.ts";
import type { MonitorDrift, ColumnDrift, DriftReport } from "../core/records/monitoring.ts";
import { findColumn, type Column, type Table, type TargetSpec } from "../core/table/table.ts";
import type { ColumnReference, Reference } from "../core/records/model.ts";
import {
  calibratedDrift,
  reasonToSkip,
  sidesOf,
  stabilityIndex,
  type CalibratedOptions,
  type ComparedColumn,
} from "./compareColumn.ts";
import { evidentlyDrift } from "./evidently/evidentlyDrift.ts";
import { predictionsAndLabels, type PreparedRows } from "./prepareRows.ts";

export interface DriftOptions extends CalibratedOptions {
  readonly rules?: DriftReport["rules"];
  /** The dataset drifts if at least this share of the tested columns drifted; default 0.5. */
  readonly datasetShare?: number;
  /** By column: a drift test of the registry and its limit, in place of those of the rules. */
  readonly columns?: Readonly<Record<string, ComparedColumn["override"]>>;
  /** The model's predictions for the rows; reported as column "prediction". */
  readonly prediction?: Column;
  /** The labels of the rows, in a column named after the target; null if they are unknown. */
  readonly target?: Column | null;
}

/**
 * `calibrated`: predictions and labels are tested separately, each as a family of its own, and do not count towards the
 * share of drifted columns. `evidently`: they count as columns. A column that cannot be tested is skipped with a reason.
 * @throws {MlctlError} kind "usage": `columns` names an unknown test, or one that does not work on the column
 */
export function driftReport(reference: Reference, table: Table, options: DriftOptions = {}): DriftReport {
  const { rules = "calibrated", prediction, target, columns = {}, minimumRows = 0 } = options;
  const few = `${counted(table.rowCount, "row")}, at least ${minimumRows} are needed`;
  const unjudged = { statistic: NaN, value: NaN, psi: null, drifted: false, skipped: few };
  const judge = (pairs: readonly (readonly [name: string, before: ColumnReference, now: Column | undefined])[]) => {
    const compared = pairs.map(([name, before, column]) => {
      // A column may be named "constructor", which every object has.
      const override = Object.hasOwn(columns, name) ? columns[name]! : {};
      return { name, reference: before, column, override };
    });
    const found = rules === "evidently" ? compared.map(evidentlyDrift) : calibratedDrift(compared, options);
    const shown = table.rowCount >= minimumRows ? found : found.map((each) => ({ ...each, ...unjudged }));
    return shown.map((drift, i) => [compared[i]!.name, drift] as const);
  };
  const inputs = Object.entries(reference.columns);
  const drifts = judge(inputs.map(([name, before]) => [name, before, findColumn(table, name)]));
  const predictions =
    reference.prediction && prediction ? [["prediction", reference.prediction, prediction] as const] : [];
  const labels = reference.target && target ? [[target.name, reference.target, target] as const] : [];
  const known = [...inputs.map(([, each]) => each), reference.prediction, reference.target];
  const sampled = known.flatMap((each) =>
    each && each.kind !== "category" && each.sample.length < each.count ? [each.sample.length] : [],
  );
  const report = {
    rules,
    referenceRows: reference.rows,
    ...(sampled.length > 0 ? { referenceSample: Math.max(...sampled) } : {}),
    currentRows: table.rowCount,
    columns: Object.fromEntries([...judge(predictions), ...drifts]),
    ...(target === undefined ? {} : { target: judge(labels)[0]?.[1] ?? null }),
  };
  return withDataset(report, options.datasetShare);
}

/** Adds the verdict on the dataset. @param limit share of drifted columns from which the dataset drifts */
function withDataset(report: Omit<DriftReport, "dataset">, limit = 0.5): DriftReport {
  const { prediction, ...inputs } = report.columns;
  const others = [prediction, report.target].filter((drift) => drift !== undefined && drift !== null);
  const all = [...Object.values(inputs), ...(report.rules === "evidently" ? others : [])];
  const tested = all.filter(({ skipped }) => skipped === undefined).length;
  const drifted = all.filter((column) => column.drifted).length;
  const share = tested === 0 ? null : drifted / tested;
  return {
    ...report,
    dataset: { tested, drifted, share, limit, detected: share !== null && drifted > 0 && share >= limit },
  };
}

export interface Season {
  readonly reference: Reference;
  /** By earlier year: PSI of each column compared with the other years. Empty for one year: then the test alone decides. */
  readonly usual: readonly Readonly<Record<string, number>>[];
}

/** Key of the labels among the columns: no column of data begins with a space. */
const TARGET = " target";

/** PSI of each column of one year compared with the other years. */
export function yearToYear(
  year: PreparedRows,
  others: Reference,
  target: TargetSpec,
): Readonly<Record<string, number>> {
  const known = predictionsAndLabels(year, target);
  const pairs = [
    ...year.inputs.columns.map((column) => [column.name, others.columns[column.name], column] as const),
    ["prediction", others.prediction, known.prediction] as const,
    [TARGET, others.target, known.target] as const,
  ];
  const indexes = pairs.flatMap(([name, before, now]) =>
    before && now && reasonToSkip(before, now, 1) === null ? [[name, stabilityIndex(sidesOf(before, now))]] : [],
  );
  return Object.fromEntries(indexes);
}

/**
 * A column drifts if it differs from the same season by more than earlier years differ from each other: consecutive days
 * are alike, so a test that assumes independent rows would report every mild week as drift. A column that differs only
 * from all training rows gets a note that the change is seasonal.
 * @param overall compared with all training rows
 * @param drift with the predictions and labels of the rows
 */
export function seasonalDrift(overall: DriftReport, season: Season, inputs: Table, drift: DriftOptions): MonitorDrift {
  const now = driftReport(season.reference, inputs, drift);
  const usual = (name: string): number[] =>
    season.usual.flatMap((year) => (Object.hasOwn(year, name) ? year[name]! : []));
  const columns = Object.entries(now.columns).map(([name, column]) => {
    return [name, judged(column, usual(name), overall.columns[name])] as const;
  });
  const labels = now.target ?? null;
  const judgedLabels = labels === null ? null : judged(labels, usual(TARGET), overall.target ?? undefined);
  const all = { ...now, columns: Object.fromEntries(columns), target: judgedLabels };
  return { ...withDataset(all, drift.datasetShare), target: judgedLabels };
}

function judged(column: ColumnDrift, usual: readonly number[], overall: ColumnDrift | undefined): ColumnDrift {
  const isUsual = usual.length > 0 && (column.psi ?? Infinity) <= Math.max(...usual);
  const drifted = column.drifted && !isUsual;
  const notes = present([
    column.note,
    column.drifted && isUsual && "earlier years differ from each other by as much",
    !drifted && overall?.drifted === true && SEASONAL,
  ]);
  return { ...column, drifted, ...(notes.length === 0 ? {} : { note: notes.join("; ") }) };
}

/** The end of the note of a column whose change is normal for the season. */
const SEASONAL = "seasonal: drifted compared with all training rows, but not with the same season";

export function isSeasonal({ note }: ColumnDrift): boolean {
  return note?.endsWith(SEASONAL) ?? false;
}
