/** Brings the index in step with the record files: what every writer does first, so that a kill heals by itself. */
import { MlctlError } from "../../core/errors.ts";
import { readRecord, recordFiles, type ReadRecord, type RecordFile } from "../records/recordFiles.ts";
import type { RecordChanges, RunStore } from "./runStore.ts";
import type { WorkspacePaths } from "../files/workspacePaths.ts";
import { errorCode } from "../files/writeFailure.ts";

/** A record file that cannot be read; the index goes on without it. */
export interface RecordProblem {
  readonly path: string;
  readonly error: MlctlError;
}

export interface SyncResult {
  readonly indexed: number;
  readonly removed: number;
  readonly problems: readonly RecordProblem[];
}

/** Indexes record files that are new or changed and forgets those that are gone. Files that look the same are not read. */
export function syncStore(paths: WorkspacePaths, store: RunStore): SyncResult {
  const { changes, problems } = recordChanges(paths, store);
  if (changes.changed.length + changes.touched.length + changes.removed.length > 0) store.update(changes);
  return { indexed: changes.changed.length, removed: changes.removed.length, problems };
}

/** What a sync would do. */
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

/** Reads record files, keeping those apart that are damaged; one that vanished meanwhile is left out. */
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
