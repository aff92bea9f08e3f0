/** Finds the record files of a workspace and reads them. */
import { readFileSync, statSync } from "node:fs";
import { hostname } from "node:os";
import { MlctlError } from "../../core/errors.ts";
import { namesIn, errorCode, processIsAlive } from "../files/atomicWrite.ts";
import { sha256Text, fromRecordPath, toRecordPath, type WorkspacePaths } from "../files/workspacePaths.ts";
import {
  type FoundChanges,
  type KnownRecord,
  type ReadRecord,
  type RecordFile,
  type RecordProblem,
  recordKinds,
  type WorkspaceRecord,
  recordId,
} from "./records.ts";
import { isObject } from "../../core/json.ts";
import type { Execution } from "../../core/records/execution.ts";

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

const types = {
  string: (value: unknown) => typeof value === "string",
  "string?": (value: unknown) => value === undefined || typeof value === "string",
  number: (value: unknown) => typeof value === "number",
  array: Array.isArray,
  object: isObject,
  artifact: isArtifact,
  "artifact?": (value: unknown) => value === null || isArtifact(value),
};

/** The keys of each kind of record that the index reads, by their type; other keys are not checked. */
const shapes: Readonly<Record<WorkspaceRecord["kind"], Readonly<Partial<Record<keyof typeof types, string>>>>> = {
  dataset: {
    string: "datasetId createdAt inputFolder",
    artifact: "artifact",
    number: "rows",
    array: "columns files rejected",
  },
  run: {
    string: "runId status createdAt trainId family datasetSha256 configSha256",
    object: "params metrics",
    "artifact?": "model",
  },
  deployment: {
    number: "deploymentId",
    string: "runId deployedAt action",
    array: "aliases",
    artifact: "model",
    "artifact?": "latestScore ingestedFiles",
    "string?": "prunedAt by host commit message",
  },
  aliases: { object: "aliases" },
  search: { string: "searchId createdAt trainId key family featureSet metric method", array: "trials" },
  execution: { string: "executionId job trigger startedAt status", array: "command" },
  monitor: {
    string: "monitorId createdAt source modelSha256 status",
    object: "window drift quality performance",
    array: "findings",
  },
};

/** Kind and id of a record, from its file name. */
export interface ExpectedRecord {
  readonly kind: WorkspaceRecord["kind"];
  /** Undefined if the name has no id, as for deployment.json. */
  readonly id?: string;
}

/**
 * @param path for error messages
 * @throws {MlctlError} kind "data" if the record is damaged or is not the expected one
 */
export function parseRecord(text: string, path: string, expected: ExpectedRecord): WorkspaceRecord {
  const value = parsed(text, path);
  if (!isObject(value)) throw damaged(path, "it is not a JSON object");
  if (value["kind"] !== expected.kind) {
    throw damaged(path, `its kind is ${JSON.stringify(value["kind"])}, not ${JSON.stringify(expected.kind)}`);
  }
  for (const [type, keys] of Object.entries(shapes[expected.kind])) {
    const wrong = keys.split(" ").find((key) => !types[type as keyof typeof types](value[key]));
    if (wrong !== undefined) throw damaged(path, `its ${wrong} is missing or has the wrong type`);
  }
  // The loop above checked all keys that storage reads.
  const record = value as unknown as WorkspaceRecord;
  if (expected.id !== undefined && recordId(record) !== expected.id) {
    throw damaged(path, `it contains ${recordId(record)}, but its file name says ${expected.id}`);
  }
  return record;
}

function parsed(text: string, path: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw damaged(path, text.trim() === "" ? "it is empty" : "it is not JSON", error);
  }
}

function isArtifact(value: unknown): boolean {
  return isObject(value) && typeof value["path"] === "string" && typeof value["sha256"] === "string";
}

function damaged(path: string, reason: string, cause?: unknown): MlctlError {
  const redeploy = path.endsWith("deployment.json") ? ", or delete it and run `mlctl deploy`" : "";
  return new MlctlError("data", `the record ${path} cannot be read: ${reason}`, {
    hint: `restore it from a backup or another copy of the workspace${redeploy}; \`mlctl verify\` lists what else is damaged`,
    cause,
  });
}

/** "killed" if the record says "running" but the process is gone. */
export function actualStatus({ status, host, pid }: Execution): Execution["status"] {
  return status === "running" && host === hostname() && !processIsAlive(pid) ? "killed" : status;
}
