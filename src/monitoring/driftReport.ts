/** Drift of a batch against the training reference, by rules that seldom alarm without cause. */
import type { ColumnDrift, DriftReport } from "../core/drift.ts";
import { MlctlError } from "../core/errors.ts";
import { findColumn } from "../core/findColumn.ts";
import type { ColumnReference, Reference } from "../core/reference.ts";
import { suggest } from "../core/suggest.ts";
import type { Column, Table } from "../core/table.ts";
import { benjaminiHochberg } from "../drift/benjaminiHochberg.ts";
import type { DriftTest } from "../drift/driftTest.ts";
import { driftTests } from "../drift/index.ts";
import { compareSides, reasonToSkip, sidesOf, stabilityIndex } from "./compareColumn.ts";

/** Expected share of false alarms among the alarms of a report. */
const ALPHA = 0.05;

/** With fewer values on a side no test finds less than a landslide, and one odd row decides. */
const MINIMUM_ROWS = 20;

/**
 * A significant p-value drifts only with a population stability index of at least this ("not stable any more"), or in
 * a million rows every trifle would alarm. PSI and not the Wasserstein distance, because one wild value in training
 * inflates the standard deviation that the latter is divided by and blinds it. PSI is biased upwards in small batches
 * (by 0.1 for ten bins and 100 rows): there the floor gives way, but there the p-value is what is hard to reach.
 */
const LEAST_PSI = 0.1;

export interface DriftOptions {
  /** Share of the tested columns that makes a drifted dataset; 0.5 unless told. */
  readonly datasetShare?: number;
  /** By column, where the rules do not fit: a drift test of the registry and its limit. */
  readonly columns?: Readonly<
    Record<string, { readonly test?: string | undefined; readonly limit?: number | undefined }>
  >;
  readonly alpha?: number;
  readonly minimumRows?: number;
  /** What the model answers for the rows: reported as "prediction", outside the share of drifted columns. */
  readonly prediction?: Column;
}

/**
 * Numbers: Kolmogorov–Smirnov. Categories: two-sample chi-square with rare ones pooled. p-values are
 * adjusted over the columns (Benjamini–Hochberg), and an effect of some size is asked for. A column that cannot be
 * tested is skipped with its reason; so is a date, unless `columns` names a test for it: later rows have later dates.
 *
 * @throws {MlctlError} kind "usage": `columns` names a test that does not exist or does not suit the column
 */
export function driftReport(reference: Reference, table: Table, options: DriftOptions = {}): DriftReport {
  const names = Object.keys(reference.columns);
  const compared = names.map((name) =>
    compare({ name, reference: reference.columns[name]!, column: findColumn(table, name) }, options),
  );
  const columns = Object.fromEntries(adjusted(compared).map((drift, i) => [names[i]!, drift]));
  const tested = Object.values(columns).filter(({ skipped }) => skipped === undefined).length;
  const drifted = Object.values(columns).filter((column) => column.drifted).length;
  const share = tested === 0 ? null : drifted / tested;
  const limit = options.datasetShare ?? 0.5;
  return {
    rules: "calibrated",
    referenceRows: reference.rows,
    currentRows: table.rowCount,
    columns: { ...predictionDrift(reference, options), ...columns },
    dataset: { tested, drifted, share, limit, detected: share !== null && drifted > 0 && share >= limit },
  };
}

interface Subject {
  readonly name: string;
  readonly reference: ColumnReference;
  readonly column: Column | undefined;
}

/** A family of its own: it is one question, and the most important one. */
function predictionDrift(reference: Reference, options: DriftOptions): Record<string, ColumnDrift> {
  if (reference.prediction === null || options.prediction === undefined) return {};
  const subject = { name: "prediction", reference: reference.prediction, column: options.prediction };
  return { prediction: adjusted([compare(subject, options)])[0]! };
}

/** The comparison before p-values are adjusted. */
function compare({ name, reference, column }: Subject, options: DriftOptions): ColumnDrift {
  const { columns = {} } = options;
  // A column may be called "constructor", which every object has.
  const override = Object.hasOwn(columns, name) ? columns[name] : undefined;
  const test = testOf(name, reference, override?.test);
  const limit = override?.limit ?? (test.measure === "p_value" ? (options.alpha ?? ALPHA) : test.limit);
  const nothing = { test: test.name, measure: test.measure, statistic: NaN, value: NaN, limit, psi: null };
  const aged = reference.kind === "date" && override?.test === undefined ? "dates move on with time" : null;
  const skipped = aged ?? reasonToSkip(reference, column, options.minimumRows ?? MINIMUM_ROWS);
  if (skipped !== null || column === undefined) return { ...nothing, drifted: false, skipped: skipped ?? "absent" };
  const sides = sidesOf(reference, column);
  const result = compareSides(test, sides);
  if (result === null) throw unsuitable(name, test, reference);
  return { ...nothing, ...result, psi: stabilityIndex(sides), drifted: false };
}

function testOf(name: string, reference: ColumnReference, wanted: string | undefined): DriftTest {
  if (wanted === undefined) return reference.kind === "category" ? driftTests.chi_square : driftTests.ks;
  const test = new Map<string, DriftTest>(Object.entries(driftTests)).get(wanted);
  if (test !== undefined) return test;
  const near = suggest(wanted, Object.keys(driftTests));
  throw new MlctlError("usage", `unknown drift test "${wanted}" for column "${name}"`, {
    hint: near === undefined ? `use one of ${Object.keys(driftTests).join(", ")}` : `did you mean "${near}"?`,
  });
}

function unsuitable(name: string, test: DriftTest, reference: ColumnReference): MlctlError {
  return new MlctlError(
    "usage",
    `drift test "${test.name}" does not suit column "${name}": it is a ${reference.kind}`,
    {
      hint: 'use "chi_square" or "psi", or leave "test" out',
    },
  );
}

/** Adjusts the p-values of one family together, and gives each column its verdict. */
function adjusted(columns: readonly ColumnDrift[]): ColumnDrift[] {
  const family = columns.filter(({ measure, skipped }) => measure === "p_value" && skipped === undefined);
  const values = benjaminiHochberg(family.map(({ value }) => value));
  return columns.map((column) => {
    if (column.skipped !== undefined) return column;
    if (column.measure === "distance") return { ...column, drifted: column.value >= column.limit };
    const value = values[family.indexOf(column)]!;
    return { ...column, value, drifted: value < column.limit && (column.psi ?? 0) >= LEAST_PSI };
  });
}
