/** Implements RunStore with SQLite. */
import type { Dataset } from "../../core/records/dataset.ts";
import type { Deployment } from "../../core/records/deployment.ts";
import type { Execution } from "../../core/records/execution.ts";
import { MlctlError } from "../../core/errors.ts";
import type { MonitorRecord } from "../../core/records/monitoring.ts";
import type { Run } from "../../core/records/run.ts";
import type { SearchRecord } from "../../core/records/search.ts";
import { suggest } from "../../core/text/suggest.ts";
import type { ReadRecord } from "../records/recordFiles.ts";
import type { KnownRecord, RecordChanges } from "../records/records.ts";
import type { SqliteDatabase } from "../sqlite/sqlite.ts";
import { browse, TAGGED, type Browse } from "./browse.ts";
import { datedAhead, newestFirst, newestWindowsFirst, type DatedAhead } from "./clockAhead.ts";
import { executor, type Execute } from "./execute.ts";
import { ambiguousRunError, deployedRunError } from "./runErrors.ts";
import { forgetOrphans, indexRecord } from "./indexRecord.ts";
import { tables } from "./migrations.ts";
import { withStoreErrors } from "./storeFailure.ts";
import type { Alias, ExecutionFilter, MonitorFilter, RunFilter, RunStore } from "./runStore.ts";

type Value = string | number | null;

export class SqliteStore implements RunStore {
  readonly browse: Browse = browse((sql, values) => this.#rows(sql, ...values));
  readonly #database: SqliteDatabase;
  readonly #path: string;
  readonly #execute: Execute;

  /** @param path for error messages */
  constructor(database: SqliteDatabase, path: string) {
    this.#database = database;
    this.#path = path;
    this.#execute = executor(database);
  }

  datasets(): Dataset[] {
    return this.#records<Dataset>(`SELECT record FROM datasets ${this.#newestFirst("datasets")}`);
  }

  dataset(idOrSha256: string): Dataset | undefined {
    return this.#records<Dataset>(
      `SELECT record FROM datasets WHERE dataset_id = ? OR sha256 = ? ${this.#newestFirst("datasets")} LIMIT 1`,
      idOrSha256,
      idOrSha256,
    )[0];
  }

