/** Predicts labelled rows and pairs predictions with labels. */
import { MlctlError } from "../../core/errors.ts";
import type { Evaluation } from "../../core/metric.ts";
import type { Model } from "../../core/records/model.ts";
import { selectRows, selectValues } from "../../core/table/selectRows.ts";
import type { Table } from "../../core/table/table.ts";
import { conformTable } from "../rows/conformTable.ts";
import { encodeLabels } from "../rows/encodeLabels.ts";
import { historyFromBatch } from "../rows/historyFromBatch.ts";
import { predictor } from "../predict/predictor.ts";
import { requirePredictions } from "../predict/requirePredictions.ts";
import { rowsInReach } from "../rows/rowsInReach.ts";
import { unseenSeries } from "../rows/unseenSeries.ts";

export interface Evaluated {
  readonly evaluation: Evaluation;
  /** Positions in `table` of the evaluated rows: those with a label that the model's history reaches. */
  readonly rows: Int32Array;
  /** Number of labelled rows that the history does not reach. */
  readonly withoutHistory: number;
  /** Names of the series that training did not see: only earlier rows of the table are their history. */
  readonly unseenSeries: ReadonlySet<string>;
}

/** @throws {MlctlError} kind "data" if the rows do not fit the model or have no labels */
export function evaluate(model: Model, table: Table): Evaluated {
  const { inputs, common, predict, ...rows } = labelledRows(model, table);
  const prediction = predict(inputs);
  requirePredictions(prediction, { family: model.estimator.family, dataRows: rows.rows });
  return { evaluation: { ...common, ...prediction }, ...rows };
}

/** The labelled rows that the model can predict, and what their evaluations have in common. */
export function labelledRows(model: Model, table: Table) {
  const { task, classes = [] } = model.signature.target;
  const labels = encodeLabels(table, model.signature);
  const labelled = selectRows(conformTable(table, model.signature), labels.rows);
  const extended = historyFromBatch(model, { inputs: labelled, table: selectRows(table, labels.rows), y: labels.y });
  const reached = rowsInReach(extended, labelled);
  if (reached.length === 0) {
    throw new MlctlError("data", "the model's history reaches none of the rows", { hint: "train on newer rows" });
  }
  return {
    inputs: selectRows(labelled, reached),
    common: { task, classCount: classes.length, yTrue: selectValues(labels.y, reached) },
    predict: predictor(extended),
    rows: Int32Array.from(reached, (row) => labels.rows[row]!),
    withoutHistory: labels.rows.length - reached.length,
    unseenSeries: unseenSeries(model, labelled),
  };
}
