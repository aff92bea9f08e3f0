/** Finds the rows with enough history. */
import { atOnce } from "../../core/inTurns.ts";
import type { Model } from "../../core/records/model.ts";
import type { Table } from "../../core/table/table.ts";
import type { Transform, TransformContext, TransformRequest } from "../../core/transform.ts";
import { stepsInTurns } from "../../features/fitTransforms.ts";
import { historyGaps } from "../../features/history.ts";
import { findTransform } from "../../features/index.ts";

/** Positions of the rows that the history of a model reaches; all rows for a model that does not look back. */
export function rowsInReach({ transforms }: Pick<Model, "transforms">, table: Table): Int32Array {
  const gaps = historyGaps(transforms)?.(table);
  const rows = new Int32Array(table.rowCount);
  for (let row = 0; row < rows.length; row++) rows[row] = row;
  return gaps === undefined ? rows : rows.filter((row) => gaps[row]?.kind !== "missing");
}

/**
 * Positions of the rows with enough history for `requests`; all rows if no request looks back.
 * @throws {MlctlError} kind "usage" as `fitInTurns`
 */
export function rowsWithHistory(
  table: Table,
  requests: readonly TransformRequest[],
  context: TransformContext,
): Int32Array {
  const known = requests.filter(({ type }) => findTransform(type) !== undefined);
  return rowsInReach({ transforms: atOnce(stepsInTurns(table, known, context, looksBack)) }, table);
}

function looksBack(transform: Transform): boolean {
  return transform.historyGaps !== undefined;
}
