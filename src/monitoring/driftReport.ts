/** Drift of a batch against the training reference, by one of two sets of rules. */
import type { ColumnDrift, DriftReport } from "../core/records/drift.ts";
import { findColumn } from "../core/table/findColumn.ts";
import type { ColumnReference, Reference } from "../core/records/reference.ts";
import type { Column, Table } from "../core/table/table.ts";
import { calibratedDrift, type CalibratedOptions } from "./calibratedDrift.ts";
import type { ComparedColumn } from "./compareColumn.ts";
import { evidentlyDrift } from "./evidently/evidentlyDrift.ts";

export interface DriftOptions extends CalibratedOptions {
  /** "calibrated" unless told. */
  readonly rules?: DriftReport["rules"];
  /** Share of the tested columns that makes a drifted dataset; 0.5 unless told. */
  readonly datasetShare?: number;
  /** By column, where the rules do not fit: a drift test of the registry and its limit. */
  readonly columns?: Readonly<Record<string, ComparedColumn["override"]>>;
  /** What the model answers for the rows: reported as "prediction". */
  readonly prediction?: Column;
  /** The truth of the rows, in a column called like the target; null where it is not known. */
  readonly target?: Column | null;
}

/**
 * `calibrated`: two-sample tests, adjusted over the inputs; the answers and the truth are a family of their own each,
 * one question that matters by itself, and outside the share of drifted columns. `evidently`: as that library has it,
 * with answers and truth among the columns that are counted. A column that cannot be tested is skipped with its reason.
 *
 * @throws {MlctlError} kind "usage": `columns` names a test that does not exist or does not suit the column
 */
export function driftReport(reference: Reference, table: Table, options: DriftOptions = {}): DriftReport {
  const { rules = "calibrated", prediction, target } = options;
  const names = Object.keys(reference.columns);
  const inputs = names.map((name) => subject(name, reference.columns[name]!, findColumn(table, name), options));
  const drifts = judge(inputs, options);
  const alone = (name: string, before: ColumnReference | null | undefined, column: Column | null | undefined) =>
    before === null || before === undefined || column === null || column === undefined
      ? null
      : judge([subject(name, before, column, options)], options)[0]!;
  const answers = alone("prediction", reference.prediction, prediction);
  const truth = alone(target?.name ?? "", reference.target, target);
  return withDataset(
    {
      rules,
      referenceRows: reference.rows,
      currentRows: table.rowCount,
      columns: Object.fromEntries([
        ...(answers === null ? [] : [["prediction", answers] as const]),
        ...drifts.map((drift, i) => [names[i]!, drift] as const),
      ]),
      ...(target === undefined ? {} : { target: truth }),
    },
    options.datasetShare,
  );
}

/** Counts the columns that drifted. @param limit share of the tested columns that makes a drifted dataset */
export function withDataset(report: Omit<DriftReport, "dataset">, limit = 0.5): DriftReport {
  const { prediction, ...inputs } = report.columns;
  const others = [prediction, report.target].filter((drift) => drift !== undefined && drift !== null);
  const counted = [...Object.values(inputs), ...(report.rules === "evidently" ? others : [])];
  return { ...report, dataset: datasetDrift(counted, limit) };
}

function judge(columns: readonly ComparedColumn[], options: DriftOptions): ColumnDrift[] {
  return options.rules === "evidently" ? columns.map(evidentlyDrift) : calibratedDrift(columns, options);
}

function subject(
  name: string,
  reference: ColumnReference,
  column: Column | undefined,
  { columns = {} }: DriftOptions,
): ComparedColumn {
  // A column may be called "constructor", which every object has.
  const override = Object.hasOwn(columns, name) ? columns[name]! : {};
  return { name, reference, column, override };
}

function datasetDrift(columns: readonly ColumnDrift[], limit: number): DriftReport["dataset"] {
  const tested = columns.filter(({ skipped }) => skipped === undefined).length;
  const drifted = columns.filter((column) => column.drifted).length;
  const share = tested === 0 ? null : drifted / tested;
  return { tested, drifted, share, limit, detected: share !== null && drifted > 0 && share >= limit };
}
