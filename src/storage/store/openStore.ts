/** Opens the store: creates it for writers, changes nothing for readers. */
import { sqliteCode, withSqliteErrors } from "../sqlite/failure.ts";
import { openPrepared, openReadonly, type SqliteSchema } from "../sqlite/sqlite.ts";
import { RunStore } from "./runStore.ts";

/**
 * The store for a writer; created if needed, which is safe with several processes at once.
 * @throws {MlctlError} kind "data" if the file is damaged or from another mlctl (it is not changed)
 */
export function openStore(path: string): RunStore {
  const schema = schemaOf(path);
  return new RunStore(openPrepared(schema), schema);
}

export function openMemoryStore(): RunStore {
  return openStore(":memory:");
}

const UNWRITABLE = new Set(["SQLITE_CANTOPEN", "SQLITE_READONLY", "SQLITE_IOERR", "SQLITE_FULL"]);

/**
 * The store for a reader. Undefined if the file does not exist, belongs to another user, or cannot be opened without writing
 * (a read-only folder, a full disk); the caller can read the records instead.
 * @param options.stays the connection stays open and must see later writes of other processes
 * @param options.strict a file that cannot be opened without writing is an error
 * @throws {MlctlError} kind "data" if the file is damaged or from another mlctl
 */
export function openStoreReadonly(
  path: string,
  options: { readonly stays?: boolean; readonly strict?: boolean } = {},
): RunStore | undefined {
  const schema = schemaOf(path);
  return withSqliteErrors(schema, () => {
    try {
      const database = openReadonly(schema, options);
      return database && new RunStore(database, schema);
    } catch (error) {
      if (options.strict === true || !UNWRITABLE.has(sqliteCode(error) ?? "")) throw error;
      return undefined;
    }
  });
}

function schemaOf(path: string): SqliteSchema {
  const repair = "run `mlctl reindex` to rebuild it from the records";
  return { path, name: `the store ${path}`, repair, check: "run `mlctl doctor`", table: "records", create, version: 6 };
}

