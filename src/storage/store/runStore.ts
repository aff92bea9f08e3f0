/** The index over the records of a workspace, in SQLite; it can be rebuilt from them at any time. */
import type { Artifact, Dataset, Deployment, Run } from "../../core/records/lineage.ts";
import type { Execution } from "../../core/records/execution.ts";
import type { MonitorRecord } from "../../core/records/monitoring.ts";
import type { SearchRecord } from "../../core/records/search.ts";
import type { KnownRecord, ReadRecord, RecordChanges } from "../records/records.ts";
import { withSqliteErrors, type SqliteFile } from "../sqlite/failure.ts";
import type { SqliteDatabase } from "../sqlite/sqlite.ts";
import { browse, runIdsOf, type RunFilter } from "./browse.ts";
import { datedAhead, newestFirst, newestWindowsFirst, type DatedAhead } from "./clockAhead.ts";
import { executor, filling, forgetOrphans, indexRecord, type Value } from "./indexRecord.ts";

export interface Alias {
  readonly name: string;
  readonly runId: string;
  /** "deployment": set by the current deployment; "manual": from aliases.json. */
  readonly source: "deployment" | "manual";
}

/** Lists are newest first, unless they say otherwise. @throws {MlctlError} if the file is damaged, locked or full */
export class RunStore {
  readonly browse = browse((sql, values) => this.#rows(sql, ...values));
  readonly #database: SqliteDatabase;
  readonly #file: SqliteFile;
  readonly #execute: ReturnType<typeof executor>;

  /** @param file for error messages */
  constructor(database: SqliteDatabase, file: SqliteFile) {
    this.#database = database;
    this.#file = file;
    this.#execute = executor(database);
  }

  datasets(): Dataset[] {
    return this.#records(`datasets ${this.#newestFirst("datasets")}`);
  }

  /** By dataset id, or by the complete sha256 of its file (the newest match). */
  dataset(idOrSha256: string): Dataset | undefined {
    const sql = `datasets WHERE dataset_id = ? OR sha256 = ? ${this.#newestFirst("datasets")} LIMIT 1`;
    return this.#records<Dataset>(sql, idOrSha256, idOrSha256)[0];
  }

  latestDataset(inputFolder?: string): Dataset | undefined {
    const sql = `datasets WHERE input_folder = coalesce(?, input_folder) ${this.#newestFirst("datasets")} LIMIT 1`;
    return this.#records<Dataset>(sql, inputFolder)[0];
  }

  runs(filter: RunFilter = {}): Run[] {
    const { sql, values } = runIdsOf(filter, this.#newestFirst("runs"));
    // CROSS JOIN keeps the order of the ids.
    return this.#records(`(${sql}) AS page CROSS JOIN runs USING (run_id)`, ...values);
  }

  /** All runs, unsorted and with null as their configuration: reading ten thousand takes a quarter of the time. */
  runsInBrief(): Run[] {
    return this.#records("(SELECT json_replace(record, '$.config', NULL) AS record FROM runs)");
  }

  /** Seconds that the runs of each training took together; newest first. */
  secondsOfTrainings(): number[] {
    // The plus keeps SQLite from the index on train_id, which would seek the row of each run.
    return this.#column("SELECT sum(seconds) FROM runs GROUP BY +train_id ORDER BY train_id DESC");
  }

  run(runId: string): Run | undefined {
    return this.#records<Run>("runs WHERE run_id = ?", runId)[0];
  }

  /** The ids that begin with `prefix`. */
  runIds(prefix = ""): string[] {
    const sql = `SELECT run_id FROM runs WHERE substr(run_id, 1, length(?)) = ? ${this.#newestFirst("runs")}`;
    return this.#column(sql, prefix, prefix);
  }

  runsOfTraining(trainId: string): Run[] {
    return this.#records("runs WHERE train_id = ? ORDER BY rank, run_id", trainId);
  }

  latestModelRun(): Run | undefined {
    return this.runs({ status: "FINISHED", withModel: true, limit: 1 })[0];
  }

  runOfVersion(modelVersion: number): Run | undefined {
    const ofVersion = "run_id IN (SELECT run_id FROM models WHERE version = ?)";
    return this.#records<Run>(`runs WHERE ${ofVersion} ${this.#newestFirst("runs")}`, modelVersion)[0];
  }

  /** The number for the next model trained in this workspace. */
  nextModelVersion(): number {
    return this.#column<number>("SELECT coalesce(max(version), 0) + 1 FROM models")[0]!;
  }

  aliases(): Alias[] {
    return this.#rows('SELECT name, run_id AS "runId", source FROM aliases ORDER BY name, source');
  }

  /** The run of an alias (without @); deployment.json has precedence over aliases.json. */
  runOfAlias(name: string): Run | undefined {
    const sql = "aliases JOIN runs USING (run_id) WHERE name = ? ORDER BY source LIMIT 1";
    return this.#records<Run>(sql, name)[0];
  }

  deployments(): Deployment[] {
    return this.#records("deployments ORDER BY deployment_id DESC");
  }

  /** The deployment that was active at `instant`, an ISO 8601 time. */
  deploymentAt(instant: string): Deployment | undefined {
    const sql = "deployments WHERE deployed_at <= ? ORDER BY deployment_id DESC LIMIT 1";
    return this.#records<Deployment>(sql, new Date(instant).toISOString())[0];
  }

  /** @param key only searches with this key, which ran with the same settings */
  searches(key?: string): SearchRecord[] {
    return this.#records("searches WHERE key = coalesce(?, key) ORDER BY created_at DESC, search_id", key);
  }

  /** By the time of their window; a window without one by when it was monitored. */
  monitorings(
    filter: Partial<Pick<MonitorRecord, "modelSha256" | "source">> & {
      runId?: string | undefined;
      limit?: number | undefined;
    } = {},
  ) {
    const { modelSha256, runId, source, limit = -1 } = filter;
    return this.#records<MonitorRecord>(
      `monitorings WHERE model_sha256 = coalesce(?, model_sha256) AND coalesce(run_id, '') = coalesce(?, run_id, '')
       AND source = coalesce(?, source) ORDER BY ${newestWindowsFirst()} LIMIT ?`,
      modelSha256,
      runId,
      source,
      limit,
    );
  }

  monitoring(monitorId: string): MonitorRecord | undefined {
    return this.#records<MonitorRecord>("monitorings WHERE monitor_id = ?", monitorId)[0];
  }

  /** Of scheduled jobs. @param filter.unattended leaves out manual runs */
  executions({
    job,
    limit = -1,
    unattended,
  }: { job?: string; limit?: number; unattended?: boolean } = {}): Execution[] {
    return this.#records(
      `executions WHERE job = coalesce(?, job) AND trigger <> ?
       ORDER BY started_at DESC, execution_id DESC LIMIT ?`,
      job,
      unattended === true ? "manual" : "",
      limit,
    );
  }

