/** Joins labels that arrive later to logged predictions: stages them in a temporary table, then matches in one pass. */
import { setImmediate as nextTurn } from "node:timers/promises";
import type { LoggedPrediction } from "../../core/records/predictionLog.ts";
import { openSqlite, type SqliteDatabase } from "../sqlite/sqlite.ts";
import { logFailure, openLogDatabase, withLogErrors } from "./openLogDatabase.ts";
import { CHUNK_ROWS, type KeyOf, type LabelTarget, type Pair } from "./labelTarget.ts";
import type { LogPlace } from "./logReader.ts";
import { predictionLogPath } from "./predictionLogPath.ts";

export interface LabelRow {
  /** The prediction id, or the key that `keyOf` makes of the inputs. */
  readonly key: string;
  readonly label: string;
  readonly line: number;
}

export interface JoinOptions {
  readonly place: LogPlace;
  /** Makes the key of a label from logged inputs; null: join by prediction id. */
  readonly keyOf: KeyOf | null;
  /** Converts a label for storage, to the type of the prediction; undefined if the label is not valid. */
  readonly toLabel: (label: string, prediction: string | number | null) => string | number | undefined;
  /** Whether a label replaces a different existing label. */
  readonly replace: boolean;
  /** Milliseconds since 1970. */
  readonly now: number;
  /** Maximum number of examples of each kind. */
  readonly examples: number;
}

export interface LabelExample {
  readonly line: number;
  readonly key: string;
  readonly label: string;
  /** The recorded label, for a conflict. */
  readonly known?: string | number;
}

export interface JoinResult {
  /** Rows of the file that matched a prediction. */
  matched: number;
  unmatched: number;
  /** Predictions that got a new label. */
  labelled: number;
  /** Predictions that already had this label. */
  unchanged: number;
  /** Predictions whose label was replaced. */
  replaced: number;
  /** Rows that repeat an earlier row. */
  duplicates: number;
  /** Rows that contradict an earlier row, or predictions with a different label. */
  conflicts: number;
  /** Predictions whose label is not a number or not a known class. */
  invalid: number;
  /** The first examples of each kind. */
  readonly examples: Readonly<Record<"unmatched" | "conflicts" | "invalid", LabelExample[]>>;
}

export interface LabelJoin {
  add(rows: readonly LabelRow[]): void;
  /** Records the labels; `add` alone records none. Uses short transactions, so that the server can write in between. */
  finish(): Promise<JoinResult>;
  close(): void;
}

/** @throws {MlctlError} if the log is damaged, cannot be written or cannot be reached */
export async function joinLabels(options: JoinOptions): Promise<LabelJoin> {
  const { database, shared } = options.place;
  const path = predictionLogPath(database);
  // A temporary table is a file, however many labels there are.
  const staged = shared === undefined ? openLogDatabase(path) : openSqlite(":memory:");
  const target =
    shared === undefined ? sqliteTarget : await (await import("./postgresLabels.ts")).postgresLabels(shared);
  staged.exec(`
    CREATE TEMP TABLE staged (key TEXT PRIMARY KEY, label TEXT NOT NULL, line INTEGER NOT NULL) STRICT, WITHOUT ROWID;
    CREATE TEMP TABLE found (seq INTEGER PRIMARY KEY, key TEXT NOT NULL) STRICT;`);
  const result: JoinResult = {
    matched: 0,
    unmatched: 0,
    labelled: 0,
    unchanged: 0,
    replaced: 0,
    duplicates: 0,
    conflicts: 0,
    invalid: 0,
    examples: { unmatched: [], conflicts: [], invalid: [] },
  };
  const stage = stager(staged, options, result);
  return {
    add: (rows) => withLogErrors(path, () => stage(rows)),
    async finish() {
      try {
        await target.match(staged, options.keyOf);
        count(staged, options, result);
        await target.record(staged, (pair) => labelToWrite(pair, options, result), options.now);
        return result;
      } catch (error) {
        throw logFailure(error, path) ?? error;
      }
    },
    close() {
      staged.close();
      target.close();
    },
  };
}

