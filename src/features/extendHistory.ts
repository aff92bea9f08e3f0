/** Adds rows after training to the history of fitted transforms. */
import { findColumn } from "../core/table/findColumn.ts";
import type { FittedTransform } from "../core/records/model.ts";
import type { Table } from "../core/table/table.ts";
import { findTransform } from "./index.ts";

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