  /** Records that are dated after this machine's clock; they come last wherever the newest are asked for. */
  datedAhead(): DatedAhead | undefined {
    return this.#checked(() => datedAhead(this.#database));
  }

  /** The state of the records when they were indexed, by path. */
  knownRecords(): Map<string, KnownRecord> {
    const rows = this.#rows<Pick<ReadRecord, "path" | "stat" | "sha256">>("SELECT path, stat, sha256 FROM records");
    return new Map(rows.map(({ path, stat, sha256 }) => [path, { stat, sha256 }]));
  }

  /** Each with the path of its record. */
  artifacts(): (Artifact & { readonly record: string })[] {
    const columns = "r.path AS record, a.path, a.sha256, a.bytes";
    return this.#rows(`SELECT ${columns} FROM records AS r JOIN artifacts AS a USING (kind, id)`);
  }

  /** Another number after each change by another process or handle. */
  version = (): number => this.#checked(() => this.#database.pragma("data_version", { simple: true }) as number);

  /**
   * Applies the changes in one transaction.
   * @param unless nothing is changed if `version` is another one by now
   * @returns whether they were applied
   */
  update({ changed, touched, removed }: RecordChanges, unless?: number): boolean {
    const isFirst = this.#rows("SELECT 1 FROM records LIMIT 1").length === 0;
    return (isFirst ? this.#filling : this.#transaction)(() => {
      if (unless !== undefined && unless !== this.version()) return false;
      // A changed record replaces its own rows. Only a deployment or a removed record can leave other rows out of date.
      const replaced = changed.flatMap(({ path, record }) => (record.kind === "deployment" ? path : []));
      const before = this.#rows<Parameters<typeof forgetOrphans>[1][number]>(
        "SELECT kind, id FROM records WHERE path IN (SELECT value FROM json_each(?))",
        JSON.stringify([...removed, ...replaced]),
      );
      for (const path of removed) this.#execute("DELETE FROM records WHERE path = ?", path);
      for (const record of changed) indexRecord(this.#execute, record);
      for (const { path, stat } of touched) this.#execute("UPDATE records SET stat = ? WHERE path = ?", stat, path);
      if (removed.length + replaced.length > 0) forgetOrphans(this.#execute, before);
      return true;
    });
  }

