/** Finds rows with too little history for features that look back. */
import { atOnce } from "../core/inTurns.ts";
import type { FittedTransform } from "../core/records/model.ts";
import type { Table } from "../core/table/table.ts";
import type { HistoryGap, Transform, TransformContext, TransformRequest } from "../core/transform.ts";
import { findTransform } from "./index.ts";
import { stepsInTurns } from "./fitTransforms.ts";

/** @returns a function from table to the gap of each row, or null; undefined if no transform looks back */
export function historyGaps(
  transforms: readonly FittedTransform[],
): ((table: Table) => (HistoryGap | null)[]) | undefined {
  const all = transforms.flatMap(({ type, state }) => findTransform(type)?.historyGaps?.(state) ?? []);
  if (all.length === 0) return undefined;
  return (table) => {
    const found = all.map((gapsOf) => gapsOf(table));
    return Array.from({ length: table.rowCount }, (_, row) => worst(found.map((gaps) => gaps[row] ?? null)));
  };
}

/** Missing history takes precedence over stale history. */
function worst(gaps: readonly (HistoryGap | null)[]): HistoryGap | null {
  return gaps.find((gap) => gap?.kind === "missing") ?? gaps.find((gap) => gap !== null) ?? null;
}

/** Positions of the rows that the history of a model reaches; all rows for a model that does not look back. */
export function rowsInReach(
  { transforms }: { readonly transforms: readonly FittedTransform[] },
  table: Table,
): Int32Array {
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