/** Each entity stores its complete record; columns are for queries. Such large rows need a row id: without, a search reads them. */
const create = `
  CREATE TABLE records (
    path TEXT PRIMARY KEY, kind TEXT NOT NULL, id TEXT NOT NULL, sha256 TEXT NOT NULL, stat TEXT NOT NULL
  ) STRICT, WITHOUT ROWID;
  CREATE INDEX records_by_id ON records (kind, id);

  CREATE TABLE datasets (
    dataset_id TEXT PRIMARY KEY, created_at TEXT NOT NULL, input_folder TEXT NOT NULL, path TEXT NOT NULL,
    sha256 TEXT NOT NULL, rows INTEGER, seconds REAL, record TEXT NOT NULL
  ) STRICT;
  CREATE INDEX datasets_by_sha256 ON datasets (sha256);

  CREATE TABLE files (
    dataset_id TEXT NOT NULL REFERENCES datasets ON DELETE CASCADE,
    path TEXT NOT NULL, sha256 TEXT NOT NULL, bytes INTEGER, rows INTEGER, PRIMARY KEY (dataset_id, path)
  ) STRICT, WITHOUT ROWID;
  CREATE INDEX files_by_sha256 ON files (sha256);

  CREATE TABLE runs (
    run_id TEXT PRIMARY KEY, created_at TEXT NOT NULL, train_id TEXT NOT NULL, status TEXT NOT NULL,
    family TEXT NOT NULL, feature_set TEXT, rank INTEGER, dataset_sha256 TEXT NOT NULL, config_sha256 TEXT NOT NULL,
    seconds REAL, record TEXT NOT NULL
  ) STRICT;
  CREATE INDEX runs_by_time ON runs (created_at);
  CREATE INDEX runs_by_train ON runs (train_id);
  CREATE INDEX runs_by_inputs ON runs (dataset_sha256, config_sha256);
  CREATE INDEX runs_by_order ON runs (created_at DESC, rank);
  CREATE INDEX runs_by_family ON runs (family, created_at DESC, rank);
  CREATE INDEX runs_by_rank ON runs (rank, created_at DESC);

  CREATE TABLE metrics (
    run_id TEXT NOT NULL REFERENCES runs ON DELETE CASCADE,
    part TEXT NOT NULL CHECK (part IN ('validation', 'test')), name TEXT NOT NULL, value REAL,
    PRIMARY KEY (run_id, part, name)
  ) STRICT, WITHOUT ROWID;
  CREATE INDEX metrics_by_value ON metrics (part, name, value);

  CREATE TABLE models (
    run_id TEXT PRIMARY KEY REFERENCES runs ON DELETE CASCADE, version INTEGER,
    path TEXT NOT NULL, sha256 TEXT NOT NULL
  ) STRICT, WITHOUT ROWID;
  CREATE INDEX models_by_version ON models (version);

  CREATE TABLE deployments (
    deployment_id INTEGER PRIMARY KEY, run_id TEXT NOT NULL, deployed_at TEXT NOT NULL, action TEXT NOT NULL,
    record TEXT NOT NULL
  ) STRICT;

  CREATE TABLE artifacts (
    kind TEXT NOT NULL, id TEXT NOT NULL, role TEXT NOT NULL,
    path TEXT NOT NULL, sha256 TEXT NOT NULL, bytes INTEGER, PRIMARY KEY (kind, id, role)
  ) STRICT, WITHOUT ROWID;

  CREATE TABLE aliases (
    name TEXT NOT NULL, source TEXT NOT NULL CHECK (source IN ('deployment', 'manual')), run_id TEXT NOT NULL,
    PRIMARY KEY (name, source)
  ) STRICT, WITHOUT ROWID;

  CREATE TABLE monitorings (
    monitor_id TEXT PRIMARY KEY, created_at TEXT NOT NULL, source TEXT NOT NULL, label TEXT NOT NULL,
    window_start TEXT, window_end TEXT, file TEXT, rows INTEGER, labelled INTEGER,
    run_id TEXT, model_version INTEGER, model_sha256 TEXT NOT NULL, status TEXT NOT NULL, record TEXT NOT NULL
  ) STRICT;
  CREATE INDEX monitorings_by_model ON monitorings (model_sha256);

  -- One row for each finding ("finding"), metric ("metric"), estimate ("estimate") and drifted column ("drift").
  CREATE TABLE monitor_values (
    monitor_id TEXT NOT NULL REFERENCES monitorings ON DELETE CASCADE,
    kind TEXT NOT NULL, area TEXT NOT NULL, name TEXT NOT NULL,
    value REAL, low REAL, high REAL, bound REAL, status TEXT, message TEXT,
    run_id TEXT, model_version INTEGER, window_start TEXT, window_end TEXT, file TEXT, created_at TEXT NOT NULL,
    PRIMARY KEY (monitor_id, kind, area, name)
  ) STRICT, WITHOUT ROWID;
  CREATE INDEX monitor_values_by_name ON monitor_values (name, window_end);

  CREATE TABLE searches (
    search_id TEXT PRIMARY KEY, created_at TEXT NOT NULL, train_id TEXT NOT NULL, key TEXT NOT NULL,
    family TEXT NOT NULL, feature_set TEXT NOT NULL, metric TEXT NOT NULL, method TEXT NOT NULL, record TEXT NOT NULL
  ) STRICT;
  CREATE INDEX searches_by_key ON searches (key);

  CREATE TABLE executions (
    execution_id TEXT PRIMARY KEY, job TEXT NOT NULL, trigger TEXT NOT NULL, due_at TEXT, started_at TEXT NOT NULL,
    ended_at TEXT, status TEXT NOT NULL, exit_code INTEGER, seconds REAL, log TEXT, record TEXT NOT NULL
  ) STRICT;
  CREATE INDEX executions_by_job ON executions (job, started_at);

  -- For queries of users. Trials do not appear among the runs of a leaderboard.
  CREATE VIEW params AS
    SELECT run_id, each.key AS name, record -> each.fullkey AS value FROM runs, json_each(record, '$.params') AS each;
  CREATE VIEW trials AS
    SELECT search_id, trial ->> 'number' AS number, search_id || '.' || (trial ->> 'number') AS trial_id,
      trial ->> 'status' AS status, trial ->> 'value' AS value, trial ->> 'seconds' AS seconds, trial -> 'params' AS params
    FROM (SELECT search_id, each.value AS trial FROM searches, json_each(record, '$.trials') AS each);
`;
