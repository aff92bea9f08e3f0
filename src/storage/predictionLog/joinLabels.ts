/** Joins labels that arrive later to logged predictions: stages them in a temporary table, then matches in one pass. */
import { setImmediate as nextTurn } from "node:timers/promises";
import { sqliteFailure, withSqliteErrors } from "../sqlite/failure.ts";
import { openSqlite, type SqliteDatabase } from "../sqlite/sqlite.ts";
import { type LabelTarget, type LogEntry, type LogPlace, type LogReader, predictionLogPath } from "./logReader.ts";
import { logSchema } from "./openLogDatabase.ts";
import { sqliteLabels } from "./sqliteReader.ts";

/** Rows of one short transaction, so that others can write in between. */
const CHUNK_ROWS = 10_000;

/** A label and the prediction that it belongs to. */
interface Pair extends LabelRow, Pick<LogEntry, "seq"> {
  readonly prediction: string | number | null;
  readonly known: string | number | null;
}

export interface LabelRow {
  /** The prediction id, or the key that `keyOf` makes of the inputs. */
  readonly key: string;
  readonly label: string;
  readonly line: number;
}

export interface JoinOptions {
  readonly place: LogPlace;
  /** Makes the key of a label from logged inputs; null: join by prediction id. */
  readonly keyOf: ((inputs: LogEntry["inputs"]) => string | null) | null;
  /** Converts a label for storage, to the type of the prediction; undefined if the label is not valid. */
  readonly toLabel: (label: string, prediction: string | number | null) => string | number | undefined;
  /** Whether a label replaces a different existing label. */
  readonly replace: boolean;
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
  /** Why the label is invalid. */
  readonly problem?: string;
  /** The class that the label was read as. */
  readonly readAs?: string;
  /** A row that has another label for the same key. */
  readonly other?: Omit<LabelExample, "key">;
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
  duplicates: number;
  /** Predictions with a different label, and labels of rows that contradict each other: then none of them is joined. */
  conflicts: number;
  /** Labels that are not a number or not a known class. */
  invalid: number;
  /** Labels that were read as a class that is written differently. */
  respelled: number;
  /** The first examples of each kind. */
  readonly examples: Readonly<Record<"unmatched" | "conflicts" | "invalid" | "respelled", LabelExample[]>>;
}

export interface LabelJoin {
  add(rows: readonly LabelRow[]): void;
  /** Records the labels; `add` alone records none. Uses short transactions, so that the server can write in between. */
  finish(): Promise<JoinResult>;
  close(): void;
}

