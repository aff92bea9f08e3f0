import { MlctlError } from "../../core/errors.ts";
import { isObject } from "../../core/json.ts";
import { recordId, type WorkspaceRecord } from "./workspaceRecord.ts";

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
