/** Refuses to read and write one file at once, under whatever names it goes. */
import { realpathSync, statSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { MlctlError } from "../core/errors.ts";

export interface Place {
  /** How the user named it: "the input", "--reject-file". */
  readonly role: string;
  /** "-" is a stream. */
  readonly path: string;
}

/** @throws {MlctlError} kind "usage" where two of them are the same file, or the same stream */
export function distinctPlaces(places: readonly Place[]): void {
  const known = new Map<string, Place>();
  for (const place of places) {
    const identity = identityOf(place.path);
    const other = known.get(identity);
    if (other !== undefined) {
      const what = place.path === "-" ? "both go to stdout" : `are the same file: ${place.path}`;
      throw new MlctlError("usage", `${place.role} and ${other.role} ${what}`, { hint: "name another file" });
    }
    known.set(identity, place);
  }
}

/** Links lead to one file; a file that is still to be written has only its folder. */
function identityOf(path: string): string {
  if (path === "-") return path;
  try {
    const found = statSync(path, { throwIfNoEntry: false, bigint: true });
    return found === undefined ? join(realpathSync(dirname(path)), basename(path)) : `${found.dev}:${found.ino}`;
  } catch {
    // Its folder is not there, or may not be looked into: whoever opens the file says so.
    return path;
  }
}
