/** Permutation importance: how much worse a metric gets when one input column is shuffled. */
import type { Costs } from "../../core/metric.ts";
import { MlctlError } from "../../core/errors.ts";
import type { Model } from "../../core/records/model.ts";
import { random } from "../../core/random.ts";
import { selectRows } from "../../core/table/selectRows.ts";
import type { Table } from "../../core/table/table.ts";
import { requiredColumns } from "../../features/fitTransforms.ts";
import { findMetric } from "../../metrics/findMetric.ts";
import { mean } from "../../stats/mean.ts";
import { standardDeviation } from "../../stats/standardDeviation.ts";
import { labelledRows } from "./evaluate.ts";

export interface PermutationOptions {
  /** Name of the metric. */
  readonly metric: string;
  /** Number of shuffles per column. */
  readonly repeats: number;
  readonly seed: number;
  readonly costs?: Costs | undefined;
  readonly signal?: AbortSignal;
  readonly onProgress?: (share: number) => void;
}

export interface PermutationImportance {
  /** Metric on the unshuffled rows. */
  readonly value: number;
  readonly rowCount: number;
  /** Per input column, before transforms: how much worse the metric gets. May be negative by chance. */
  readonly columns: readonly { readonly column: string; readonly mean: number; readonly standardDeviation: number }[];
}

/**
 * As scikit-learn's permutation_importance: mean and (population) standard deviation of `value − shuffled value`, with
 * the opposite sign if smaller is better. Correlated columns share their importance: each one alone may look
 * unimportant.
 * @param table labelled rows that were not used for training
 * @throws {MlctlError} kind "data" if the rows do not fit the model, have no labels, or the metric is undefined on them
 * @see Breiman, Random forests (2001)
 */
export function permutationImportance(model: Model, table: Table, options: PermutationOptions): PermutationImportance {
  const { inputs: rows, common, predict } = labelledRows(model, table);
  const metric = findMetric(options.metric, common.task);
  const valueOf = (inputs: Table): number => metric.compute({ ...common, ...predict(inputs), costs: options.costs });
  const value = valueOf(rows);
  if (!Number.isFinite(value)) {
    throw new MlctlError("data", `${options.metric} is undefined on the ${rows.rowCount} rows`, {
      hint: 'provide rows of every class, or set "train.metric" to another metric',
    });
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
