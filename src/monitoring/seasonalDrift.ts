/** Drift by season: a window beside the same days of earlier years, with all of training as the background. */
import type { ColumnDrift, DriftReport } from "../core/records/drift.ts";
import type { ColumnReference, Reference } from "../core/records/reference.ts";
import type { TargetSpec } from "../core/table/signature.ts";
import type { Column } from "../core/table/table.ts";
import { predictionsAndLabels } from "./predictionsAndLabels.ts";
import { reasonToSkip, sidesOf, stabilityIndex } from "./compareColumn.ts";
import { driftReport, withDataset, type DriftOptions } from "./driftReport.ts";
import type { PreparedRows } from "./prepareRows.ts";

/** The same days of earlier years. */
export interface Season {
  /** All of these rows. */
  readonly reference: Reference;
  /**
   * Population stability indices of single earlier years beside the other ones, at this time of the year: how much a
   * year differs from the rest without anything being wrong. By column; empty where there is one year only, and then
   * the test alone decides.
   */
  readonly usual: readonly Readonly<Record<string, number>>[];
}

/** The truth's place among the columns: no column of data begins with a space. */
const TARGET = " target";

/** Of each column of a year beside the other years. */
export function yearToYear(
  year: PreparedRows,
  others: Reference,
  target: TargetSpec,
): Readonly<Record<string, number>> {
  const known = predictionsAndLabels(year, target);
  const pairs: [string, ColumnReference | null | undefined, Column | null | undefined][] = [
    ...year.inputs.columns.map((column): [string, ColumnReference | undefined, Column] => [
      column.name,
      others.columns[column.name],
      column,
    ]),
    ["prediction", others.prediction, known.prediction],
    [TARGET, others.target, known.target],
  ];
  return Object.fromEntries(
    pairs.flatMap(([name, before, now]) => {
      const isAbsent = before === null || before === undefined || now === null || now === undefined;
      return isAbsent || reasonToSkip(before, now, 1) !== null ? [] : [[name, stabilityIndex(sidesOf(before, now))]];
    }),
  );
}

export interface SeasonalOptions {
  /** Against all of training. */
  readonly overall: DriftReport;
  readonly season: Season;
  readonly target: TargetSpec;
  readonly drift: DriftOptions;
}

/**
 * The verdict is the one against the same season, where it also goes beyond what earlier years differ from one
 * another: days in a row are alike, so that a test that takes them for independent would call every mild week drift.
 * What drifted against all of training only is no fault and is noted as seasonal.
 */
export function seasonalDrift(
  rows: PreparedRows,
  { overall, season, target, drift }: SeasonalOptions,
): DriftReport & { readonly target: ColumnDrift | null } {
  const now = driftReport(season.reference, rows.inputs, { ...drift, ...predictionsAndLabels(rows, target) });
  const usual = (name: string): number[] =>
    season.usual.flatMap((year) => (Object.hasOwn(year, name) ? year[name]! : []));
  const columns = Object.entries(now.columns).map(([name, column]) => {
    return [name, judged(column, usual(name), overall.columns[name])] as const;
  });
  const truth = now.target ?? null;
  const judgedTruth = truth === null ? null : judged(truth, usual(TARGET), overall.target ?? undefined);
  const all = { ...now, columns: Object.fromEntries(columns), target: judgedTruth };
  return { ...withDataset(all, drift.datasetShare), target: judgedTruth };
}

function judged(column: ColumnDrift, usual: readonly number[], overall: ColumnDrift | undefined): ColumnDrift {
  const isUsual = usual.length > 0 && (column.psi ?? Infinity) <= Math.max(...usual);
  const drifted = column.drifted && !isUsual;
  const notes = [
    ...(column.note === undefined ? [] : [column.note]),
    ...(column.drifted && isUsual ? ["earlier years differ as much from one another"] : []),
    ...(!drifted && overall?.drifted === true ? [SEASONAL] : []),
  ];
  return { ...column, drifted, ...(notes.length === 0 ? {} : { note: notes.join("; ") }) };
}

/** How the note of a column ends that is as it should be at that time of the year. */
const SEASONAL = "seasonal: drifted against all of training, not against the same season";

export function isSeasonal({ note }: ColumnDrift): boolean {
  return note?.endsWith(SEASONAL) ?? false;
}
