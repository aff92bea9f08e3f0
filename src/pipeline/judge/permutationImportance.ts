/** Permutation importance: how much worse a model answers when one column no longer belongs to its rows. */
import type { Costs } from "../../core/costs.ts";
import { MlctlError } from "../../core/errors.ts";
import type { Model } from "../../core/records/model.ts";
import { random } from "../../core/random.ts";
import { selectRows } from "../../core/table/selectRows.ts";
import type { Table } from "../../core/table/table.ts";
import { requiredColumns } from "../../features/requiredColumns.ts";
import { findMetric } from "../../metrics/findMetric.ts";
import { mean } from "../../stats/mean.ts";
import { standardDeviation } from "../../stats/standardDeviation.ts";
import { conformTable } from "../rows/conformTable.ts";
import { encodeLabels } from "../rows/encodeLabels.ts";
import { historyFromBatch } from "../rows/historyFromBatch.ts";
import { predictor } from "../predict/predictor.ts";
import { rowsInReach } from "../rows/rowsInReach.ts";

export interface PermutationOptions {
  /** By name; its value for the rows as they are is what the others are compared with. */
  readonly metric: string;
  /** How often each column is shuffled. */
  readonly repeats: number;
  readonly seed: number;
  readonly costs?: Costs | undefined;
  readonly signal?: AbortSignal;
  readonly onProgress?: (share: number) => void;
}

export interface PermutationImportance {
  /** Of the metric for the rows as they are. */
  readonly value: number;
  readonly rowCount: number;
  /** Input columns, before any transform: how much the metric gets worse. May be below 0 by chance. */
  readonly columns: readonly { readonly column: string; readonly mean: number; readonly standardDeviation: number }[];
}

/**
 * As scikit-learn's permutation_importance: mean and (population) standard deviation of `value − value when shuffled`,
 * of the other sign where less is better. Columns that say the same share what they are worth: shuffled alone, each may
 * look worthless.
 *
 * @param table labelled rows that the model has not seen
 * @throws {MlctlError} kind "data" where the rows do not fit the model, have no target, or leave the metric undefined
 * @see Breiman, Random forests (2001)
 */
export function permutationImportance(model: Model, table: Table, options: PermutationOptions): PermutationImportance {
  const { rows, valueOf } = judged(model, table, options);
  const value = valueOf(rows);
  if (!Number.isFinite(value)) {
    throw new MlctlError("data", `${options.metric} is undefined on the ${rows.rowCount} rows`, {
      hint: "give rows of every class, or another metric in train.metric",
    });
  }
  const sign = findMetric(options.metric).greaterIsBetter ? 1 : -1;
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

/** The rows that the model can answer, and its metric on a version of them. */
function judged(model: Model, table: Table, { metric: name, costs }: PermutationOptions) {
  const { target } = model.signature;
  const labels = encodeLabels(table, target);
  const inputs = selectRows(conformTable(table, model.signature), labels.rows);
  const knowing = historyFromBatch(model, { inputs, table: selectRows(table, labels.rows), y: labels.y });
  const reached = rowsInReach(knowing, inputs);
  if (reached.length === 0) {
    throw new MlctlError("data", "the model's history reaches none of the rows", { hint: "train on newer rows" });
  }
  const yTrue = Float64Array.from(reached, (row) => labels.y[row]!);
  const metric = findMetric(name, target.task);
  const answer = predictor(knowing);
  const common = { task: target.task, classCount: target.classes?.length ?? 0, yTrue };
  const priced = costs === undefined ? {} : { costs };
  return {
    rows: selectRows(inputs, reached),
    valueOf: (rows: Table): number => metric.compute({ ...common, ...answer(rows), ...priced }),
  };
}

function shuffled(rows: Table, name: string, order: Int32Array): Table {
  const columns = rows.columns.map((column) =>
    column.name === name ? selectRows({ rowCount: rows.rowCount, columns: [column] }, order).columns[0]! : column,
  );
  return { ...rows, columns };
}
