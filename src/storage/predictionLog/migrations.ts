/** Migrations of the prediction log's schema; their number is the schema version (user_version). */

/**
 * Never change a released migration; add a new one. `seq` is the order of writing, so that the oldest rows can be deleted
 * without a search. Models have their own table, because their ids would take half of each row.
 */
export const migrations: readonly string[] = [
  `
  CREATE TABLE models (
    model INTEGER PRIMARY KEY, run_id TEXT, sha256 TEXT NOT NULL
  ) STRICT;
  CREATE UNIQUE INDEX models_by_name ON models (sha256, ifnull(run_id, ''));

  CREATE TABLE predictions (
    seq INTEGER PRIMARY KEY AUTOINCREMENT, prediction_id TEXT NOT NULL UNIQUE, at INTEGER NOT NULL,
    model INTEGER NOT NULL REFERENCES models, inputs TEXT NOT NULL, prediction ANY, probability REAL,
    source TEXT NOT NULL
  ) STRICT;
  CREATE INDEX predictions_by_time ON predictions (at);

  CREATE TABLE labels (
    seq INTEGER PRIMARY KEY REFERENCES predictions ON DELETE CASCADE, label ANY NOT NULL, labelled_at INTEGER NOT NULL
  ) STRICT;
  `,
];