  /** Clears and refills the index in one transaction. */
  rebuild(records: readonly ReadRecord[]): void {
    this.#filling(() => {
      const tables = "SELECT name FROM sqlite_schema WHERE type = 'table'";
      for (const table of this.#column<string>(tables)) this.#execute(`DELETE FROM ${table}`);
      for (const record of records) indexRecord(this.#execute, record);
      forgetOrphans(this.#execute, []);
    });
  }

  /**
   * The problems that SQLite's integrity check finds, and rows without a parent; empty if there are none.
   * @param check "quick" leaves out whether the indexes of SQLite have what their tables have, which takes most of the time
   */
  integrityProblems(check: "quick" | "integrity" = "integrity"): string[] {
    const found = this.#column<string>(`PRAGMA ${check}_check`).filter((message) => message !== "ok");
    // foreign_key_check looks for the parent of each row, which takes thirty times as long.
    const keys = this.#rows<Record<"child" | "key" | "parent", string>>(
      'SELECT m.name AS child, f."from" AS key, f."table" AS parent FROM sqlite_schema AS m, pragma_foreign_key_list(m.name) AS f',
    );
    const dangling = keys.filter(
      ({ child, key, parent }) =>
        this.#rows(`SELECT ${key} FROM ${child} EXCEPT SELECT ${key} FROM ${parent} LIMIT 1`).length > 0,
    );
    return [...found, ...dangling.map(({ child }) => `a row of ${child} refers to a missing row`)];
  }

  close = (): void => void this.#database.close();

  #newestFirst = (table: "datasets" | "runs"): string => this.#checked(() => newestFirst(this.#database, table));

  /** Only indexRecord writes the column `record`, from validated records. */
  #records<T>(from: string, ...values: readonly Value[]): T[] {
    const texts = this.#column<string>(`SELECT record FROM ${from}`, ...values);
    return this.#checked(() => texts.map((text) => JSON.parse(text) as T));
  }

  #column<T>(sql: string, ...values: readonly Value[]): T[] {
    return this.#rows<Record<string, T>>(sql, ...values).map((row) => Object.values(row)[0]!);
  }

  #rows<T>(sql: string, ...values: readonly Value[]): T[] {
    return this.#checked(() => this.#database.prepare<unknown[], T>(sql).all(...values.map((value) => value ?? null)));
  }

  #transaction = <T>(work: () => T): T => this.#checked(() => this.#database.transaction(work).immediate());

  #filling = <T>(work: () => T): T => this.#checked(() => filling(this.#database, work));

  #checked = <T>(work: () => T): T => withSqliteErrors(this.#file, work);
}
