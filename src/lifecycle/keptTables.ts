/** Cache of the tables that several steps of one process read. A change of a file invalidates its entry. */
import { statSync } from "node:fs";
import type { Table } from "../core/table/table.ts";

/**
 * Returns the cached table, or calls `read` if a file has changed since.
 * @param how everything else that the table depends on, as JSON
 */
export type KeptTables = <T extends Table>(files: readonly string[], how: object, read: () => Promise<T>) => Promise<T>;

/** 16 MB of numbers. Larger tables are read again: reading is cheap compared with the work on them, memory is not. */
const MAX_CELLS = 2_000_000;

export function keptTables(): KeptTables {
  const kept = new Map<string, Table>();
  return async <T extends Table>(files: readonly string[], how: object, read: () => Promise<T>): Promise<T> => {
    const key = JSON.stringify([files.map(stateOf), how]);
    const cached = kept.get(key);
    if (cached !== undefined) return cached as T;
    const table = await read();
    if (table.rowCount * table.columns.length <= MAX_CELLS) kept.set(key, table);
    return table;
  };
}

function stateOf(file: string): string[] {
  // The reader reports a missing file.
  const state = statSync(file, { bigint: true, throwIfNoEntry: false });
  return state === undefined ? [file] : [file, ...[state.ino, state.size, state.mtimeNs].map(String)];
}
