/** Tells a device or a pipe from a file. */
import { statSync } from "node:fs";

/** True for /dev/null, /dev/stdout or a named pipe: renaming a file to such a path would replace it for everybody. */
export function isStream(path: string): boolean {
  try {
    const stat = statSync(path);
    return !stat.isFile() && !stat.isDirectory();
  } catch {
    // Not there yet, or out of reach: writing says what is wrong.
    return false;
  }
}
