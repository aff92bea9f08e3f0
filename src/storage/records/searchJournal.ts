/** Journal of a search: one line per finished trial, so that a killed search continues where it stopped. */
import { appendFileSync, existsSync, readFileSync, rmSync } from "node:fs";
import { dirname, join } from "node:path";
import { isObject, parseJson, type JsonObject } from "../../core/json.ts";
import { ensureFolder } from "../files/commitFile.ts";
import { writeFailure } from "../files/writeFailure.ts";

export type SearchJournal = ReturnType<typeof searchJournal>;

/** @param key identifies the search; searches with the same key share their trials */
export function searchJournal(folder: string, key: string) {
  const path = join(folder, `search_${key}.jsonl`);
  return {
    /** Complete lines; skips a truncated line and anything that is not a JSON object. */
    lines: (): JsonObject[] => {
      const values = existsSync(path) ? readFileSync(path, "utf8").split("\n").map(parseJson) : [];
      return values.filter(isObject) as JsonObject[];
    },
    /** No fsync: a power cut may lose the last trials, a kill loses none. */
    append(line: JsonObject): void {
      try {
        ensureFolder(dirname(path));
        // Start with a line end, because the previous line may be truncated.
        appendFileSync(path, `\n${JSON.stringify(line)}`);
      } catch (error) {
        throw writeFailure(error, path);
      }
    },
    remove: (): void => rmSync(path, { force: true }),
  };
}
