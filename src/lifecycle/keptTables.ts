/** Keeps tables that steps of one process read again and again, by the state of their files. */
import { statSync } from "node:fs";
import type { Table } from "../core/table/table.ts";

export interface KeptTables {
  /**
   * What `read` makes of the files, once for each state of them: a file that is written anew is read anew.
   * @param how what else the table depends on, as JSON
   */
  of<T extends Table>(files: readonly string[], how: object, read: () => Promise<T>): Promise<T>;
}

/** 16 MB of numbers: to read that again takes little beside what is done with it, to keep it takes memory for long. */
const MOST_CELLS = 2_000_000;

export function keptTables(): KeptTables {
  const kept = new Map<string, Table>();
  return {
    async of<T extends Table>(files: readonly string[], how: object, read: () => Promise<T>): Promise<T> {
      const key = JSON.stringify([files.map(stateOf), how]);
      const known = kept.get(key);
      if (known !== undefined) return known as T;
      const table = await read();
      if (table.rowCount * table.columns.length <= MOST_CELLS) kept.set(key, table);
      return table;
    },
  };
}

function stateOf(file: string): string[] {
  // What is not there, the reader says.
  const state = statSync(file, { bigint: true, throwIfNoEntry: false });
  return state === undefined ? [file] : [file, ...[state.ino, state.size, state.mtimeNs].map(String)];
}
