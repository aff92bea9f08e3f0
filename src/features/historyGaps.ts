/** Finds rows with too little history for features that look back. */
import type { FittedTransform } from "../core/records/model.ts";
import type { Table } from "../core/table/table.ts";
import type { HistoryGap } from "../core/transform.ts";
import { findTransform } from "./index.ts";

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
