/** Finds the record files of a workspace and reads them. */
import { readFileSync, statSync } from "node:fs";
import { MlctlError } from "../../core/errors.ts";
import { namesIn } from "../files/commitFile.ts";
import { sha256Text } from "../files/sha256.ts";
import { fromRecordPath, toRecordPath, type WorkspacePaths } from "../files/workspacePaths.ts";
import { errorCode } from "../files/writeFailure.ts";
import { parseRecord, type ExpectedRecord } from "./parseRecord.ts";
import type { FoundChanges, KnownRecord, ReadRecord, RecordFile, RecordProblem } from "./records.ts";
import { recordKinds, type WorkspaceRecord } from "./workspaceRecord.ts";

/**
 * Record files in the configured folders, sorted by path. Includes those of `known` that still exist in other folders, so
 * that a changed folder in config.json loses no lineage (not for deployments and aliases).
 */
export function recordFiles(paths: WorkspacePaths, known: Iterable<string> = []): RecordFile[] {
  const found = new Map<string, RecordFile>();
  const add = (path: string): void => {
    const file = recordFile(paths, path);
    if (file !== undefined) found.set(path, file);
  };
  for (const path of configuredFiles(paths)) add(path);
  for (const path of known) {
    const kind = expectedRecord(path)?.kind;
    if (!found.has(path) && kind !== undefined && kind !== "deployment" && kind !== "aliases") add(path);
  }
  return [...found.values()].toSorted((a, b) => (a.path < b.path ? -1 : 1));
}

/** The file at a path as records store it; undefined if there is none. */
export function recordFile({ workspace }: WorkspacePaths, path: string): RecordFile | undefined {
  const stat = statSync(fromRecordPath(workspace, path), { bigint: true, throwIfNoEntry: false });
  if (stat?.isFile() !== true) return undefined;
  return { path, stat: `${stat.size}-${stat.mtimeNs}-${stat.ino}` };
}

/** @throws {MlctlError} kind "data" if the file is damaged */
export function readRecord(
  paths: WorkspacePaths,
  file: RecordFile,
  content = readFileSync(fromRecordPath(paths.workspace, file.path)),
): ReadRecord {
  const expected = expectedRecord(file.path);
  if (expected === undefined) throw new TypeError(`${file.path} is not a record file`);
  const record = parseRecord(content.toString("utf8"), file.path, expected);
  return { ...file, sha256: sha256Text(content), record };
}

/** Parses the text of a record file; undefined if `path` is not a record file. @throws {MlctlError} kind "data" */
export function parseRecordFile(text: string, path: string): WorkspaceRecord | undefined {
  const expected = expectedRecord(path);
  return expected === undefined ? undefined : parseRecord(text, path, expected);
}

function configuredFiles(paths: WorkspacePaths): string[] {
  const all = Object.entries(recordKinds).map(([kind, { folder }]) => [folder(paths), kind] as const);
  return [...all, [paths.models, "aliases"] as const, [paths.production, "deployment"] as const].flatMap(
    ([folder, kind]) => {
      const path = toRecordPath(paths.workspace, folder);
      return namesIn(folder)
        .filter((name) => expectedRecord(name)?.kind === kind)
        .map((name) => (path === "" ? name : `${path}/${name}`));
    },
  );
}

/** Kind and id, from the name of the file. */
function expectedRecord(path: string): ExpectedRecord | undefined {
  const name = path.slice(path.lastIndexOf("/") + 1);
  if (name === "deployment.json") return { kind: "deployment" };
  if (name === "aliases.json") return { kind: "aliases" };
  const [, kind, id] =
    /^(dataset|run|monitor|search|execution)_(.+)\.json$|^(deployment)_0*(\d+)\.json$/
      .exec(name)
      ?.filter((part) => part !== undefined) ?? [];
  return kind === undefined ? undefined : { kind: kind as WorkspaceRecord["kind"], id: id! };
}

/**
 * The record files that changed since the index was updated: reads only those whose size, mtime or inode changed. Damaged
 * ones become problems.
 */
export function changedFiles(paths: WorkspacePaths, known: ReadonlyMap<string, KnownRecord>): FoundChanges {
  const files = recordFiles(paths, known.keys());
  const [changed, touched]: [ReadRecord[], RecordFile[]] = [[], []];
  const problems: RecordProblem[] = [];
  for (const file of files) {
    const before = known.get(file.path);
    if (before?.stat === file.stat) continue;
    try {
      const content = readFileSync(fromRecordPath(paths.workspace, file.path));
      // What the index has was parsed when it came.
      if (before !== undefined && sha256Text(content) === before.sha256) touched.push(file);
      else changed.push(readRecord(paths, file, content));
    } catch (error) {
      // Removed meanwhile.
      if (errorCode(error) === "ENOENT") continue;
      problems.push({ path: file.path, error: asProblem(error, file.path) });
    }
  }
  const gone = new Set(known.keys());
  for (const { path } of files) gone.delete(path);
  for (const { path } of problems) if (known.has(path)) gone.add(path);
  return { changes: { changed, touched, removed: [...gone] }, problems };
}

function asProblem(error: unknown, path: string): MlctlError {
  if (error instanceof MlctlError) return error;
  if (errorCode(error) === undefined) throw error;
  return new MlctlError("failure", `the record ${path} cannot be read: ${String(error)}`, { cause: error });
}
