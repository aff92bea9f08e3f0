/** The record files that changed since the index was updated. */
import { MlctlError } from "../../core/errors.ts";
import type { WorkspacePaths } from "../files/workspacePaths.ts";
import { errorCode } from "../files/writeFailure.ts";
import { readRecord, recordFiles, type ReadRecord, type RecordFile } from "./recordFiles.ts";
import type { FoundChanges, KnownRecord, RecordProblem } from "./records.ts";

/** Reads only files whose size, mtime or inode changed. Damaged ones become problems. */
export function changedFiles(paths: WorkspacePaths, known: ReadonlyMap<string, KnownRecord>): FoundChanges {
  const files = recordFiles(paths, known.keys());
  const { records, problems } = readRecords(
    paths,
    files.filter(({ path, stat }) => known.get(path)?.stat !== stat),
  );
  const unreadable = new Set(problems.map(({ path }) => path));
  const present = new Set(files.map(({ path }) => path));
  return {
    changes: {
      changed: records.filter(({ path, sha256 }) => known.get(path)?.sha256 !== sha256),
      touched: records.filter(({ path, sha256 }) => known.get(path)?.sha256 === sha256),
      removed: [...known.keys()].filter((path) => !present.has(path) || unreadable.has(path)),
    },
    problems,
  };
}

/** Files that were removed meanwhile are left out. */
function readRecords(
  paths: WorkspacePaths,
  files: readonly RecordFile[],
): { records: ReadRecord[]; problems: RecordProblem[] } {
  const records: ReadRecord[] = [];
  const problems: RecordProblem[] = [];
  for (const file of files) {
    try {
      records.push(readRecord(paths, file));
    } catch (error) {
      if (errorCode(error) === "ENOENT") continue;
      problems.push({ path: file.path, error: asProblem(error, file.path) });
    }
  }
  return { records, problems };
}

function asProblem(error: unknown, path: string): MlctlError {
  if (error instanceof MlctlError) return error;
  if (errorCode(error) === undefined) throw error;
  return new MlctlError("failure", `the record ${path} cannot be read: ${String(error)}`, { cause: error });
}
