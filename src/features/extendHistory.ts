/** Lets fitted transforms know rows that came after training. */
import { findColumn } from "../core/table/findColumn.ts";
import type { FittedTransform } from "../core/records/model.ts";
import type { Table } from "../core/table/table.ts";
import { findTransform } from "./findTransform.ts";

/**
 * Transforms that look back see `known` beyond the end of their history, as if these rows had been ingested; a row still
 * sees only what is strictly before it. What was learned otherwise stays as it was.
 */
export function extendHistory(transforms: readonly FittedTransform[], known: Table): readonly FittedTransform[] {
  // What a step leaves out for those that follow, by marking its time as missing.
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
