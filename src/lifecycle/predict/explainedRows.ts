/** The rows that explain explains one by one: what identifies each, its prediction, and the contributions to it. */
import type { Model } from "../../core/records/model.ts";
import { cellText, findColumn, selectRows, type Table } from "../../core/table/table.ts";
import { contributionsByRow, type Explained } from "../../pipeline/predict/explain.ts";
import { predictor } from "../../pipeline/predict/predictor.ts";
import { rowsInReach } from "../../pipeline/rows/rowsInReach.ts";
import { jsonLabels, predictedValues } from "./predictedValues.ts";

export interface RowContribution {
  /** An input column. */
  readonly feature: string;
  /** Of the row; null if it is missing. */
  readonly value: string | null;
  /** Of several classes, those to each. */
  readonly contribution: number | readonly number[];
}

export interface ExplainedRow {
  readonly row: number;
  /** Values of `id_columns`, of those that the rows have. */
  readonly ids: Readonly<Record<string, string | null>>;
  /** As predict gives it; null where the model's history does not reach the row. */
  readonly prediction: string | number | null;
  /** Null in regression. */
  readonly probability: number | null;
  /** Largest first. */
  readonly contributions: readonly RowContribution[];
}

/**
 * @param model with the history that the rows look back on
 * @param rows `inputs`: the first rows with the model's columns; `table`: as they were read; `ids`: names of id columns
 */
export function explainedRows(
  model: Model,
  explained: Explained,
  { inputs, table, ids }: { readonly inputs: Table; readonly table: Table; readonly ids: readonly string[] },
): ExplainedRow[] {
  const { target } = model.signature;
  const reached = rowsInReach(model, inputs);
  const valuesOf = predictedValues(target, { labels: jsonLabels(target) });
  const { predictions } = valuesOf(predictor(model)(selectRows(inputs, reached)));
  const predicted = new Map(predictions.map((each, i) => [reached[i]!, each]));
  const columns = ids.flatMap((name) => findColumn(table, name) ?? []);
  return contributionsByRow(explained)
    .slice(0, inputs.rowCount)
    .map((contributions, row) => {
      const [prediction = null, probability = null] = predicted.get(row) ?? [];
      const own = Object.fromEntries(columns.map((column) => [column.name, cellText(column, row)]));
      const valued = explained.featureNames.map((feature, i) => {
        const column = findColumn(inputs, feature);
        return { feature, value: column === undefined ? null : cellText(column, row), contribution: contributions[i]! };
      });
      const largestFirst = valued.toSorted((a, b) => sizeOf(b) - sizeOf(a));
      return { row: row + 1, ids: own, prediction, probability, contributions: largestFirst };
    });
}

function sizeOf({ contribution }: RowContribution): number {
  return Math.max(...[contribution].flat().map(Math.abs));
}
