/** Partial dependence: the mean prediction if every row had the same value in one column. */
import type { Prediction } from "../../core/prediction.ts";
import type { Model } from "../../core/records/model.ts";
import { findColumn } from "../../core/table/findColumn.ts";
import { selectRows } from "../../core/table/selectRows.ts";
import type { Column, Table } from "../../core/table/table.ts";
import { findTransform } from "../../features/index.ts";
import { requiredColumns } from "../../features/fitTransforms.ts";
import { countCategories } from "../../stats/countCategories.ts";
import { presentValues } from "../../stats/presentValues.ts";
import { sampledRows } from "../../stats/samplePositions.ts";
import { predictor } from "../predict/predictor.ts";
import { rowsInReach } from "../rows/rowsInReach.ts";

export interface PartialDependence {
  readonly column: string;
  readonly kind: Column["kind"];
  /** Numbers ascending, dates in milliseconds since 1970; categories by frequency. */
  readonly values: readonly (number | string)[];
  /** By output and value: mean prediction (regression), or mean probability of the class. */
  readonly means: readonly (readonly number[])[];
}

export interface DependenceOptions {
  /** Columns to vary; those that are no input, have one value, or decide which rows of the history are read, are left out. */
  readonly columns: readonly string[];
  /** Codes of the classes whose probability is averaged; empty for regression. */
  readonly classes: readonly number[];
  /** Maximum number of rows to average over, a seeded sample. */
  readonly rows: number;
}

/** Of more numbers, the 5 %, 10 %, 20 %, … 90 % and 95 % quantiles are used: values that occur. */
const FEW_NUMBERS = 12;
const SHARES = [0.05, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 0.95];
const MOST_CATEGORIES = 8;

/**
 * As scikit-learn's partial_dependence with method="brute".
 * @param inputs the model's input columns (see conformTable); all rows decide which values are tried
 * @see Friedman, Greedy function approximation (2001)
 */
export function partialDependence(model: Model, inputs: Table, options: DependenceOptions): PartialDependence[] {
  const predict = predictor(model);
  const within = rowsInReach(model, inputs);
  const base = selectRows(
    inputs,
    sampledRows(within.length, options.rows).map((place) => within[place]!),
  );
  const keys = historyKeys(model);
  const used = requiredColumns(model.transforms);
  return options.columns.flatMap((name) => {
    const column = used.has(name) ? findColumn(inputs, name) : undefined;
    const grid = column === undefined ? [] : gridOf(column);
    if (column === undefined || grid.length < 2) return [];
    // Another time or series reads other rows of the history: that is not the effect of the column.
    if (keys !== undefined && (column.kind === "date" || keys.has(name))) return [];
    const prediction = predict(withValues(base, name, grid));
    const { kind } = column;
    const values = grid.map((value) => (column.kind === "category" ? column.categories[value]! : value));
    return [{ column: name, kind, values, means: meansOf(prediction, grid.length, options.classes) }];
  });
}

/** Values of numbers and dates, codes of categories. */
function gridOf(column: Column): number[] {
  if (column.kind === "category") {
    const codes = new Map(column.categories.map((category, code) => [category, code]));
    return countCategories(column)
      .slice(0, MOST_CATEGORIES)
      .map(({ category }) => codes.get(category)!);
  }
  const sorted = presentValues(column.values).toSorted();
  const distinct = new Set(sorted);
  if (distinct.size <= FEW_NUMBERS) return [...distinct];
  return [...new Set(SHARES.map((share) => sorted[Math.round(share * (sorted.length - 1))]!))];
}

/** The rows once for each value. */
function withValues(base: Table, name: string, grid: readonly number[]): Table {
  const count = base.rowCount;
  const repeated = selectRows(
    base,
    Int32Array.from({ length: count * grid.length }, (_, i) => i % count),
  );
  const fill = <Values extends Float64Array | Int32Array>(values: Values): Values => {
    grid.forEach((value, i) => values.fill(value, i * count, (i + 1) * count));
    return values;
  };
  const columns = repeated.columns.map((column): Column => {
    if (column.name !== name) return column;
    if (column.kind === "category") return { ...column, codes: fill(new Int32Array(repeated.rowCount)) };
    return { ...column, values: fill(new Float64Array(repeated.rowCount)) };
  });
  return { ...repeated, columns };
}

/** The columns that tell series apart; undefined if the model does not look back. */
function historyKeys({ transforms }: Model): ReadonlySet<string> | undefined {
  const looks = transforms.flatMap(({ type, state }) => findTransform(type)?.looksBack?.(state) ?? []);
  return looks.length === 0 ? undefined : new Set(looks.flatMap(({ by }) => by));
}

function meansOf({ yPred, probabilities }: Prediction, count: number, classes: readonly number[]): number[][] {
  const scores = classes.length === 0 ? yPred : (probabilities ?? new Float64Array(0));
  const width = scores.length / yPred.length;
  const rows = yPred.length / count;
  // Two classes have one score, that of class 1.
  return (classes.length === 0 ? [0] : classes).map((code) =>
    Array.from({ length: count }, (_, i) => {
      let sum = 0;
      for (let row = i * rows; row < (i + 1) * rows; row++) sum += scores[row * width + (width === 1 ? 0 : code)]!;
      return sum / rows;
    }),
  );
}