function stager(
  database: SqliteDatabase,
  { replace, examples }: JoinOptions,
  result: JoinResult,
): (rows: readonly LabelRow[]) => void {
  const insert = database.prepare("INSERT INTO staged (key, label, line) VALUES (?, ?, ?) ON CONFLICT DO NOTHING");
  const before = database.prepare("SELECT label FROM staged WHERE key = ?").pluck();
  const change = database.prepare("UPDATE staged SET label = ?, line = ? WHERE key = ?");
  return database.transaction((rows: readonly LabelRow[]) => {
    for (const { key, label, line } of rows) {
      if (insert.run(key, label, line).changes > 0) continue;
      const known = before.get(key) as string;
      if (known === label) result.duplicates++;
      else if (replace) change.run(label, line, key);
      else {
        result.conflicts++;
        addExample(result.examples.conflicts, examples, { key, label, line, known });
      }
    }
  });
}

/** The tables are in the log itself, so SQLite joins them. */
const sqliteTarget: LabelTarget = {
  async match(database, keyOf) {
    if (keyOf === null) {
      database.exec(
        `INSERT INTO found SELECT p.seq, s.key FROM staged s CROSS JOIN predictions p ON p.prediction_id = s.key`,
      );
      return;
    }
    const key = (inputs: string): string | null => keyOf(JSON.parse(inputs) as LoggedPrediction["inputs"]);
    database.function("key_of", { deterministic: true }, key as (...values: unknown[]) => unknown);
    const last = database.prepare<[], number | null>("SELECT max(seq) FROM predictions").pluck().get() ?? 0;
    // MATERIALIZED: compute the key only once for each prediction.
    const match = database.prepare(`
      WITH keyed AS MATERIALIZED (SELECT seq, key_of(inputs) AS key FROM predictions WHERE seq > ? AND seq <= ?)
      INSERT INTO found SELECT k.seq, s.key FROM keyed k CROSS JOIN staged s ON s.key = k.key`);
    const first = database.prepare<[number], number | null>("SELECT min(seq) FROM predictions WHERE seq > ?").pluck();
    for (let after = 0; after < last; after += CHUNK_ROWS) {
      // A server answers others in between. Rows that were removed leave gaps.
      await nextTurn();
      after = (first.get(after) ?? last) - 1;
      match.run(after, after + CHUNK_ROWS);
    }
  },
  async record(database, choose, now) {
    const pairs = database.prepare(
      `SELECT f.seq, p.prediction, l.label AS known, s.key, s.label, s.line
       FROM found f CROSS JOIN staged s USING (key) CROSS JOIN predictions p USING (seq) LEFT JOIN labels l USING (seq)
       WHERE f.seq > ? ORDER BY f.seq LIMIT ?`,
    );
    const put = database.prepare(
      `INSERT INTO labels (seq, label, labelled_at) VALUES (?, ?, ?)
       ON CONFLICT (seq) DO UPDATE SET label = excluded.label, labelled_at = excluded.labelled_at`,
    );
    const some = database.transaction((after: number): number | undefined => {
      const chunk = pairs.all(after, CHUNK_ROWS) as Pair[];
      for (const pair of chunk) {
        const label = choose(pair);
        if (label !== undefined) put.run(pair.seq, label, now);
      }
      return chunk.at(-1)?.seq;
    });
    for (let last: number | undefined = 0; last !== undefined;) last = some.immediate(last);
  },
  close() {},
};

function count(database: SqliteDatabase, { examples }: JoinOptions, result: JoinResult): void {
  const number = (sql: string): number => database.prepare(sql).pluck().get() as number;
  result.matched = number("SELECT count(DISTINCT key) FROM found");
  result.unmatched = number("SELECT count(*) FROM staged") - result.matched;
  const unmatched = database.prepare(
    "SELECT line, key, label FROM staged WHERE key NOT IN (SELECT key FROM found) ORDER BY line LIMIT ?",
  );
  result.examples.unmatched.push(...(unmatched.all(examples) as LabelExample[]));
}

/** The label to write, if any; updates the counts. */
function labelToWrite(pair: Pair, options: JoinOptions, result: JoinResult): string | number | undefined {
  const { toLabel, replace, examples } = options;
  const { prediction, known, key, line } = pair;
  const label = toLabel(pair.label, prediction);
  if (label === undefined) {
    result.invalid++;
    addExample(result.examples.invalid, examples, { key, line, label: pair.label });
    return undefined;
  }
  if (known === null) {
    result.labelled++;
    return label;
  }
  if (known === label) result.unchanged++;
  else if (replace) result.replaced++;
  else {
    result.conflicts++;
    addExample(result.examples.conflicts, examples, { key, line, label: pair.label, known });
  }
  return known !== label && replace ? label : undefined;
}

function addExample(examples: LabelExample[], most: number, example: LabelExample): void {
  if (examples.length < most) examples.push(example);
}
