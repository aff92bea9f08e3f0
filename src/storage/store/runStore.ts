/** The index over the records of a workspace; it can be rebuilt from them at any time. */
import type { Dataset } from "../../core/records/dataset.ts";
import type { Deployment } from "../../core/records/deployment.ts";
import type { Execution } from "../../core/records/execution.ts";
import type { MonitorRecord } from "../../core/records/monitoring.ts";
import type { Run, RunStatus } from "../../core/records/run.ts";
import type { SearchRecord } from "../../core/records/search.ts";
import type { ReadRecord } from "../records/recordFiles.ts";
import type { KnownRecord, RecordChanges } from "../records/records.ts";
import type { Browse } from "./browse.ts";
import type { DatedAhead } from "./clockAhead.ts";

export interface RunFilter {
  readonly family?: string | undefined;
  readonly status?: RunStatus;
  readonly datasetSha256?: string;
  readonly configSha256?: string;
  /** Only runs with a model file. */
  readonly withModel?: boolean;
  /** "owner=ann", or "owner" for any value. */
  readonly tag?: string | undefined;
  readonly limit?: number;
}

export interface MonitorFilter {
  readonly modelSha256?: string | undefined;
  readonly runId?: string | undefined;
  readonly limit?: number | undefined;
}

export interface Alias {
  readonly name: string;
  readonly runId: string;
  /** "deployment": set by the current deployment; "manual": from aliases.json. */
  readonly source: "deployment" | "manual";
}

export interface ExecutionFilter {
  readonly job?: string;
  readonly limit?: number;
  /** Leaves out manual runs. */
  readonly unattended?: boolean;
}

export interface RunStore {
  /** Records that are dated after this machine's clock; they come last wherever the newest are asked for. */
  datedAhead(): DatedAhead | undefined;

  /** Newest first. */
  datasets(): Dataset[];
  /** By dataset id, or by the complete sha256 of its file (the newest match). */
  dataset(idOrSha256: string): Dataset | undefined;
  latestDataset(inputFolder?: string): Dataset | undefined;

  /** Newest first; the candidates of one training by rank. */
  runs(filter?: RunFilter): Run[];
  /** By its exact id. */
  run(runId: string): Run | undefined;
  /** By id or unique prefix. @throws {MlctlError} kind "usage" if none or several match, "notReady" if there are no runs */
  findRun(idOrPrefix: string): Run;
  /** The candidates of one training by rank. */
  runsOfTraining(trainId: string): Run[];
  /** The newest finished run with a model. */
  latestModelRun(): Run | undefined;
  runOfVersion(modelVersion: number): Run | undefined;
  /** The number for the next model trained in this workspace. */
  nextModelVersion(): number;

  aliases(): Alias[];
  /** The run of an alias (without @); deployment.json has precedence over aliases.json. */
  runOfAlias(name: string): Run | undefined;

  /** Newest first. */
  deployments(): Deployment[];
  /** The deployment that was active at `instant`, an ISO 8601 time. */
  deploymentAt(instant: string): Deployment | undefined;

  /** Newest first. @param key only searches with this key, which ran with the same settings */
  searches(key?: string): SearchRecord[];

  /** Monitoring results, newest window first (a window without a time by its creation time). */
  monitorings(filter?: MonitorFilter): MonitorRecord[];
  monitoring(monitorId: string): MonitorRecord | undefined;

  /** Executions of scheduled jobs, newest first. */
  executions(filter?: ExecutionFilter): Execution[];

  /** Paged queries. */
  readonly browse: Browse;

  /** The state of the record files when they were indexed, by path. */
  knownRecords(): Map<string, KnownRecord>;
  /** Another number after each change by another process or handle. */
  version(): number;
  /**
   * Applies the changes in one transaction.
   * @param unless nothing is changed if `version` is another one by now
   * @returns whether they were applied
   */
  update(changes: RecordChanges, unless?: number): boolean;
  /** Clears and refills the index in one transaction. */
  rebuild(records: readonly ReadRecord[]): void;
  /** The problems that SQLite's integrity check finds; empty if there are none. */
  integrityProblems(): string[];
  close(): void;
}
