/** Where the rows of predict go: to stdout as they come, or to a file that appears when it is complete. */
import { createWriteStream, existsSync, rmSync } from "node:fs";
import { dirname } from "node:path";
import { finished } from "node:stream/promises";
import type { Writable } from "node:stream";
import type { Json } from "../core/json.ts";
import { rowWriter, type RowSources, type RowWriter } from "../data/writeRows.ts";
import { commitFile } from "../storage/files/commitFile.ts";
import { isStream } from "../storage/files/isStream.ts";
import { removeStaleTemporaries, temporaryPath } from "../storage/files/temporaryPath.ts";
import { writeFailure } from "../storage/files/writeFailure.ts";

export interface RowSinkOptions {
  readonly format: "csv" | "jsonl";
  /** See WriteOptions. */
  readonly bareEmpty: boolean;
  /** See WriteOptions. */
  readonly formulaSafe?: boolean;
}

export interface RowSink {
  write(columns: readonly string[], rows: readonly (readonly Json[])[], sources?: RowSources): Promise<void>;
  close(): Promise<void>;
  /** Leaves no file behind; what stdout has taken is gone. */
  abandon(): Promise<void>;
}

/**
 * @param path a file, or "-" for `stdout`
 * @throws {MlctlError} from its methods, kind "failure", where the file cannot be written
 */
export function rowSink(
  path: string,
  stdout: Writable,
  { format, bareEmpty, formulaSafe = false }: RowSinkOptions,
): RowSink {
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
      // JSON lines may name new columns later on; the header of a CSV stands.
      if (writer === undefined || (format === "jsonl" && names.length !== columns.length)) {
        columns = names;
        writer = rowWriter(stream, { format, columns, bareEmpty, formulaSafe });
      }
      const positions =
        names === columns || names.length === columns.length ? null : columns.map((name) => names.indexOf(name));
      if (positions === null) await writer.write(rows, sources);
      else await writer.write(rows.map((row) => positions.map((at) => row[at] ?? null)));
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
      // The file may be opened only now: it must be closed before it can go.
      if (!stream.closed) await new Promise<void>((resolve) => void stream.once("close", () => resolve()));
      if (temporary !== undefined && existsSync(temporary)) rmSync(temporary);
    },
  };
}
