/** Parses and validates a record file. */
import { MlctlError } from "../../core/errors.ts";
import { recordId, type WorkspaceRecord } from "./workspaceRecord.ts";

type Kind = "string" | "number" | "array" | "object" | "artifact" | "artifact?" | "string?";

/** The keys of each kind that the index reads; other keys are not checked. */
const shapes: Readonly<Record<WorkspaceRecord["kind"], Readonly<Record<string, Kind>>>> = {
  dataset: {
    datasetId: "string",
    createdAt: "string",
    inputFolder: "string",
    artifact: "artifact",
    rows: "number",
    columns: "array",
    files: "array",
    rejected: "array",
  },
  run: {
    runId: "string",
    status: "string",
    createdAt: "string",
    trainId: "string",
    family: "string",
    params: "object",
    metrics: "object",
    datasetSha256: "string",
    configSha256: "string",
    model: "artifact?",
  },
  deployment: {
    deploymentId: "number",
    runId: "string",
    deployedAt: "string",
    action: "string",
    aliases: "array",
    model: "artifact",
    latestScore: "artifact?",
    ingestedFiles: "artifact?",
    prunedAt: "string?",
  },
  aliases: { aliases: "object" },
  search: {
    searchId: "string",
    createdAt: "string",
    trainId: "string",
    key: "string",
    family: "string",
    featureSet: "string",
    metric: "string",
    method: "string",
    trials: "array",
  },
  execution: {
    executionId: "string",
    job: "string",
    command: "array",
    trigger: "string",
    startedAt: "string",
    status: "string",
  },
  monitor: {
    monitorId: "string",
    createdAt: "string",
    source: "string",
    window: "object",
    modelSha256: "string",
    status: "string",
    drift: "object",
    quality: "object",
    performance: "object",
    findings: "array",
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
  const value = parseJson(text, path);
  if (!isObject(value)) throw damaged(path, "it is not a JSON object");
  if (value["kind"] !== expected.kind) {
    throw damaged(path, `its kind is ${JSON.stringify(value["kind"])}, not ${JSON.stringify(expected.kind)}`);
  }
  for (const [key, kind] of Object.entries(shapes[expected.kind])) {
    if (!matches(value[key], kind)) throw damaged(path, `its ${key} is missing or has the wrong type`);
  }
  // The loop above checked all keys that storage reads.
  const record = value as unknown as WorkspaceRecord;
  if (expected.id !== undefined && recordId(record) !== expected.id) {
    throw damaged(path, `it contains ${recordId(record)}, but its file name says ${expected.id}`);
  }
  return record;
}

function parseJson(text: string, path: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw damaged(path, text.trim() === "" ? "it is empty" : "it is not JSON", error);
  }
}

function matches(value: unknown, kind: Kind): boolean {
  switch (kind) {
    case "array":
      return Array.isArray(value);
    case "object":
      return isObject(value);
    case "artifact":
      return isArtifact(value);
    case "artifact?":
      return value === null || isArtifact(value);
    case "string?":
      return value === undefined || typeof value === "string";
    default:
      return typeof value === kind;
  }
}

function isArtifact(value: unknown): boolean {
  return isObject(value) && typeof value["path"] === "string" && typeof value["sha256"] === "string";
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function damaged(path: string, reason: string, cause?: unknown): MlctlError {
  const redeploy = path.endsWith("deployment.json") ? ", or delete it and run `mlctl deploy`" : "";
  return new MlctlError("data", `the record ${path} cannot be read: ${reason}`, {
    hint: `restore it from a backup or another copy of the workspace${redeploy}; \`mlctl verify\` lists what else is damaged`,
    cause,
  });
}
