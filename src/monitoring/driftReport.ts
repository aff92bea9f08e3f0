/** Compares a batch with the training reference, by one of two sets of rules. */
import type { ColumnDrift, DriftReport } from "../core/records/drift.ts";
import { findColumn } from "../core/table/findColumn.ts";
import type { ColumnReference, Reference } from "../core/records/reference.ts";
import type { Column, Table } from "../core/table/table.ts";
import { calibratedDrift, type CalibratedOptions } from "./calibratedDrift.ts";
import type { ComparedColumn } from "./compareColumn.ts";
import { evidentlyDrift } from "./evidently/evidentlyDrift.ts";

export interface DriftOptions extends CalibratedOptions {
  /** Default "calibrated". */
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
 * `calibrated`: two-sample tests, with p-values adjusted over the inputs. Predictions and labels are tested separately,
 * each as a family of its own, and do not count towards the share of drifted columns. `evidently`: the defaults of that
 * library, which count predictions and labels as columns. A column that cannot be tested is skipped with a reason.
 *
 * @throws {MlctlError} kind "usage": `columns` names an unknown test, or one that does not work on the column
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
  const predictions = alone("prediction", reference.prediction, prediction);
  const labels = alone(target?.name ?? "", reference.target, target);
  return withDataset(
    {
      rules,
      referenceRows: reference.rows,
      currentRows: table.rowCount,
      columns: Object.fromEntries([
        ...(predictions === null ? [] : [["prediction", predictions] as const]),
        ...drifts.map((drift, i) => [names[i]!, drift] as const),
      ]),
      ...(target === undefined ? {} : { target: labels }),
    },
    options.datasetShare,
  );
}

/** Adds the verdict on the dataset. @param limit share of drifted columns from which the dataset drifts */
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
  // A column may be named "constructor", which every object has.
  const override = Object.hasOwn(columns, name) ? columns[name]! : {};
  return { name, reference, column, override };
}

function datasetDrift(columns: readonly ColumnDrift[], limit: number): DriftReport["dataset"] {
  const tested = columns.filter(({ skipped }) => skipped === undefined).length;
  const drifted = columns.filter((column) => column.drifted).length;
  const share = tested === 0 ? null : drifted / tested;
  return { tested, drifted, share, limit, detected: share !== null && drifted > 0 && share >= limit };
}
