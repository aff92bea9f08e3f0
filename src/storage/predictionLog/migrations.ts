/** The schema of the prediction log, as the steps that lead to it; the number of steps is its version (user_version). */

/**
 * Never change a step that was released: add one. `seq` is the order of writing, so that the oldest rows go first
 * without a search; a model is named once, because its two hashes would be half of a row.
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
