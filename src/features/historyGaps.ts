/** Finds rows with too little history for features that look back. */
import type { FittedTransform } from "../core/records/model.ts";
import type { Table } from "../core/table/table.ts";
import type { HistoryGap, TransformContext, TransformRequest } from "../core/transform.ts";
import { findTransform } from "./index.ts";
import { fitSteps } from "./fitTransforms.ts";

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

/**
 * Positions of the rows with enough history for `requests`; all rows if no request looks back.
 * @throws {MlctlError} kind "usage" as `fitTransforms`
 */
export function rowsWithHistory(
  table: Table,
  requests: readonly TransformRequest[],
  context: TransformContext,
): Int32Array {
  const known = requests.filter(({ type }) => findTransform(type) !== undefined);
  const steps = fitSteps(table, known, context, ({ historyGaps: looksBack }) => looksBack !== undefined);
  const rows = new Int32Array(table.rowCount);
  for (let row = 0; row < rows.length; row++) rows[row] = row;
  const gaps = historyGaps(steps)?.(table);
  return gaps === undefined ? rows : rows.filter((row) => gaps[row]?.kind !== "missing");
}
