/** Output of predict: to stdout row by row, or to a file that appears once it is complete. */
import { createWriteStream, existsSync, realpathSync, rmSync, statSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { finished } from "node:stream/promises";
import type { Writable } from "node:stream";
import type { Json } from "../../core/json.ts";
import { rowWriter, type RowSources, type RowWriter, type WriteOptions } from "../../data/stream/writeRows.ts";
import {
  commitFile,
  isStream,
  removeStaleTemporaries,
  temporaryPath,
  writeFailure,
} from "../../storage/files/atomicWrite.ts";
import { MlctlError } from "../../core/errors.ts";

export interface RowSink {
  write(columns: readonly string[], rows: readonly (readonly Json[])[], sources?: RowSources): Promise<void>;
  close(): Promise<void>;
  /** Leaves no file; what was written to stdout stays. */
  abandon(): Promise<void>;
}

/**
 * @param path a file, or "-" for `stdout`
 * @throws {MlctlError} from its methods, kind "failure", where the file cannot be written
 */
export function rowSink(path: string, stdout: Writable, options: Omit<WriteOptions, "columns">): RowSink {
  const temporary = path === "-" || isStream(path) ? undefined : temporaryPath(path);
  if (temporary !== undefined) removeStaleTemporaries(dirname(path));
  const stream = path === "-" ? stdout : createWriteStream(temporary ?? path, { flags: temporary ? "w" : "a" });
  let failure: Error | undefined;
  if (path !== "-") stream.on("error", (error: Error) => (failure = error));
  let columns: readonly string[] = [];
  let writer: RowWriter | undefined;
  return {
    async write(names, rows, sources) {
      if (failure !== undefined) throw writeFailure(failure, path);
      // JSON lines may name new columns later on; the header of a CSV is fixed.
      if (writer === undefined || (options.format === "jsonl" && names.length !== columns.length)) {
        columns = names;
        writer = rowWriter(stream, { ...options, columns });
      }
      const positions = names.length === columns.length ? null : columns.map((name) => names.indexOf(name));
      try {
        if (positions === null) await writer.write(rows, sources);
        else {
          const whole = rows.map((row, i) => (sources === undefined ? row : [...row, ...sources.added[i]!]));
          await writer.write(whole.map((row) => positions.map((at) => row[at] ?? null)));
        }
      } catch (error) {
        throw path === "-" ? error : writeFailure(error, path);
      }
    },
    async close() {
      if (path === "-") return;
      stream.end();
      await finished(stream).catch((error: Error) => Promise.reject(writeFailure(error, path)));
      if (temporary !== undefined) commitFile(temporary, path);
    },
    async abandon() {
      if (path === "-") return;
      stream.destroy();
      // The file may still be opening: it must be closed before it can be removed.
      if (!stream.closed) await new Promise<void>((resolve) => void stream.once("close", () => resolve()));
      if (temporary !== undefined && existsSync(temporary)) rmSync(temporary);
    },
  };
}

/** By the name that the user has for an input or output, such as "--reject-file": its path; "-" is a stream. */
type Places = Readonly<Record<string, string | undefined>>;

/**
 * Before any work is done.
 * @throws {MlctlError} kind "usage" where two places are the same, "failure" where the folder of an output does not exist
 */
export function checkPlaces(inputs: Places, outputs: Places): void {
  const roles = new Map<string, string>();
  const read = Object.entries(inputs).filter(([, path]) => path !== "-");
  for (const [role, path] of [...read, ...Object.entries(outputs)]) {
    if (path === undefined) continue;
    const identity = identityOf(path);
    const other = roles.get(identity);
    if (other !== undefined) {
      const what = path === "-" ? "both go to stdout" : `are the same file: ${path}`;
      throw new MlctlError("usage", `${role} and ${other} ${what}`, { hint: "name another file" });
    }
    roles.set(identity, role);
  }
  for (const path of Object.values(outputs)) {
    try {
      // With "/.", a file is not a folder.
      if (path !== undefined && path !== "-") statSync(`${dirname(path)}/.`);
    } catch (error) {
      throw writeFailure(error, path!);
    }
  }
}

/** By device and inode, so that links count as one file; a file that does not exist yet by its folder and name. */
function identityOf(path: string): string {
  if (path === "-") return path;
  try {
    const found = statSync(path, { throwIfNoEntry: false, bigint: true });
    return found === undefined ? join(realpathSync(dirname(path)), basename(path)) : `${found.dev}:${found.ino}`;
  } catch {
    // The folder is missing or unreadable: the error of opening the file says so.
    return path;
  }
}
