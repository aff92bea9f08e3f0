/** Writes and reads rows of the table `record`. */
import { MlctlError } from "../../core/errors.ts";
import type { DatabaseAddress } from "../../core/databaseAddress.ts";
import { sha256Text } from "../files/workspacePaths.ts";
import { parseRecordFile } from "../records/recordFiles.ts";
import {
  type FoundChanges,
  type KnownRecord,
  type ReadRecord,
  type RecordFile,
  type RecordProblem,
  recordId,
  type WorkspaceRecord,
} from "../records/records.ts";
import { noneYet, type Connection, SEQ_LOCK, lockKey } from "./connect.ts";

export interface NewRow {
  readonly path: string;
  readonly text: string;
  readonly record: WorkspaceRecord;
}

/**
 * Part of a transaction. `seq` is drawn under a lock that lasts until the commit, so that its order is the order of commits
 * and a reader that has seen one number has seen all below it.
 * @returns the `seq` of each row
 */
export async function writeRows(
  connection: Connection,
  { workspace }: DatabaseAddress,
  rows: readonly NewRow[],
): Promise<string[]> {
  await connection.query("SELECT pg_advisory_xact_lock($1, $2)", [SEQ_LOCK, lockKey(workspace)]);
  const columns = [
    rows.map(({ path }) => path),
    rows.map(({ record }) => record.kind),
    rows.map(({ record }) => recordId(record)),
    rows.map(({ text }) => sha256Text(text)),
    rows.map(({ record }) => forViews(record)),
    rows.map(({ text }) => text),
  ];
  const written = await connection.query<{ seq: string }>(
    `INSERT INTO record (workspace, path, seq, kind, id, sha256, record, text, gone)
     SELECT $1, path, (SELECT coalesce(max(seq), 0) FROM record WHERE workspace = $1) + n, kind, id, sha256, record::jsonb, text, false
     FROM unnest($2::text[], $3::text[], $4::text[], $5::text[], $6::text[], $7::text[])
       WITH ORDINALITY AS new (path, kind, id, sha256, record, text, n) ORDER BY n
     ON CONFLICT (workspace, path) DO UPDATE SET seq = excluded.seq, kind = excluded.kind, id = excluded.id,
       sha256 = excluded.sha256, record = excluded.record, text = excluded.text, gone = false
     RETURNING seq`,
    [workspace, ...columns],
  );
  return written.map(({ seq }) => seq);
}

/** Part of a transaction. The rows stay, so that other machines learn of it. */
export async function removeRows(
  connection: Connection,
  { workspace }: DatabaseAddress,
  paths: readonly string[],
): Promise<void> {
  await connection.query("SELECT pg_advisory_xact_lock($1, $2)", [SEQ_LOCK, lockKey(workspace)]);
  await connection.query(
    `UPDATE record SET gone = true, id = NULL, sha256 = NULL, record = NULL, text = NULL,
       seq = (SELECT max(seq) FROM record WHERE workspace = $1) + n
     FROM unnest($2::text[]) WITH ORDINALITY AS old (path, n)
     WHERE record.workspace = $1 AND record.path = old.path AND NOT gone`,
    [workspace, paths],
  );
}

/** The row that stays when a workspace was moved back to its folders: no machine may go on with the others. */
export const MOVED = { path: ".moved", kind: "moved" } as const;

function movedTo(shown: string, to: string | null): MlctlError {
  return new MlctlError("notReady", `this workspace was moved from ${shown} to ${to}`, {
    hint: "work there; if that was interrupted, run `mlctl share --folder` again",
  });
}

/** @throws {MlctlError} kind "notReady" if the workspace was moved back to its folders */
export async function refuseMoved(connection: Connection, { workspace, shown }: DatabaseAddress): Promise<void> {
  const [moved] = await connection.query<{ text: string | null }>(
    "SELECT text FROM record WHERE workspace = $1 AND path = $2 AND NOT gone",
    [workspace, MOVED.path],
  );
  if (moved !== undefined) throw movedTo(shown, moved.text);
}

interface Row extends CurrentRow {
  readonly seq: string;
  readonly gone: boolean;
  /** The index has these bytes, and they are as their checksum says: `text` is left out. */
  readonly intact: boolean;
}

export interface CurrentRow {
  readonly path: string;
  readonly kind: string;
  readonly sha256: string | null;
  readonly text: string | null;
}

