/** A model's answers for labelled rows, beside the truth. */
import type { Evaluation } from "../core/metric.ts";
import type { Model } from "../core/model.ts";
import { selectRows } from "../core/selectRows.ts";
import type { Table } from "../core/table.ts";
import { conformTable } from "./conformTable.ts";
import { encodeLabels } from "./encodeLabels.ts";
import { predictor } from "./predictor.ts";

export interface Evaluated {
  readonly evaluation: Evaluation;
  /** Positions in `table` of the rows that were judged: those with a target. */
  readonly rows: Int32Array;
}

/** @throws {MlctlError} kind "data" where the rows do not fit the model or have no target */
export function evaluate(model: Model, table: Table): Evaluated {
  const { target } = model.signature;
  const { y, rows } = encodeLabels(table, target);
  const inputs = selectRows(conformTable(table, model.signature), rows);
  const classCount = target.classes?.length ?? 0;
  return { evaluation: { task: target.task, classCount, yTrue: y, ...predictor(model)(inputs) }, rows };
}
