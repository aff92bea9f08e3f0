/** Updates the index from the record files. Every writer does this first, which repairs the effects of a kill. */
import { MlctlError } from "../../core/errors.ts";
import { readRecord, recordFiles, type ReadRecord, type RecordFile } from "../records/recordFiles.ts";
import type { RecordChanges, RunStore } from "./runStore.ts";
import type { WorkspacePaths } from "../files/workspacePaths.ts";
import { errorCode } from "../files/writeFailure.ts";

/** A record file that cannot be read; the index leaves it out. */
export interface RecordProblem {
  readonly path: string;
  readonly error: MlctlError;
}

export interface SyncResult {
  readonly indexed: number;
  readonly removed: number;
  readonly problems: readonly RecordProblem[];
}

/** Indexes new and changed record files and removes missing ones. Reads only files whose size, mtime or inode changed. */
export function syncStore(paths: WorkspacePaths, store: RunStore): SyncResult {
  const { changes, problems } = recordChanges(paths, store);
  if (changes.changed.length + changes.touched.length + changes.removed.length > 0) store.update(changes);
  return { indexed: changes.changed.length, removed: changes.removed.length, problems };
}

/** The changes that a sync would apply. */
export function recordChanges(
  paths: WorkspacePaths,
  store: RunStore,
): { changes: RecordChanges; problems: RecordProblem[] } {
  const known = store.knownRecords();
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

/** Reads record files. Damaged ones become problems; files that were removed meanwhile are left out. */
export function readRecords(
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
