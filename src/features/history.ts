/** The history of fitted transforms that look back: rows that have too little of it, and rows that are added to it. */
import { findColumn } from "../core/table/findColumn.ts";
import type { FittedTransform } from "../core/records/model.ts";
import type { Table } from "../core/table/table.ts";
import type { HistoryGap, LookBack } from "../core/transform.ts";
import { findTransform } from "./index.ts";

/** What each of the transforms that look back reads. */
export function lookBacks(transforms: readonly FittedTransform[]): LookBack[] {
  return transforms.flatMap(({ type, state }) => findTransform(type)?.looksBack?.(state) ?? []);
}

/** @returns a function from table to the gap of each row, or null; undefined if no transform looks back */
export function historyGaps(
  transforms: readonly FittedTransform[],
): ((table: Table) => (HistoryGap | null)[]) | undefined {
  const all = transforms.flatMap(({ type, state }) => findTransform(type)?.historyGaps?.(state) ?? []);
  if (all.length === 0) return undefined;
  return (table) => {
    const found = all.map((gapsOf) => gapsOf(table));
    return Array.from({ length: table.rowCount }, (_, row) => {
      const gaps = found.flatMap((each) => each[row] ?? []);
      // Missing history takes precedence over stale history.
      return gaps.find(({ kind }) => kind === "missing") ?? gaps[0] ?? null;
    });
  };
}

/**
 * Extends the history of transforms that look back by the rows of `known` after its end, as if they had been ingested. A
 * row still sees only earlier rows. All other learned state stays the same.
 */
export function extendHistory(transforms: readonly FittedTransform[], known: Table): readonly FittedTransform[] {
  // By time column: a step excludes rows for later steps by setting their time to NaN.
  const times = new Map<string, Float64Array>();
  return transforms.map(({ type, state }) => {
    const transform = findTransform(type);
    if (transform?.extendHistory === undefined) return { type, state };
    const dates = transform.inputNames(state).map((name) => findColumn(known, name));
    const column = dates.find((each) => each?.kind === "date");
    if (column?.kind !== "date") return { type, state };
    const later = { timeColumn: column.name, time: times.get(column.name) ?? column.values, columns: known };
    const extended = transform.extendHistory(state, later);
    times.set(column.name, transform.narrowHistory?.(extended, later).time ?? later.time);
    return { type, state: extended };
  });
}
