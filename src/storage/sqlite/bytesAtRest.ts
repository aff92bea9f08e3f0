/** Reads a database file that no process has open, so that reading leaves no files behind. */
import { accessSync, constants, readFileSync, statSync } from "node:fs";

/** A larger file is opened by SQLite. */
const MAX_BYTES_IN_MEMORY = 1 << 28;

/**
 * Even a read-only connection to a database in WAL mode creates `-wal` and `-shm` files. So if no other process has the
 * database open, its bytes are read instead. Undefined if a process has it open, or opens it meanwhile, or it is too large.
 */
export function bytesAtRest(path: string): Buffer | undefined {
  const state = (): string | undefined => {
    const { size, mtimeNs } = statSync(path, { bigint: true });
    // An empty one was left by a process that could not write on a full disk.
    const hasLog = (statSync(`${path}-wal`, { throwIfNoEntry: false })?.size ?? 0) > 0;
    return hasLog || size > MAX_BYTES_IN_MEMORY ? undefined : `${size} ${mtimeNs}`;
  };
  const before = state();
  if (before === undefined || !isReadable(path)) return undefined;
  const bytes = readFileSync(path);
  if (state() !== before) return undefined;
  // Read and write version 2 means WAL mode, which a database in memory does not support
  // (https://sqlite.org/fileformat.html).
  if (bytes[18] === 2 && bytes[19] === 2) bytes.fill(1, 18, 20);
  return bytes;
}

/** If the file is not readable, SQLite reports the error. */
function isReadable(path: string): boolean {
  try {
    accessSync(path, constants.R_OK);
    return true;
  } catch {
    return false;
  }
}
