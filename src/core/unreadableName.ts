/** File names whose bytes are not UTF-8, for example from an archive that was made on Windows. */
import { lstatSync } from "node:fs";

export const UNREADABLE_NAME = "its name is not UTF-8; rename it";

/** Whether a listed path cannot be opened: Node replaces such bytes by U+FFFD, and then finds no file of that name. */
export function hasUnreadableName(path: string): boolean {
  return path.includes("\uFFFD") && lstatSync(path, { throwIfNoEntry: false }) === undefined;
}
