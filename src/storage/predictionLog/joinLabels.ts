/** Joins labels that arrive later to logged predictions: stages them in a temporary table, then matches in one pass. */
import { setImmediate as nextTurn } from "node:timers/promises";
import { sqliteFailure, withSqliteErrors } from "../sqlite/failure.ts";
import { openSqlite, type SqliteDatabase } from "../sqlite/sqlite.ts";
import {
  type LabelTarget,
  type ListedEntry,
  type LogEntry,
  type LogPlace,
  type LogReader,
  predictionLogPath,
} from "./logReader.ts";
import { logSchema } from "./openLogDatabase.ts";
import { sqliteLabels } from "./sqliteReader.ts";

/** Rows of one short transaction, so that others can write in between. */
const CHUNK_ROWS = 10_000;

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
  // A temporary table is a file, however many labels there are. Of rows with the same key and label, the first is kept.
  const staged = openSqlite(":memory:");
  staged.exec(`
    CREATE TEMP TABLE given (key TEXT, label TEXT, line INTEGER NOT NULL, PRIMARY KEY (key, label)) STRICT, WITHOUT ROWID;
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
  const insert = staged.prepare("INSERT INTO given (key, label, line) VALUES (?, ?, ?) ON CONFLICT DO NOTHING");
  const stage = staged.transaction((rows: readonly LabelRow[]) => {
    for (const { key, label, line } of rows) if (insert.run(key, label, line).changes === 0) result.duplicates++;
  });
  return {
    add: (rows) => withSqliteErrors(logSchema(path), () => stage(rows)),
    async finish() {
      try {
        await match(staged, target.reader, keyOf);
        count(staged, options, result);
        await record(staged, target, (rows, entry) => labelToWrite(rows, entry, options, result), now);
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

async function match(staged: SqliteDatabase, reader: LogReader, keyOf: JoinOptions["keyOf"]): Promise<void> {
  const put = staged.prepare("INSERT INTO found SELECT ?, key FROM given WHERE key = ? LIMIT 1");
  const putAll = staged.transaction((found: readonly (readonly [seq: number, key: string | null])[]) => {
    for (const [seq, key] of found) if (key !== null) put.run(seq, key);
  });
  if (keyOf === null) {
    const next = "SELECT DISTINCT key FROM given WHERE key > ? ORDER BY key LIMIT ?";
    const some = staged.prepare<unknown[], string>(next).pluck();
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
  choose: (rows: readonly LabelRow[], entry: ListedEntry) => string | number | undefined,
  now: number,
): Promise<void> {
  const given = staged.prepare<unknown[], LabelRow>("SELECT * FROM given WHERE key = ? ORDER BY line");
  const some = staged.prepare<unknown[], { readonly seq: number; readonly key: string }>(
    "SELECT seq, key FROM found WHERE seq > ? ORDER BY seq LIMIT ?",
  );
  for (let chunk = some.all(0, CHUNK_ROWS); chunk.length > 0; chunk = some.all(chunk.at(-1)!.seq, CHUNK_ROWS)) {
    const keys = new Map(chunk.map(({ seq, key }) => [seq, key]));
    await locked(async () => {
      const entries = (await reader.those("seq", [...keys.keys()])).toSorted((a, b) => a.seq - b.seq);
      const labels = entries.flatMap((entry) => {
        const label = choose(given.all(keys.get(entry.seq)), entry);
        return label === undefined ? [] : [{ seq: entry.seq, label, isNew: entry.label === null, at: now }];
      });
      await write(labels);
    });
  }
}

function count(database: SqliteDatabase, { examples }: JoinOptions, result: JoinResult): void {
  const number = (sql: string): number => database.prepare(sql).pluck().get() as number;
  result.matched = number("SELECT count(DISTINCT key) FROM found");
  const all = "given WHERE key NOT IN (SELECT key FROM found)";
  result.unmatched = number(`SELECT count(*) FROM ${all}`);
  const unmatched = database.prepare(`SELECT line, key, label FROM ${all} ORDER BY line LIMIT ?`);
  result.examples.unmatched.push(...(unmatched.all(examples) as LabelExample[]));
}

/** @param rows those with the key of the prediction, each with another label */
function labelToWrite(
  rows: readonly LabelRow[],
  { prediction, label: known }: ListedEntry,
  { toLabel, replace, examples: most }: JoinOptions,
  result: JoinResult,
): string | number | undefined {
  const note = (kind: "conflicts" | "invalid" | "respelled", example: LabelExample): void => {
    result[kind]++;
    if (result.examples[kind].length < most) result.examples[kind].push(example);
  };
  /** By what is written: "1" and "1.0" may be the same class. */
  const valid = new Map<string | number, LabelRow>();
  for (const row of rows) {
    const label = toLabel(row.label, prediction);
    const problem = typeof prediction === "number" ? "is not a number" : "is not a label of the model";
    if (label === undefined) note("invalid", { ...row, problem });
    else if (!valid.has(label)) valid.set(label, row);
  }
  const [found, second] = valid;
  if (found === undefined) return undefined;
  const [label, first] = found;
  if (second !== undefined) {
    for (const each of valid.values()) {
      const { line, label: text } = each === first ? second[1] : first;
      note("conflicts", { ...each, ...(known !== null && { known }), other: { line, label: text } });
    }
    return undefined;
  }
  if (typeof label === "string" && label !== first.label) note("respelled", { ...first, readAs: label });
  if (known === null) result.labelled++;
  else if (known === label) result.unchanged++;
  else if (replace) result.replaced++;
  else note("conflicts", { ...first, known });
  return known === null || (known !== label && replace) ? label : undefined;
}
