/** Records as rows in Postgres: what several machines share. */
import { readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import type { DatabaseAddress } from "../../core/databaseAddress.ts";
import { MlctlError } from "../../core/errors.ts";
import { afterSwitch, prepareDeployment } from "../deployment/commitDeployment.ts";
import { refreshCopies } from "../deployment/repairDeployment.ts";
import { sha256Text, toRecordPath, type WorkspacePaths, fromRecordPath } from "../files/workspacePaths.ts";
import { changedFiles } from "../records/recordFiles.ts";
import {
  type ReadRecord,
  type Artifacts,
  type Records,
  artifactsOf,
  recordId,
  recordPath,
  recordText,
  type WorkspaceRecord,
} from "../records/records.ts";
import { connect, noneYet, onDemand, type Connection, inTransaction, COPIES_LOCK, lockKey } from "./connect.ts";
import { changedRows, ownStat, removeRows, writeRows, type NewRow } from "./rows.ts";
import { ensureSchema } from "./schema.ts";
import { holderOf, lockOf, takeJobLock, takeWriteLock, type WriteLock } from "./writeLock.ts";
import { atomicWrite, removeFile, namesIn } from "../files/atomicWrite.ts";

/** Connects on the first call, and again if the connection was lost. */
export function postgresRecords(
  paths: WorkspacePaths,
  address: DatabaseAddress,
  artifacts: Artifacts,
  allow: () => void = () => {},
): Records {
  let held: WriteLock | undefined;
  const other = onDemand(async () => {
    allow();
    return connect(address, "mlctl");
  });
  const connected = async <T>(work: (connection: Connection) => Promise<T>): Promise<T> => {
    if (held === undefined) return other.use(work);
    // A restarted server or a cut cable shows with the next question only.
    await held.connection.query("SELECT").catch(() => {});
    if (!held.connection.isOpen()) held = await held.renewed();
    return work(held.connection);
  };
  let last: Promise<unknown> = Promise.resolve();
  /** One after the other, because transactions on one connection would mix. */
  const using = <T>(work: (connection: Connection) => Promise<T>): Promise<T> => {
    const result = last.then(() => connected(work));
    last = result.catch(() => {});
    return result;
  };
  const fenced = <T>(work: (connection: Connection) => Promise<T>, needsLock = true): Promise<T> =>
    using((connection) =>
      inTransaction(connection, async () => {
        if (needsLock && held === undefined) throw new TypeError("the caller does not hold the lock");
        if (needsLock) await held?.fence();
        const result = await work(connection);
        await held?.remember();
        return result;
      }),
    );
  const rowOf = (record: WorkspaceRecord, path = recordPath(paths, record)): NewRow => {
    return { path: toRecordPath(paths.workspace, path), text: recordText(record), record };
  };
  const refresh = (): Promise<void> => using((connection) => refreshDeploymentCopies(connection, address, paths));
  return {
    ...artifacts,
    async changes(known) {
      const found = await using((connection) => changedRows(connection, address, known));
      if (known.size === 0) refuseOthers(paths, address, found.changes.changed);
      const { changed, removed } = found.changes;
      const active = activePath(paths);
      const newest = changed.find(({ path }) => path === active);
      const sha256 = newest?.sha256 ?? known.get(active)?.sha256;
      const isNew = changed.some(({ record }) => record.kind === "deployment") || removed.includes(active);
      // A running server takes it as soon as the copy is there. What is missing then is an error of who needs it.
      if (newest !== undefined) await artifacts.fetch(newest.record).catch(() => {});
      if (isNew || isOutdated(paths, sha256)) await refresh();
      return found;
    },
    async save(record) {
      await artifacts.keep(artifactsOf(record).map(([, artifact]) => artifact));
      const row = rowOf(record);
      // The job of an execution may hold the lock for hours; each execution has a row of its own.
      const save = (connection: Connection): Promise<string[]> => writeRows(connection, address, [row]);
      const [seq] = await fenced(save, record.kind !== "execution");
      if (record.kind === "deployment") await refresh();
      return { path: row.path, stat: ownStat(seq!), sha256: sha256Text(row.text), record };
    },
    async remove(removed) {
      const needsLock = !removed.every((path) => /\/execution_[^/]*$/.test(path));
      await fenced((connection) => removeRows(connection, address, removed), needsLock);
    },
    async deploy(request) {
      // Its number and the deployment before it are read from the copies.
      await refresh();
      // The copies of a release have the same bytes.
      const { model, latestScore, ingestedFiles } = request;
      await artifacts.keep([model, latestScore, ingestedFiles].filter((each) => each !== null));
      const { deployment, previous } = prepareDeployment(paths, request);
      // In this order, because no two rows may have the same number at any time.
      const archived = previous === undefined ? [] : [{ ...rowOf(previous), text: activeText(paths) }];
      const rows = [{ ...rowOf(deployment), path: activePath(paths) }, ...archived];
      await fenced((connection) => writeRows(connection, address, rows));
      await refresh();
      afterSwitch(deployment, () => refreshCopies(paths, deployment));
      return deployment;
    },
    async state(name, change) {
      const read = async (connection: Connection, also = ""): Promise<string | null> => {
        const key = [address.workspace, name];
        const sql = `SELECT text FROM state WHERE workspace = $1 AND name = $2 ${also}`;
        return (await connection.query<{ text: string | null }>(sql, key))[0]?.text ?? null;
      };
      if (change === undefined) return using(read).catch(noneYet(null));
      await using((connection) => ensureSchema(connection, address));
      return fenced(async (connection) => {
        const key = [address.workspace, name];
        await connection.query("INSERT INTO state (workspace, name) VALUES ($1, $2) ON CONFLICT DO NOTHING", key);
        const before = await read(connection, "FOR UPDATE");
        const after = change(before);
        if (after !== before)
          await connection.query("UPDATE state SET text = $3 WHERE workspace = $1 AND name = $2", [...key, after]);
        return after;
      }, false);
    },
    async lock(request) {
      allow();
      if (request.job !== undefined) return { now: request.now, release: await takeJobLock(address, request) };
      const lock = await takeWriteLock(address, request);
      try {
        await ensureSchema(lock.connection, address);
        await lock.remember();
        const now = await databaseClock(lock.connection, request.now);
        held = lock;
        return { now, release };
      } catch (error) {
        await lock.release();
        throw error;
      }
    },
    holder: () => using((connection) => holderOf(connection, lockOf(address))),
  };

  async function release(): Promise<void> {
    const lock = held;
    held = undefined;
    await lock?.release();
  }
}

/**
 * On the first contact: a folder with records of its own was not meant to become a copy of this database.
 * @throws {MlctlError} kind "notReady"
 */
function refuseOthers(paths: WorkspacePaths, { shown }: DatabaseAddress, rows: readonly ReadRecord[]): void {
  const known = new Set(rows.map(({ record }) => `${record.kind} ${recordId(record)}`));
  const { changed } = changedFiles(paths, new Map()).changes;
  const others = changed.filter(
    ({ record }) => record.kind !== "aliases" && !known.has(`${record.kind} ${recordId(record)}`),
  );
  if (others.length === 0) return;
  const are = others.length === 1 ? "1 record" : `${others.length} records`;
  throw new MlctlError("notReady", `this folder has ${are} that ${shown} does not have`, {
    details: others.slice(0, 5).map(({ path }) => path),
    hint: 'set "database" to "mlctl.db" again, then move them with `mlctl share postgres://…`',
  });
}

/** This machine's clock, set by that of the database once: a long training needs no further question. */
async function databaseClock(connection: Connection, own: () => Date): Promise<() => Date> {
  const before = own().getTime();
  const [row] = await connection.query<{ now: Date }>("SELECT clock_timestamp() AS now");
  const ahead = Math.round(row!.now.getTime() - (before + own().getTime()) / 2);
  return () => new Date(own().getTime() + ahead);
}

/** The record path of the active deployment. */
export function activePath({ workspace, production }: WorkspacePaths): string {
  return toRecordPath(workspace, join(production, "deployment.json"));
}

/** Its bytes, as they were written: an older mlctl may have written them otherwise than this one would. */
export function activeText(paths: WorkspacePaths): string {
  return readFileSync(fromRecordPath(paths.workspace, activePath(paths)), "utf8");
}

/** True if deployment.json is not this version; the history changes only with it, or with a changed record. */
export function isOutdated(paths: WorkspacePaths, sha256: string | undefined): boolean {
  return hashOf(fromRecordPath(paths.workspace, activePath(paths))) !== sha256;
}

/**
 * Writes what differs. Under a lock of its own and from the rows as they are then, because machines that share the folder
 * may do this at the same time, and none may bring back an older deployment.
 * @throws {MlctlError} kind "failure" if the folder cannot be written: an outdated copy would be a wrong answer
 */
export async function refreshDeploymentCopies(
  connection: Connection,
  { workspace }: DatabaseAddress,
  paths: WorkspacePaths,
): Promise<void> {
  await inTransaction(connection, async () => {
    await connection.query("SELECT pg_advisory_xact_lock($1, $2)", [COPIES_LOCK, lockKey(workspace)]);
    const rows = await connection.query<{ path: string; sha256: string; text: string }>(
      "SELECT path, sha256, text FROM record WHERE workspace = $1 AND kind = 'deployment' AND NOT gone",
      [workspace],
    );
    const active = activePath(paths);
    // The active one last: until then, the previous is complete.
    for (const { path, sha256, text } of rows.toSorted(
      (a, b) => Number(a.path === active) - Number(b.path === active),
    )) {
      const file = fromRecordPath(paths.workspace, path);
      if (hashOf(file) !== sha256) atomicWrite(file, text);
    }
    const kept = new Set(rows.map(({ path }) => fromRecordPath(paths.workspace, path)));
    const history = join(paths.production, "history");
    const names = namesIn(history).filter((name) => /^deployment_\d+\.json$/.test(name));
    const files = [...names.map((name) => join(history, name)), fromRecordPath(paths.workspace, active)];
    for (const file of files.filter((each) => !kept.has(each))) removeFile(file);
  });
}

function hashOf(path: string): string | undefined {
  return statSync(path, { throwIfNoEntry: false })?.isFile() === true ? sha256Text(readFileSync(path)) : undefined;
}
