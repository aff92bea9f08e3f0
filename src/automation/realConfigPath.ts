/** One name for a workspace, however its folder was reached. */
import { realpathSync } from "node:fs";
import { basename, dirname, join } from "node:path";

/** With the links of its folder followed; as it is where that is gone. The file itself may be a link to a shared one. */
export function realConfigPath(path: string): string {
  try {
    return join(realpathSync(dirname(path)), basename(path));
  } catch {
    return path; // The workspace was moved or deleted.
  }
}