  latestDataset(inputFolder?: string): Dataset | undefined {
    const where = inputFolder === undefined ? "" : "WHERE input_folder = ?";
    return this.#records<Dataset>(
      `SELECT record FROM datasets ${where} ${this.#newestFirst("datasets")} LIMIT 1`,
      ...(inputFolder === undefined ? [] : [inputFolder]),
    )[0];
  }

  runs(filter: RunFilter = {}): Run[] {
    const conditions: (readonly [string, Value | undefined])[] = [
      ["family = ?", filter.family],
      ["status = ?", filter.status],
      ["dataset_sha256 = ?", filter.datasetSha256],
      ["config_sha256 = ?", filter.configSha256],
      [TAGGED, filter.tag],
    ];
    const used = conditions.flatMap(([sql, value]) => (value === undefined ? [] : [[sql, value] as const]));
    const clauses = used.map(([sql]) => sql);
    if (filter.withModel === true) clauses.push("run_id IN (SELECT run_id FROM models)");
    const where = clauses.length === 0 ? "" : `WHERE ${clauses.join(" AND ")}`;
    // In SQLite, a negative limit means no limit.
    const values = [...used.map(([, value]) => value), filter.limit ?? -1];
    return this.#records<Run>(`SELECT record FROM runs ${where} ${this.#newestFirst("runs")} LIMIT ?`, ...values);
  }

  run(runId: string): Run | undefined {
    return this.#records<Run>("SELECT record FROM runs WHERE run_id = ?", runId)[0];
  }

  findRun(idOrPrefix: string): Run {
    const exact = this.run(idOrPrefix);
    if (exact !== undefined) return exact;
    const ids = this.#column<string>(
      `SELECT run_id FROM runs WHERE substr(run_id, 1, length(?)) = ? ${this.#newestFirst("runs")}`,
      idOrPrefix,
      idOrPrefix,
    );
    if (ids.length === 1 && idOrPrefix !== "") return this.run(ids[0]!)!;
    throw ids.length > 1 ? ambiguousRunError(idOrPrefix, ids) : this.#unknownRun(idOrPrefix);
  }

  runsOfTraining(trainId: string): Run[] {
    return this.#records<Run>("SELECT record FROM runs WHERE train_id = ? ORDER BY rank, run_id", trainId);
  }

  latestModelRun(): Run | undefined {
    return this.runs({ status: "FINISHED", withModel: true, limit: 1 })[0];
  }

  runOfVersion(modelVersion: number): Run | undefined {
    return this.#records<Run>(
      `SELECT record FROM runs WHERE run_id IN (SELECT run_id FROM models WHERE version = ?) ${this.#newestFirst("runs")}`,
      modelVersion,
    )[0];
  }

  nextModelVersion(): number {
    return this.#column<number>("SELECT coalesce(max(version), 0) + 1 FROM models")[0]!;
  }

  aliases(): Alias[] {
    return this.#rows<Alias>('SELECT name, run_id AS "runId", source FROM aliases ORDER BY name, source');
  }

  runOfAlias(name: string): Run | undefined {
    return this.#records<Run>(
      "SELECT record FROM aliases JOIN runs USING (run_id) WHERE name = ? ORDER BY source LIMIT 1",
      name,
    )[0];
  }

  deployments(): Deployment[] {
    return this.#records<Deployment>("SELECT record FROM deployments ORDER BY deployment_id DESC");
  }

  deploymentAt(instant: string): Deployment | undefined {
    return this.#records<Deployment>(
      "SELECT record FROM deployments WHERE deployed_at <= ? ORDER BY deployment_id DESC LIMIT 1",
      new Date(instant).toISOString(),
    )[0];
  }

  searches(key?: string): SearchRecord[] {
    return this.#records<SearchRecord>(
      "SELECT record FROM searches WHERE key = coalesce(?, key) ORDER BY created_at DESC, search_id",
      key ?? null,
    );
  }

  monitorings({ modelSha256, runId, limit }: MonitorFilter = {}): MonitorRecord[] {
    return this.#records<MonitorRecord>(
      `SELECT record FROM monitorings WHERE model_sha256 = coalesce(?, model_sha256) AND coalesce(run_id, '') = coalesce(?, run_id, '')
       ORDER BY ${newestWindowsFirst()} LIMIT ?`,
      modelSha256 ?? null,
      runId ?? null,
      limit ?? -1,
    );
  }

  monitoring(monitorId: string): MonitorRecord | undefined {
    return this.#records<MonitorRecord>("SELECT record FROM monitorings WHERE monitor_id = ?", monitorId)[0];
  }

  executions({ job, limit, unattended = false }: ExecutionFilter = {}): Execution[] {
    return this.#records<Execution>(
      `SELECT record FROM executions WHERE job = coalesce(?, job) AND trigger <> ?
       ORDER BY started_at DESC, execution_id DESC LIMIT ?`,
      job ?? null,
      unattended ? "manual" : "",
      limit ?? -1,
    );
  }

  knownRecords(): Map<string, KnownRecord> {
    const rows = this.#rows<{ path: string; stat: string; sha256: string }>("SELECT path, stat, sha256 FROM records");
    return new Map(rows.map(({ path, stat, sha256 }) => [path, { stat, sha256 }]));
  }

  version(): number {
    return withStoreErrors(this.#path, () => this.#database.pragma("data_version", { simple: true }) as number);
  }

  update({ changed, touched, removed }: RecordChanges, unless?: number): boolean {
    let isApplied = true;
    this.#transaction(() => {
      isApplied = unless === undefined || unless === this.version();
      if (!isApplied) return;
      for (const path of removed) this.#execute("DELETE FROM records WHERE path = ?", path);
      for (const record of changed) indexRecord(this.#execute, record);
      for (const { path, stat } of touched) this.#execute("UPDATE records SET stat = ? WHERE path = ?", stat, path);
      // A changed record replaces its own rows. Only a deployment or a removed record can leave other rows out of date.
      const replaced = changed.some(({ record: { kind } }) => kind === "deployment");
      if (replaced || removed.length > 0) forgetOrphans(this.#execute);
    });
    return isApplied;
  }

  rebuild(records: readonly ReadRecord[]): void {
    this.#transaction(() => {
      for (const table of tables) this.#execute(`DELETE FROM ${table}`);
      for (const record of records) indexRecord(this.#execute, record);
      forgetOrphans(this.#execute);
    });
  }

  integrityProblems(): string[] {
    return withStoreErrors(this.#path, () => {
      const found = this.#database.pragma("integrity_check") as { integrity_check: string }[];
      const dangling = this.#database.pragma("foreign_key_check") as { table: string }[];
      return [
        ...found.map((row) => row.integrity_check).filter((message) => message !== "ok"),
        ...dangling.map((row) => `a row of ${row.table} refers to a missing row`),
      ];
    });
  }

  close(): void {
    this.#database.close();
  }

  datedAhead(): DatedAhead | undefined {
    return withStoreErrors(this.#path, () => datedAhead(this.#database));
  }

  #newestFirst(table: "datasets" | "runs"): string {
    return withStoreErrors(this.#path, () => newestFirst(this.#database, table));
  }

  #records<T>(sql: string, ...values: readonly Value[]): T[] {
    // Safe: only indexRecord writes this column, from validated records.
    const texts = this.#column<string>(sql, ...values);
    return withStoreErrors(this.#path, () => texts.map((text) => JSON.parse(text) as T));
  }

  #column<T>(sql: string, ...values: readonly Value[]): T[] {
    return withStoreErrors(this.#path, () =>
      this.#database
        .prepare<unknown[], T>(sql)
        .pluck()
        .all(...values),
    );
  }

  #rows<T>(sql: string, ...values: readonly Value[]): T[] {
    return withStoreErrors(this.#path, () => this.#database.prepare<unknown[], T>(sql).all(...values));
  }

  #transaction(work: () => void): void {
    withStoreErrors(this.#path, () => this.#database.transaction(work).immediate());
  }

  #unknownRun(reference: string): MlctlError {
    const deployed = deployedRunError(this.deployments(), reference);
    if (deployed !== undefined) return deployed;
    const ids = this.#column<string>(`SELECT run_id FROM runs ${this.#newestFirst("runs")}`);
    if (ids.length === 0) return new MlctlError("notReady", "there are no runs yet", { hint: "run `mlctl train`" });
    const closest = suggest(reference, ids);
    const hint = closest === undefined ? "`mlctl runs list` shows them" : `did you mean ${closest}?`;
    return new MlctlError("usage", `there is no run ${reference}`, { hint });
  }
}
