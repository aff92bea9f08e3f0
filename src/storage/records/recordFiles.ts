/** Finds the record files of a workspace and reads them. */
import { readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { parseRecord, type ExpectedRecord } from "./parseRecord.ts";
import { sha256Text } from "../files/sha256.ts";
import { fromRecordPath, toRecordPath, type WorkspacePaths } from "../files/workspacePaths.ts";
import { monitoringFolder, scheduleFolder, searchFolder, type WorkspaceRecord } from "./workspaceRecord.ts";
import { namesIn } from "../files/namesIn.ts";

/** A record file that has not been read yet. */
export interface RecordFile {
  /** Relative to the workspace. */
  readonly path: string;
  /** Size, mtime and inode; the content counts as unchanged while these are unchanged. */
  readonly stat: string;
}

/** A record file that was read. */
export interface ReadRecord extends RecordFile {
  readonly sha256: string;
  readonly record: WorkspaceRecord;
}

const patterns: readonly (readonly [RegExp, WorkspaceRecord["kind"]])[] = [
  [/^dataset_(.+)\.json$/, "dataset"],
  [/^run_(.+)\.json$/, "run"],
  [/^deployment_0*(\d+)\.json$/, "deployment"],
  [/^deployment\.json$/, "deployment"],
  [/^aliases\.json$/, "aliases"],
  [/^monitor_(.+)\.json$/, "monitor"],
  [/^search_(.+)\.json$/, "search"],
  [/^execution_(.+)\.json$/, "execution"],
];

/**
 * Record files in the configured folders, sorted by path. Includes those of `known` that still exist in other folders, so
 * that a changed folder in config.json loses no lineage (not for deployments and aliases).
 */
export function recordFiles(paths: WorkspacePaths, known: Iterable<string> = []): RecordFile[] {
  const found = new Map<string, RecordFile>();
  const add = (absolute: string): void => {
    const file = recordFile(paths, absolute);
    if (file !== undefined) found.set(file.path, file);
  };
  for (const absolute of configuredFiles(paths)) add(absolute);
  for (const path of known) {
    const kind = expectedRecord(path)?.kind;
    if (!found.has(path) && kind !== undefined && kind !== "deployment" && kind !== "aliases")
      add(fromRecordPath(paths.workspace, path));
  }
  return [...found.values()].toSorted((a, b) => (a.path < b.path ? -1 : 1));
}

/** The file at an absolute path; undefined if there is none. */
export function recordFile(paths: WorkspacePaths, absolute: string): RecordFile | undefined {
  const stat = statSync(absolute, { bigint: true, throwIfNoEntry: false });
  if (stat?.isFile() !== true) return undefined;
  return { path: toRecordPath(paths.workspace, absolute), stat: `${stat.size}-${stat.mtimeNs}-${stat.ino}` };
}

/** @throws {MlctlError} kind "data" if the file is damaged */
export function readRecord(paths: WorkspacePaths, file: RecordFile): ReadRecord {
  const content = readFileSync(fromRecordPath(paths.workspace, file.path));
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

function configuredFiles({ datasets, models, production }: WorkspacePaths): string[] {
  return [
    ...files(datasets, ["dataset"]),
    ...files(models, ["run", "aliases"]),
    ...files(monitoringFolder({ models }), ["monitor"]),
    ...files(searchFolder({ models }), ["search"]),
    ...files(scheduleFolder({ models }), ["execution"]),
    ...files(join(production, "history"), ["deployment"]),
    ...files(production, ["deployment"]),
  ];
}

function files(folder: string, kinds: readonly string[]): string[] {
  return namesIn(folder)
    .filter((name) => kinds.includes(expectedRecord(name)?.kind ?? ""))
    .map((name) => join(folder, name));
}

function expectedRecord(path: string): ExpectedRecord | undefined {
  const name = path.slice(path.lastIndexOf("/") + 1);
  for (const [pattern, kind] of patterns) {
    const match = pattern.exec(name);
    if (match !== null) return match[1] === undefined ? { kind } : { kind, id: match[1] };
  }
  return undefined;
}
