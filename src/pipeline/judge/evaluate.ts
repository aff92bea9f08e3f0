/** Predicts labelled rows and pairs predictions with labels. */
import { MlctlError } from "../../core/errors.ts";
import type { Evaluation } from "../../core/metric.ts";
import type { Model } from "../../core/records/model.ts";
import { selectRows, selectValues, type Table } from "../../core/table/table.ts";
import { conformTable } from "../rows/conformTable.ts";
import { encodeLabels } from "../rows/encodeLabels.ts";
import { historyFromBatch, rowsInReach, rowsToJudge, unseenSeries } from "../rows/rowsInReach.ts";
import { predictor, requirePredictions } from "../predict/predictor.ts";

export interface Evaluated {
  readonly evaluation: Evaluation;
  /** Positions in `table` of the rows with a label that the history reaches without a gap. */
  readonly rows: Int32Array;
  /** The other rows with a label. */
  readonly withoutHistory: {
    readonly count: number;
    /** Of the first of them, or of all rows if none is left; else empty. */
    readonly reason: string;
  };
  /** Only earlier rows of the table are their history. */
  readonly unseenSeries: ReadonlySet<string>;
}

/** @throws {MlctlError} kind "data" if the rows do not fit the model or have no labels */
export function evaluate(model: Model, table: Table): Evaluated {
  const { inputs, common, predict, ...rows } = labelledRows(model, table);
  const prediction = predict(inputs);
  requirePredictions(prediction, { family: model.estimator.family, dataRows: rows.rows });
  return { evaluation: { ...common, ...prediction }, ...rows };
}

export function labelledRows(model: Model, table: Table) {
  const { task, classes = [] } = model.signature.target;
  const labels = encodeLabels(table, model.signature);
  const labelled = selectRows(conformTable(table, model.signature), labels.rows);
  const extended = historyFromBatch(model, { inputs: labelled, table: selectRows(table, labels.rows), y: labels.y });
  const { rows: judged, reasonOf } = rowsToJudge(extended, labelled);
  // A comparison with a gap is better than none.
  const reached = judged.length > 0 ? judged : rowsInReach(extended, labelled);
  if (reached.length === 0) {
    throw new MlctlError("data", "the model's history reaches none of the rows", { hint: "train on newer rows" });
  }
  return {
    inputs: selectRows(labelled, reached),
    common: { task, classCount: classes.length, yTrue: selectValues(labels.y, reached) },
    predict: predictor(extended),
    rows: Int32Array.from(reached, (row) => labels.rows[row]!),
    withoutHistory: {
      count: labels.rows.length - reached.length,
      reason: [...labels.rows.keys()].map(reasonOf).find((each) => each !== undefined) ?? "",
    },
    unseenSeries: unseenSeries(model, labelled),
  };
}