/** @throws {MlctlError} if the log is damaged, cannot be written or cannot be reached */
export async function joinLabels(options: JoinOptions): Promise<LabelJoin> {
  const { place, keyOf, now } = options;
  const path = predictionLogPath(place.database);
  const target =
    place.shared === undefined
      ? sqliteLabels(path)
      : await (await import("./postgresReader.ts")).postgresLabels(place.shared);
  // A temporary table is a file, however many labels there are.
  const staged = openSqlite(":memory:");
  staged.exec(`
    CREATE TEMP TABLE staged (key TEXT PRIMARY KEY, label TEXT NOT NULL, line INTEGER NOT NULL) STRICT, WITHOUT ROWID;
    CREATE TEMP TABLE others (key TEXT, label TEXT, line INTEGER NOT NULL, PRIMARY KEY (key, label)) STRICT, WITHOUT ROWID;
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
    respelled: 0,
    examples: { unmatched: [], conflicts: [], invalid: [], respelled: [] },
  };
  const stage = stager(staged, result);
  const others = staged.prepare<unknown[], LabelRow>("SELECT * FROM others WHERE key = ? ORDER BY line");
  return {
    add: (rows) => withSqliteErrors(logSchema(path), () => stage(rows)),
    async finish() {
      try {
        await match(staged, target.reader, keyOf);
        count(staged, options, result);
        await record(staged, target, (pair) => labelToWrite(pair, others.all(pair.key), options, result), now);
        return result;
      } catch (error) {
        throw sqliteFailure(error, logSchema(path)) ?? error;
      }
    },
    close() {
      staged.close();
      target.close();
    },
  };
}

/** The first label of each key, and its other ones. */
function stager(database: SqliteDatabase, result: JoinResult): (rows: readonly LabelRow[]) => void {
  const insert = database.prepare("INSERT INTO staged (key, label, line) VALUES (?, ?, ?) ON CONFLICT DO NOTHING");
  const before = database.prepare("SELECT label FROM staged WHERE key = ?").pluck();
  const keep = database.prepare("INSERT INTO others (key, label, line) VALUES (?, ?, ?) ON CONFLICT DO NOTHING");
  return database.transaction((rows: readonly LabelRow[]) => {
    for (const { key, label, line } of rows) {
      if (insert.run(key, label, line).changes > 0) continue;
      if (before.get(key) === label || keep.run(key, label, line).changes === 0) result.duplicates++;
    }
  });
}

async function match(staged: SqliteDatabase, reader: LogReader, keyOf: JoinOptions["keyOf"]): Promise<void> {
  const put = staged.prepare("INSERT INTO found SELECT ?, key FROM staged WHERE key = ?");
  const putAll = staged.transaction((found: readonly (readonly [seq: number, key: string | null])[]) => {
    for (const [seq, key] of found) if (key !== null) put.run(seq, key);
  });
  if (keyOf === null) {
    const some = staged.prepare<unknown[], string>("SELECT key FROM staged WHERE key > ? ORDER BY key LIMIT ?").pluck();
    for (let keys = some.all("", CHUNK_ROWS); keys.length > 0; keys = some.all(keys.at(-1)!, CHUNK_ROWS))
      putAll((await reader.those("predictionId", keys)).map(({ seq, predictionId }) => [seq, predictionId]));
    return;
  }
  for (let rows = await reader.after(0, CHUNK_ROWS); rows.length > 0;) {
    putAll(rows.map(({ seq, inputs }) => [seq, keyOf(inputs)]));
    // A server answers others in between.
    await nextTurn();
    rows = await reader.after(rows.at(-1)!.seq, CHUNK_ROWS);
  }
}

/** Records the labels of `found`, in the order of writing. */
async function record(
  staged: SqliteDatabase,
  { reader, locked, write }: LabelTarget,
  choose: (pair: Pair) => string | number | undefined,
  now: number,
): Promise<void> {
  const some = staged.prepare<unknown[], Omit<Pair, "prediction" | "known">>(
    "SELECT f.seq, s.key, s.label, s.line FROM found f CROSS JOIN staged s USING (key) WHERE f.seq > ? ORDER BY f.seq LIMIT ?",
  );
  for (let chunk = some.all(0, CHUNK_ROWS); chunk.length > 0; chunk = some.all(chunk.at(-1)!.seq, CHUNK_ROWS)) {
    const asked = chunk;
    await locked(async () => {
      const entries = await reader.those(
        "seq",
        asked.map(({ seq }) => seq),
      );
      const bySeq = new Map(entries.map((entry) => [entry.seq, entry]));
      const labels = asked.flatMap((each) => {
        const entry = bySeq.get(each.seq);
        if (entry === undefined) return [];
        const { prediction, label: known } = entry;
        const label = choose({ ...each, prediction, known });
        return label === undefined ? [] : [{ seq: each.seq, label, isNew: known === null, at: now }];
      });
      await write(labels);
    });
  }
}

function count(database: SqliteDatabase, { examples }: JoinOptions, result: JoinResult): void {
  const number = (sql: string): number => database.prepare(sql).pluck().get() as number;
  result.matched = number("SELECT count(DISTINCT key) FROM found");
  const all = "(SELECT * FROM staged UNION ALL SELECT * FROM others) WHERE key NOT IN (SELECT key FROM found)";
  result.unmatched = number(`SELECT count(*) FROM ${all}`);
  const unmatched = database.prepare(`SELECT line, key, label FROM ${all} ORDER BY line LIMIT ?`);
  result.examples.unmatched.push(...(unmatched.all(examples) as LabelExample[]));
}

function labelToWrite(
  pair: Pair,
  others: readonly LabelRow[],
  { toLabel, replace, examples }: JoinOptions,
  result: JoinResult,
): string | number | undefined {
  const { prediction, known, key } = pair;
  /** By what is written: "1" and "1.0" may be the same class. */
  const valid = new Map<string | number, Omit<LabelExample, "key">>();
  for (const { label: given, line } of [pair, ...others]) {
    const label = toLabel(given, prediction);
    if (label === undefined) {
      result.invalid++;
      const problem = typeof prediction === "number" ? "is not a number" : "is not a label of the model";
      addExample(result.examples.invalid, examples, { key, line, label: given, problem });
    } else if (!valid.has(label)) valid.set(label, { line, label: given });
  }
  const [found, second] = valid;
  if (found === undefined) return undefined;
  const [label, first] = found;
  const recorded = known === null ? {} : { known };
  if (second !== undefined) {
    for (const each of valid.values()) {
      result.conflicts++;
      const other = each === first ? second[1] : first;
      addExample(result.examples.conflicts, examples, { key, ...each, ...recorded, other });
    }
    return undefined;
  }
  if (typeof label === "string" && label !== first.label) {
    result.respelled++;
    addExample(result.examples.respelled, examples, { key, ...first, readAs: label });
  }
  if (known === null) {
    result.labelled++;
    return label;
  }
  if (known === label) result.unchanged++;
  else if (replace) result.replaced++;
  else {
    result.conflicts++;
    addExample(result.examples.conflicts, examples, { key, ...first, known });
  }
  return known !== label && replace ? label : undefined;
}

function addExample(examples: LabelExample[], most: number, example: LabelExample): void {
  if (examples.length < most) examples.push(example);
}
