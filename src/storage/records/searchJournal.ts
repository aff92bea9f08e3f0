/** Journal of a search: a line for each trial as it ends, so that a killed search goes on where it was. */
import { appendFileSync, existsSync, readFileSync, rmSync } from "node:fs";
import { dirname, join } from "node:path";
import type { Json, JsonObject } from "../../core/json.ts";
import { ensureFolder } from "../files/commitFile.ts";
import { writeFailure } from "../files/writeFailure.ts";

export interface SearchJournal {
  /** Whole lines; a last one that was cut off is left out, and so is what is no line of ours. */
  lines(): JsonObject[];
  /** No fsync: a power cut may cost the last trials, a kill none. */
  append(line: JsonObject): void;
  remove(): void;
}

/** @param key names the search: the same key, the same trials */
export function searchJournal(folder: string, key: string): SearchJournal {
  const path = join(folder, `search_${key}.jsonl`);
  return {
    lines: () => (existsSync(path) ? readFileSync(path, "utf8").split("\n").flatMap(parsed) : []),
    append(line) {
      try {
        ensureFolder(dirname(path));
        // A line end first: what stood there may have been cut off in its middle.
        appendFileSync(path, `\n${JSON.stringify(line)}`);
      } catch (error) {
        throw writeFailure(error, path);
      }
    },
    remove: () => rmSync(path, { force: true }),
  };
}

function parsed(line: string): JsonObject[] {
  try {
    const value = JSON.parse(line) as Json;
    return typeof value === "object" && value !== null && !Array.isArray(value) ? [value as JsonObject] : [];
  } catch {
    return [];
  }
}
