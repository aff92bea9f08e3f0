/** Moves the prediction log of a workspace to Postgres, and back: each prediction with its label, in the order of writing. */
import { existsSync } from "node:fs";
import type { DatabaseAddress } from "../../core/databaseAddress.ts";
import { sqliteWriter, openLogDatabase } from "./openLogDatabase.ts";
import { loggedRow, type LogWriter, type Retention, type LabelTarget, type LogEntry } from "./logReader.ts";
import { postgresLabels, postgresReader } from "./postgresReader.ts";
import { postgresWriter } from "./postgresWriter.ts";
import { readerOn, sqliteLabels } from "./sqliteReader.ts";

const ROWS = 5000;
const KEEP_ALL: Retention = { days: null, rows: null, bytes: null };

/** The same call again goes on where a kill ended it. @param onRows called with the number so far @returns the number of predictions */
export async function moveLogIn(
  path: string,
  address: DatabaseAddress,
  onRows: (rows: number) => void,
): Promise<number> {
  if (!existsSync(path)) return 0;
  return closing(async (open) => {
    const from = open(openLogDatabase(path));
    const writer = open(await postgresWriter(address, KEEP_ALL));
    const labels = open(await postgresLabels(address));
    const reader = readerOn(from, path);
    let [count, after] = [0, 0];
    for (let isClosed = false; ;) {
      const rows = await reader.after(after, ROWS);
      if (rows.length > 0) {
        after = rows.at(-1)!.seq;
        await put(rows, writer, labels);
        onRows((count += rows.length));
      } else if (isClosed) return count;
      else {
        // A server that runs gets an error from here on, which it reports; what it wrote until now comes as well.
        from.exec(CLOSE);
        isClosed = true;
      }
    }
  });
}

/** Closes what `work` opened, the last one first, also if it fails. */
async function closing<T>(work: (open: <C extends { close(): unknown }>(it: C) => C) => Promise<T>): Promise<T> {
  const opened: { close(): unknown }[] = [];
  try {
    return await work((it) => (opened.push(it), it));
  } finally {
    for (const each of opened.toReversed()) each.close();
  }
}

const CLOSE = `CREATE TRIGGER IF NOT EXISTS moved BEFORE INSERT ON predictions
  BEGIN SELECT RAISE(ABORT, 'the predictions are in Postgres now: restart this server'); END`;

/** After `moveLogIn`, where the workspace stays in the folders all the same. */
export function reopenLog(path: string): void {
  if (!existsSync(path)) return;
  const log = openLogDatabase(path);
  log.exec("DROP TRIGGER IF EXISTS moved");
  log.close();
}

/** The predictions stay in Postgres, for views. @returns the number of predictions */
export async function moveLogOut(
  address: DatabaseAddress,
  path: string,
  onRows: (rows: number) => void,
): Promise<number> {
  return closing(async (open) => {
    const reader = open(postgresReader(address));
    let rows = await reader.after(0, ROWS);
    if (rows.length === 0) return 0;
    const [writer, labels] = [open(sqliteWriter(path, KEEP_ALL)), open(sqliteLabels(path))];
    let count = 0;
    for (; rows.length > 0; rows = await reader.after(rows.at(-1)!.seq, ROWS)) {
      await put(rows, writer, labels);
      onRows((count += rows.length));
    }
    return count;
  });
}

async function put(
  rows: readonly LogEntry[],
  writer: LogWriter,
  { reader, locked, write }: LabelTarget,
): Promise<void> {
  await writer.write(rows.map(loggedRow));
  const labelled = new Map(rows.filter(({ label }) => label !== null).map((row) => [row.predictionId, row]));
  await locked(async () => {
    const there = await reader.those("predictionId", [...labelled.keys()]);
    await write(
      there.map(({ seq, predictionId, label: known }) => {
        const { label, labelledAt } = labelled.get(predictionId)!;
        return { seq, label: label!, isNew: known === null, at: labelledAt! };
      }),
    );
  });
}
