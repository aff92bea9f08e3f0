/** RunStore: the index over the records of a workspace; everything in it can be rebuilt from them. */
import type { Dataset } from "../../core/records/dataset.ts";
import type { Deployment } from "../../core/records/deployment.ts";
import type { Execution } from "../../core/records/execution.ts";
import type { MonitorRecord } from "../../core/records/monitoring.ts";
import type { Run, RunStatus } from "../../core/records/run.ts";
import type { SearchRecord } from "../../core/records/search.ts";
import type { ReadRecord, RecordFile } from "../records/recordFiles.ts";
import type { Browse } from "./browse.ts";

export interface RunFilter {
  readonly family?: string;
  readonly status?: RunStatus;
  readonly datasetSha256?: string;
  readonly configSha256?: string;
  /** Only runs that kept a model. */
  readonly withModel?: boolean;
  readonly limit?: number;
}

export interface MonitorFilter {
  readonly modelSha256?: string;
  readonly runId?: string;
  readonly limit?: number;
}

export interface Alias {
  readonly name: string;
  readonly runId: string;
  /** "deployment" follows what is deployed; "manual" stands in aliases.json. */
  readonly source: "deployment" | "manual";
}

/** What a sync found out about record files since the last one. */
export interface RecordChanges {
  readonly changed: readonly ReadRecord[];
  /** Same content, but another time or inode. */
  readonly touched: readonly RecordFile[];
  /** Paths. */
  readonly removed: readonly string[];
}

export interface ExecutionFilter {
  readonly job?: string;
  readonly limit?: number;
  /** Leaves out what was run by hand. */
  readonly unattended?: boolean;
}

export interface RunStore {
  /** Newest first. */
  datasets(): Dataset[];
  /** By dataset id, or by the whole sha256 of its file (then the newest). */
  dataset(idOrSha256: string): Dataset | undefined;
  latestDataset(inputFolder?: string): Dataset | undefined;

  /** Newest first; the candidates of one training by rank. */
  runs(filter?: RunFilter): Run[];
  /** By its exact id. */
  run(runId: string): Run | undefined;
  /** By id or unique prefix. @throws {MlctlError} kind "usage" where none or several fit */
  findRun(idOrPrefix: string): Run;
  /** The candidates of one training by rank. */
  runsOfTraining(trainId: string): Run[];
  /** The newest finished run with a model. */
  latestModelRun(): Run | undefined;
  runOfVersion(modelVersion: number): Run | undefined;
  /** The number for the next model trained in this workspace. */
  nextModelVersion(): number;

  aliases(): Alias[];
  /** The run behind an alias (without @); where both have the name, deployment.json wins over aliases.json. */
  runOfAlias(name: string): Run | undefined;

  /** Newest first. */
  deployments(): Deployment[];
  /** The deployment in force at that instant. @param instant ISO 8601 UTC, as records have it */
  deploymentAt(instant: string): Deployment | undefined;

  /** Newest first. @param key only those that tried the same in the same way */
  searches(key?: string): SearchRecord[];

  /** What monitoring found, newest window first (windows without a time by when they were judged). */
  monitorings(filter?: MonitorFilter): MonitorRecord[];
  monitoring(monitorId: string): MonitorRecord | undefined;

  /** Of scheduled jobs, newest first. */
  executions(filter?: ExecutionFilter): Execution[];

  /** A screenful at a time. */
  readonly browse: Browse;

  /** Record files as they were when they were indexed, by path. */
  knownRecords(): Map<string, { readonly stat: string; readonly sha256: string }>;
  /** One transaction. */
  update(changes: RecordChanges): void;
  /** Empties the index and fills it again, in one transaction. */
  rebuild(records: readonly ReadRecord[]): void;
  /** SQLite's own check; empty means sound. */
  integrityProblems(): string[];
  close(): void;
}
