/** Joins labels that arrive later to logged predictions. */
import { setImmediate as nextTurn } from "node:timers/promises";
import type { LogEntry, LogPlace, LogReader } from "./logReader.ts";
import { logFailure } from "./openLogDatabase.ts";
import { predictionLogPath } from "./predictionLogPath.ts";
import { postgresLabels } from "./postgresLabels.ts";
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
  const { place, keyOf, toLabel, replace, now, examples: most } = options;
  const path = predictionLogPath(place.database);
  const { reader, locked, write, close } =
    place.shared === undefined ? sqliteLabels(path) : await postgresLabels(place.shared);
  const staged = new Map<string, LabelRow>();
  const counts = { labelled: 0, unchanged: 0, replaced: 0, duplicates: 0, conflicts: 0, invalid: 0 };
  const result: JoinResult = {
    matched: 0,
    unmatched: 0,
    ...counts,
    examples: { unmatched: [], conflicts: [], invalid: [] },
  };
  const addExample = (kind: keyof JoinResult["examples"], example: LabelExample): void => {
    if (result.examples[kind].length < most) result.examples[kind].push(example);
  };

  function labelToWrite(row: LabelRow, { prediction, label: known }: Omit<LogEntry, "inputs">) {
    const label = toLabel(row.label, prediction);
    if (label === undefined) {
      result.invalid++;
      addExample("invalid", row);
    } else if (known === null) result.labelled++;
    else if (known === label) result.unchanged++;
    else if (replace) result.replaced++;
    else {
      result.conflicts++;
      addExample("conflicts", { ...row, known });
    }
    return known === null || (known !== label && replace) ? label : undefined;
  }

  /** In short transactions, in the order of writing. */
  async function record(pairs: readonly Found[]): Promise<void> {
    for (let start = 0; start < pairs.length; start += CHUNK_ROWS) {
      const rows = new Map(pairs.slice(start, start + CHUNK_ROWS).map(({ seq, row }) => [seq, row]));
      await locked(async () => {
        const entries = new Map((await reader.those("seq", [...rows.keys()])).map((entry) => [entry.seq, entry]));
        const labels = [...rows].flatMap(([seq, row]) => {
          const entry = entries.get(seq);
          const label = entry && labelToWrite(row, entry);
          return label === undefined ? [] : [{ seq, label, isNew: entry!.label === null, at: now }];
        });
        await write(labels);
      });
    }
  }

  return {
    add(rows) {
      for (const row of rows) {
        const known = staged.get(row.key);
        if (known?.label === row.label) result.duplicates++;
        else if (known === undefined || replace) staged.set(row.key, row);
        else {
          result.conflicts++;
          addExample("conflicts", { ...row, known: known.label });
        }
      }
    },
    async finish() {
      try {
        const pairs = await found(staged, reader, keyOf);
        const matched = new Set(pairs.map(({ row }) => row));
        result.matched = matched.size;
        result.unmatched = staged.size - matched.size;
        for (const row of staged.values()) if (!matched.has(row)) addExample("unmatched", row);
        await record(pairs);
        return result;
      } catch (error) {
        throw logFailure(error, path) ?? error;
      }
    },
    close,
  };
}

interface Found {
  readonly seq: number;
  readonly row: LabelRow;
}

/** The predictions that have a label, in the order of writing. */
async function found(
  staged: ReadonlyMap<string, LabelRow>,
  reader: LogReader,
  keyOf: JoinOptions["keyOf"],
): Promise<Found[]> {
  const pairs: Found[] = [];
  const add = (seq: number, key: string | null): void => {
    const row = key === null ? undefined : staged.get(key);
    if (row !== undefined) pairs.push({ seq, row });
  };
  if (keyOf === null) {
    const keys = [...staged.keys()];
    for (let start = 0; start < keys.length; start += CHUNK_ROWS)
      for (const { seq, predictionId } of await reader.those("predictionId", keys.slice(start, start + CHUNK_ROWS)))
        add(seq, predictionId);
    return pairs.toSorted((a, b) => a.seq - b.seq);
  }
  for (let rows = await reader.after(0, CHUNK_ROWS); rows.length > 0;) {
    for (const { seq, inputs } of rows) add(seq, keyOf(inputs));
    // A server answers others in between.
    await nextTurn();
    rows = await reader.after(rows.at(-1)!.seq, CHUNK_ROWS);
  }
  return pairs;
}
