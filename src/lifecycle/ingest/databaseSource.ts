/** A query to Postgres as a source: its result as a file of JSON lines. */
import { rmSync } from "node:fs";
import { basename } from "node:path";
import { MlctlError } from "../../core/errors.ts";
import { copyQuery } from "../../storage/postgres/copyQuery.ts";
import type { Session } from "../session.ts";
import type { AskedSource } from "./askedSource.ts";
import { keepArrivals, readNote } from "../sourceNotes.ts";

/** With a watermark, the rows above the last one are a further file; without, the result replaces the one before. */
export async function fromDatabase(session: Session, source: AskedSource): Promise<string[]> {
  const { context } = session;
  const { url, shown, query, watermark: column, identity, key, timeout, place } = source;
  const after = readNote(place, identity)?.watermark;
  const temporary = source.temporary();
  try {
    const { rows, sha256, watermark } = await copyQuery({
      url,
      shown,
      query: query!,
      watermark: column,
      after,
      path: temporary,
      timeout,
      signal: context.signal,
      onProgress: (done) => context.emit({ type: "progress", stage: "ingest", done, unit: "rows" }),
    });
    if (rows === 0 && after !== undefined) return [];
    if (rows === 0) throw new MlctlError("failure", `${shown}: the query has no rows`, { hint: "check `query`" });
    const note = { source: shown, isConfigured: key !== null, ...(watermark === undefined ? {} : { watermark }) };
    const item = column === null ? "rows" : `above ${after ?? "the beginning"}`;
    const arrivals = [{ item, name: `${basename(shown)}.jsonl`, temporary, sha256 }];
    return keepArrivals(place, note, { identity, arrivals, all: column === null });
  } finally {
    rmSync(temporary, { force: true });
  }
}
