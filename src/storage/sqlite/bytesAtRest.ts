/** The bytes of a database that nobody has open, so that looking writes nothing. */
import { accessSync, constants, existsSync, readFileSync, statSync } from "node:fs";

/** A larger file is read through SQLite. */
const MOST_BYTES_IN_MEMORY = 1 << 28;

/**
 * Even a reader of a database in WAL mode leaves `-wal` and `-shm` files. Where no other process has it open, its bytes
 * are read instead. Undefined where one has, or came meanwhile, or there are too many bytes.
 */
export function bytesAtRest(path: string): Buffer | undefined {
  const state = (): string | undefined => {
    const { size, mtimeNs } = statSync(path, { bigint: true });
    return existsSync(`${path}-wal`) || size > MOST_BYTES_IN_MEMORY ? undefined : `${size} ${mtimeNs}`;
  };
  const before = state();
  if (before === undefined || !isReadable(path)) return undefined;
  const bytes = readFileSync(path);
  if (state() !== before) return undefined;
  // Read and write version 2 means WAL, which a database in memory cannot have (https://sqlite.org/fileformat.html).
  if (bytes[18] === 2 && bytes[19] === 2) bytes.fill(1, 18, 20);
  return bytes;
}

/** Otherwise SQLite says what is wrong. */
function isReadable(path: string): boolean {
  try {
    accessSync(path, constants.R_OK);
    return true;
  } catch {
    return false;
  }
}
