/** Finds the monitored rows that the model was trained on: it predicts them better than new rows. */
import { statSync } from "node:fs";
import type { Run } from "../../core/records/run.ts";
import { sha256File } from "../../storage/files/sha256.ts";
import { newRows } from "../health/newRows.ts";
import type { Session } from "../session.ts";
import type { WatchedRows } from "./monitorRows.ts";

/**
 * A file is known by its content. Rows of a new file that happen to be equal to training rows do not count.
 * @returns 1 for each row of the training data, validation rows included; null if there are none or it is unknown
 */
export async function trainedRows(session: Session, run: Run | null, watched: WatchedRows): Promise<Uint8Array | null> {
  const { table, dataset, files } = watched;
  const marks = new Uint8Array(table.rowCount);
  if (dataset !== undefined && run !== null) {
    const { positions, known } = await newRows(session, run, { dataset, table });
    if (known === undefined || known === 0) return null;
    marks.fill(1);
    for (const row of positions) marks[row] = 0;
    return marks;
  }
  if (files === undefined || run === null) return null;
  const training = session.store.dataset(run.datasetId)?.files ?? [];
  const sizes = new Set(training.map(({ bytes }) => bytes));
  const contents = new Set(training.map(({ sha256 }) => sha256));
  const known = await Promise.all(
    // Only a file of the same size can have the same content.
    files.map(async ({ path }) => sizes.has(statSync(path).size) && contents.has(await sha256File(path))),
  );
  if (known.every((isKnown) => isKnown)) return marks.fill(1);
  const isInOrder = files.reduce((sum, { rows }) => sum + rows, 0) === table.rowCount;
  if (!isInOrder || !known.includes(true)) return null;
  let start = 0;
  files.forEach(({ rows }, i) => marks.fill(known[i]! ? 1 : 0, start, (start += rows)));
  return marks;
}
