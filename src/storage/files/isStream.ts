/** Tells a device, a pipe or an open descriptor from a file. */
import { statSync } from "node:fs";
import { resolve } from "node:path";

/** Links to what the process has open, be it a file: the link is not to be replaced. */
const DESCRIPTOR = /^\/(dev\/(stdin|stdout|stderr|fd\/\d+)|proc\/(self|\d+)\/fd\/\d+)$/;

/** True for /dev/null, /dev/stdout or a named pipe: renaming a file to such a path would replace it for everybody. */
export function isStream(path: string): boolean {
  if (DESCRIPTOR.test(resolve(path))) return true;
  try {
    const stat = statSync(path);
    return !stat.isFile() && !stat.isDirectory();
  } catch {
    // Not there yet, or out of reach: writing says what is wrong.
    return false;
  }
}
