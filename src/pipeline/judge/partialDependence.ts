/** Partial dependence: the mean prediction if every row had the same value in one column. */
import type { Prediction, Costs } from "../../core/metric.ts";
import { frequentCategories, type ColumnReference, type Model } from "../../core/records/model.ts";
import { findColumn, presentCount, selectRows, type Column, type Table } from "../../core/table/table.ts";
import { requiredColumns } from "../../features/fitTransforms.ts";
import { lookBacks } from "../../features/compileTransforms.ts";
import { countCategories, sampledRows } from "../../stats/samplePositions.ts";
import { presentValues, mean, standardDeviation } from "../../stats/descriptive.ts";
import { predictor } from "../predict/predictor.ts";
import { rowsInReach } from "../rows/rowsInReach.ts";
import { MlctlError } from "../../core/errors.ts";
import { random } from "../../core/random.ts";
import { findMetric } from "../../metrics/findMetric.ts";
import { labelledRows } from "./evaluate.ts";

interface DependenceOptions {
  /** Left out: those that are no input, have one value, or decide which rows of the history are read. */
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
 * @returns by column the values (numbers ascending, dates in milliseconds since 1970, categories by frequency), and by output
 *   and value the mean prediction (regression) or the mean probability of the class; the same of missing values, if any are
 * @see Friedman, Greedy function approximation (2001)
 */
export function partialDependence(model: Model, inputs: Table, options: DependenceOptions) {
  const predict = predictor(model);
  const within = rowsInReach(model, inputs);
  const places = sampledRows(within.length, options.rows).map((place) => within[place]!);
  const base = selectRows(inputs, places);
  const looks = lookBacks(model.transforms);
  const keys = new Set(looks.flatMap(({ by }) => by));
  const used = requiredColumns(model.transforms);
  return options.columns.flatMap((name) => {
    const column = used.has(name) ? findColumn(inputs, name) : undefined;
    const grid = column === undefined ? [] : gridOf(column, model.reference.columns[name]);
    if (column === undefined || grid.length < 2) return [];
    // Another time or series reads other rows of the history: that is not the effect of the column.
    if (looks.length > 0 && (column.kind === "date" || keys.has(name))) return [];
    const { kind } = column;
    const share = 1 - presentCount(column) / inputs.rowCount;
    const tried = share === 0 ? grid : [...grid, kind === "category" ? -1 : NaN];
    const means = meansOf(predict(withValues(base, name, tried)), tried.length, options.classes);
    const missing = share === 0 ? {} : { missing: { share, means: means.map((each) => each.pop()!) } };
    const values = grid.map((value) => (column.kind === "category" ? column.categories[value]! : value));
    return [{ column: name, kind, values, means, ...missing }];
  });
}

/** Values of numbers and dates, codes of categories. */
function gridOf(column: Column, reference: ColumnReference | undefined): number[] {
  if (column.kind === "category") {
    const codes = new Map(column.categories.map((category, code) => [category, code]));
    const shown = new Map(frequentCategories(reference));
    return countCategories(column)
      .filter(({ category }) => shown.has(category))
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
  const rows = Int32Array.from({ length: count * grid.length }, (_, i) => i % count);
  const repeated = selectRows(base, rows);
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

export interface PermutationOptions {
  readonly metric: string;
  readonly repeats: number;
  readonly seed: number;
  readonly costs?: Costs | undefined;
  readonly signal?: AbortSignal;
  readonly onProgress?: (share: number) => void;
}

/**
 * As scikit-learn's permutation_importance: mean and (population) standard deviation of how much worse the value gets.
 * Correlated columns share their importance.
 * @throws {MlctlError} kind "data" if the rows do not fit the model, have no labels, or the metric is undefined on them
 * @see Breiman, Random forests (2001)
 * @returns the value on the unshuffled rows and, by input column before transforms, how much worse it gets, which may be
 *   negative by chance
 */
export function permutationImportance(model: Model, table: Table, options: PermutationOptions) {
  const { inputs: rows, common, predict } = labelledRows(model, table);
  const metric = findMetric(options.metric, common.task);
  const valueOf = (inputs: Table): number => metric.compute({ ...common, ...predict(inputs), costs: options.costs });
  const value = valueOf(rows);
  if (!Number.isFinite(value)) {
    const hint = 'provide rows of every class, or set "train.metric" to another metric';
    throw new MlctlError("data", `${options.metric} is undefined on the ${rows.rowCount} rows`, { hint });
  }
  const sign = metric.greaterIsBetter ? 1 : -1;
  const needed = requiredColumns(model.transforms);
  const names = rows.columns.map(({ name }) => name).filter((name) => needed.has(name));
  const { shuffle } = random(options.seed);
  const columns = names.map((column, at) => {
    const drops = Array.from({ length: options.repeats }, (_, repeat) => {
      options.signal?.throwIfAborted();
      options.onProgress?.((at + repeat / options.repeats) / names.length);
      const order = shuffle(Int32Array.from({ length: rows.rowCount }, (_row, i) => i));
      return sign * (value - valueOf(shuffled(rows, column, order)));
    });
    return { column, mean: mean(drops), standardDeviation: standardDeviation(drops, { ddof: 0 }) };
  });
  options.onProgress?.(1);
  return { value, rowCount: rows.rowCount, columns: columns.toSorted((a, b) => b.mean - a.mean) };
}

function shuffled(rows: Table, name: string, order: Int32Array): Table {
  const columns = rows.columns.map((column) =>
    column.name === name ? selectRows({ rowCount: rows.rowCount, columns: [column] }, order).columns[0]! : column,
  );
  return { ...rows, columns };
}
