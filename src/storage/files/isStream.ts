/** Tells devices, pipes and open descriptors from regular files. */
import { statSync } from "node:fs";
import { resolve } from "node:path";

/** Links to open descriptors of the process. Such a link must not be replaced, even if it leads to a file. */
const DESCRIPTOR = /^\/(dev\/(stdin|stdout|stderr|fd\/\d+)|proc\/(self|\d+)\/fd\/\d+)$/;

/** True for /dev/null, /dev/stdout or a named pipe, which a rename would replace for all processes. */
export function isStream(path: string): boolean {
  if (DESCRIPTOR.test(resolve(path))) return true;
  try {
    const stat = statSync(path);
    return !stat.isFile() && !stat.isDirectory();
  } catch {
    // Missing or not accessible: writing will report the error.
    return false;
  }
}
