/** Seasonal drift: compares a window with the same days of earlier years, and with all training rows. */
import type { ColumnDrift, DriftReport } from "../core/records/drift.ts";
import type { Reference } from "../core/records/reference.ts";
import type { TargetSpec } from "../core/table/signature.ts";
import { predictionsAndLabels } from "./predictionsAndLabels.ts";
import { reasonToSkip, sidesOf, stabilityIndex } from "./compareColumn.ts";
import { driftReport, withDataset, type DriftOptions } from "./driftReport.ts";
import type { PreparedRows } from "./prepareRows.ts";

/** The same days of earlier years. */
export interface Season {
  /** Made from all these rows. */
  readonly reference: Reference;
  /**
   * By earlier year: the population stability index of each column, compared with the other years at this time of the
   * year. It shows how much a normal year differs from the others. Empty if there is only one year; then the test alone
   * decides.
   */
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
  return Object.fromEntries(
    pairs.flatMap(([name, before, now]) => {
      const isAbsent = before === null || before === undefined || now === null || now === undefined;
      return isAbsent || reasonToSkip(before, now, 1) !== null ? [] : [[name, stabilityIndex(sidesOf(before, now))]];
    }),
  );
}

export interface SeasonalOptions {
  /** Drift compared with all training rows. */
  readonly overall: DriftReport;
  readonly season: Season;
  readonly target: TargetSpec;
  readonly drift: DriftOptions;
}

/**
 * A column drifts if it differs from the same season of earlier years, and by more than those years differ from each
 * other: consecutive days are alike, so a test that assumes independent rows would report every mild week as drift.
 * A column that differs only from all training rows does not drift, but gets a note that the change is seasonal.
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
  const labels = now.target ?? null;
  const judgedLabels = labels === null ? null : judged(labels, usual(TARGET), overall.target ?? undefined);
  const all = { ...now, columns: Object.fromEntries(columns), target: judgedLabels };
  return { ...withDataset(all, drift.datasetShare), target: judgedLabels };
}

function judged(column: ColumnDrift, usual: readonly number[], overall: ColumnDrift | undefined): ColumnDrift {
  const isUsual = usual.length > 0 && (column.psi ?? Infinity) <= Math.max(...usual);
  const drifted = column.drifted && !isUsual;
  const notes = [
    ...(column.note === undefined ? [] : [column.note]),
    ...(column.drifted && isUsual ? ["earlier years differ from each other by as much"] : []),
    ...(!drifted && overall?.drifted === true ? [SEASONAL] : []),
  ];
  return { ...column, drifted, ...(notes.length === 0 ? {} : { note: notes.join("; ") }) };
}

/** The end of the note of a column whose change is normal for the season. */
const SEASONAL = "seasonal: drifted compared with all training rows, but not with the same season";

export function isSeasonal({ note }: ColumnDrift): boolean {
  return note?.endsWith(SEASONAL) ?? false;
}
