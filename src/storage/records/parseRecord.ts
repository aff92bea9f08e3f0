/** Reads a record file's text, and refuses one that was damaged or edited into something else. */
import { MlctlError } from "../../core/errors.ts";
import { recordId, type WorkspaceRecord } from "./workspaceRecord.ts";

type Kind = "string" | "number" | "array" | "object" | "artifact" | "artifact?" | "string?";

/** What the index reads of each kind; the rest is taken as it stands. */
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

/** What the name of a record file says it holds. */
export interface ExpectedRecord {
  readonly kind: WorkspaceRecord["kind"];
  /** Undefined for deployment.json, whose name has no number. */
  readonly id?: string;
}

/**
 * @param path named in errors
 * @throws {MlctlError} kind "data"
 */
export function parseRecord(text: string, path: string, expected: ExpectedRecord): WorkspaceRecord {
  const value = parseJson(text, path);
  if (!isObject(value)) throw damaged(path, "it is not a JSON object");
  if (value["kind"] !== expected.kind) {
    throw damaged(path, `its kind is ${JSON.stringify(value["kind"])}, not ${JSON.stringify(expected.kind)}`);
  }
  for (const [key, kind] of Object.entries(shapes[expected.kind])) {
    if (!matches(value[key], kind)) throw damaged(path, `its ${key} is missing or of another type`);
  }
  // The shape was checked above as far as anything here reads it.
  const record = value as unknown as WorkspaceRecord;
  if (expected.id !== undefined && recordId(record) !== expected.id) {
    throw damaged(path, `it holds ${recordId(record)}, not ${expected.id} as its name says`);
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

function damaged(path: string, what: string, cause?: unknown): MlctlError {
  const again = path.endsWith("deployment.json") ? ", or delete it and run `mlctl deploy`" : "";
  return new MlctlError("data", `the record ${path} cannot be read: ${what}`, {
    hint: `restore it from a backup or another copy of the workspace${again}; \`mlctl verify\` lists what else is damaged`,
    cause,
  });
}