/** The rows that are newer than the index. All of them, if the index does not belong to this database. */
export async function changedRows(
  connection: Connection,
  { workspace, shown }: DatabaseAddress,
  known: ReadonlyMap<string, KnownRecord>,
): Promise<FoundChanges> {
  const select = (from: bigint): Promise<Row[]> => {
    // Of all records, only those come here that the index does not have: the server checks the others.
    const had = from === 0n ? [...known].filter(([, { sha256 }]) => sha256 !== "") : [];
    const [paths, hashes] = [had.map(([path]) => path), had.map(([, { sha256 }]) => sha256)];
    // Materialized: each text is hashed once.
    const sql = `WITH row AS MATERIALIZED (
        SELECT path, kind, seq, sha256, text, gone, (path, sha256) IN (SELECT * FROM unnest($3::text[], $4::text[]))
          AND sha256 = encode(sha256(convert_to(text, 'UTF8')), 'hex') IS TRUE AS intact
        FROM record WHERE workspace = $1 AND seq >= $2
      ) SELECT path, seq, gone, intact, CASE WHEN NOT intact THEN kind END AS kind,
        CASE WHEN NOT intact THEN sha256 END AS sha256, CASE WHEN NOT intact THEN text END AS text FROM row ORDER BY seq`;
    return connection.query<Row>(sql, [workspace, String(from), paths, hashes]).catch(noneYet([]));
  };
  const [newestPath, newest] = newestOf(known);
  let rows = await select(newest);
  const moved = rows.find(({ kind, gone }) => kind === MOVED.kind && !gone);
  if (moved !== undefined) throw movedTo(shown, moved.text);
  const anchor = rows.find(({ path }) => path === newestPath);
  // The newest record that the index has is still there, or has a newer version: otherwise the database was replaced or set back.
  const continues =
    newest > 0n &&
    anchor !== undefined &&
    (anchor.seq !== String(newest) || anchor.sha256 === known.get(newestPath)?.sha256);
  if (!continues && newest > 0n) rows = await select(0n);
  const current = new Map(rows.filter(({ gone }) => !gone).map((row) => [row.path, row]));
  const changed: ReadRecord[] = [];
  const touched: RecordFile[] = [];
  const problems: RecordProblem[] = [];
  for (const row of current.values()) {
    const before = known.get(row.path);
    if (row.intact) {
      if (before?.stat !== row.seq) touched.push({ path: row.path, stat: row.seq });
      continue;
    }
    if (before?.stat === row.seq && before.sha256 === row.sha256) continue;
    try {
      const read = readRow(row, shown);
      if (read !== undefined) (before?.sha256 === read.sha256 ? touched : changed).push(read);
    } catch (error) {
      if (!(error instanceof MlctlError)) throw error;
      problems.push({ path: row.path, error });
    }
  }
  const goneNow = new Set([...rows.filter(({ gone }) => gone), ...problems].map(({ path }) => path));
  const removed = [...known.keys()].filter((path) => goneNow.has(path) || (!continues && !current.has(path)));
  return { changes: { changed, touched, removed }, problems };
}

/**
 * The `stat` of a record that this process has just saved. It does not count as the newest that the index has seen, because
 * other machines may have saved records with lower numbers that the index does not have yet.
 */
export const ownStat = (seq: string): string => `+${seq}`;

function newestOf(known: ReadonlyMap<string, KnownRecord>): [path: string, seq: bigint] {
  let [path, newest] = ["", 0n];
  for (const [each, { stat }] of known) {
    const seq = /^\d+$/.test(stat) ? BigInt(stat) : 0n;
    if (seq > newest) [path, newest] = [each, seq];
  }
  return [path, newest];
}

/** Undefined if an mlctl of another version wrote a kind that this one does not know. */
function readRow({ path, seq, sha256, text }: Row, shown: string): ReadRecord | undefined {
  if (text === null || sha256Text(text) !== sha256) {
    throw new MlctlError("data", `the record ${path} in ${shown} is damaged: its text differs from its checksum`, {
      hint: "restore it from a backup of the database",
    });
  }
  const record = parseRecordFile(text, path);
  return record === undefined ? undefined : { path, stat: seq, sha256, record };
}

/** jsonb has no NUL and no half of a surrogate pair; `text` keeps them. */
function forViews(record: WorkspaceRecord): string {
  return JSON.stringify(record).replaceAll(/(?<=(?:^|[^\\])(?:\\\\)*)\\u(?:0000|d[89a-f][\da-f]{2})/gi, "\\ufffd");
}
