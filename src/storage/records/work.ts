/** Work that a command shares with the workers of its workspace: through the queue of its database. */
import { appendFileSync, existsSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { dirname, join } from "node:path";
import { isObject, parseJson, type JsonObject } from "../../core/json.ts";
import { ensureFolder, writeFailure } from "../files/atomicWrite.ts";

/** A part of the work, as somebody took it to do it. */
export interface TakenTask {
  readonly id: string;
  /** Grows each time it is taken; a result of an earlier attempt does not count. */
  readonly retryCount: number;
  readonly bytes: Buffer;
}

export interface NewTask {
  /** For people: "xgboost, fold 2". */
  readonly title: string;
  readonly bytes: Buffer;
}

export interface LivingWorker {
  readonly host: string;
  readonly pid: number;
  readonly threads: number;
  /** Of mlctl and what it computes with; see `computeVersion`. */
  readonly version: string;
  readonly since: string;
  readonly tasks: readonly string[];
}

/** Results that came since the last call, by task. */
export interface Progress {
  readonly done: ReadonlyMap<string, Buffer>;
  /** Tasks that no worker could do. */
  readonly failed: readonly string[];
}

/** Where the bytes of offers are: in the bucket where there is one, else in the database. */
export interface WorkBytes {
  put(offer: string, bytes: Buffer): Promise<void>;
  /** Undefined where there are none. */
  get(offer: string): Promise<Buffer | undefined>;
  remove(offer: string): Promise<void>;
}

/** Journal of a search: one line per finished trial, so that a killed search continues where it stopped. */

/** Keys of the searches that have not ended. */
export function searchJournals(folder: string): string[] {
  const names = existsSync(folder) ? readdirSync(folder) : [];
  return names.flatMap((name) => /^search_(.+)\.jsonl$/.exec(name)?.slice(1) ?? []);
}

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
