/** share: moves the records and the prediction log of a workspace from its folders to Postgres, where several machines share them, and back. */
import { existsSync, readFileSync, realpathSync, renameSync } from "node:fs";
import { hostname } from "node:os";
import { basename, dirname, resolve } from "node:path";
import { withSettings } from "../../config/jsonc.ts";
import { loadConfig } from "../../config/loadConfig.ts";
import { remember } from "../../config/trust.ts";
import { DATABASE } from "../../config/workspaceOf.ts";
import { bucketAddress, type BucketAddress } from "../../core/text/bucketAddress.ts";
import { addressProblem, databaseAddress, type DatabaseAddress } from "../../core/databaseAddress.ts";
import { messageOf, MlctlError, recover } from "../../core/errors.ts";
import type { Environment } from "../../core/userFolder.ts";
import { atomicWrite, removeFile } from "../../storage/files/atomicWrite.ts";
import { sha256Text, fromRecordPath } from "../../storage/files/workspacePaths.ts";
import { predictionLogPath } from "../../storage/predictionLog/logReader.ts";
import { parseRecordFile, recordFiles } from "../../storage/records/recordFiles.ts";
import { allRecords, stateNames, type StateName, artifactsOf } from "../../storage/records/records.ts";
import type { NewRow } from "../../storage/postgres/rows.ts";
import { folderRecords } from "../../storage/openRecords.ts";
import { openStore } from "../../storage/store/openStore.ts";
import { syncStore } from "../../storage/store/syncStore.ts";
import { knownNames } from "../knownNames.ts";
import { lockRequest, writing, type Session, type WritingOptions } from "../session.ts";
import { requireServers, type Workspace } from "../workspace.ts";

/**
 * Writes the records to the database, then config.json, which is the switch, then removes the record files. A kill leaves
 * the old or the new place in use; the same call again finishes it.
 * @throws {MlctlError} "usage" for a wrong address or a shared workspace; "notReady" if the database has other records
 */
export async function shareInPostgres(
  workspace: Workspace,
  database: string,
  options: WritingOptions & { readonly environment: Environment; readonly artifacts?: string | undefined },
) {
  const address = addressOf(database);
  const { artifacts } = options;
  const bucket = artifacts === undefined ? undefined : bucketOf(artifacts);
  const { shared } = workspace.paths;
  if (shared !== undefined) {
    const hint = "to move them elsewhere, move them back first: `mlctl share --folder`";
    throw new MlctlError("usage", `the records are already in ${shared.shown}`, { hint });
  }
  const [{ moveIn }, { moveLogIn, reopenLog }] = await Promise.all([
    import("../../storage/postgres/moveRecords.ts"),
    import("../../storage/predictionLog/moveLog.ts"),
  ]);
  const log = predictionLogPath(workspace.paths.database);
  let predictions = 0;
  const missing: string[] = [];
  const rows = await writing(workspace, options, async (session) => {
    const found = await rowsOf(session);
    if (bucket !== undefined) {
      const { bucketArtifacts } = await import("../../storage/bucket/bucketArtifacts.ts");
      const { keep } = bucketArtifacts(session.paths, bucket, session.context.signal);
      const all = found.flatMap(({ record }) => artifactsOf(record).map(([, artifact]) => artifact));
      for (const [i, artifact] of all.entries()) {
        await keep([artifact]);
        const done = { done: i + 1, total: all.length, unit: "files" };
        session.context.emit({ type: "progress", stage: "share", ...done });
      }
      for (const { path } of all.filter((each) => !existsSync(fromRecordPath(session.paths.workspace, each.path))))
        missing.push(path);
    }
    const states: [StateName, string][] = [];
    for (const name of stateNames) {
      const text = await session.records.state(name);
      if (text !== null) states.push([name, text]);
    }
    await moveIn(address, { rows: found, states }, lockRequest(workspace, options));
    predictions = await moveLogIn(log, address, (done) => progress(session, done));
    try {
      switchTo(workspace, { database, ...(artifacts === undefined ? {} : { artifacts }) });
    } catch (error) {
      reopenLog(log);
      throw error;
    }
    // Copies of the deployments stay, for servers and other programs.
    for (const { path, record } of found)
      if (record.kind !== "deployment") removeFile(fromRecordPath(session.paths.workspace, path));
    for (const [name] of states) await session.records.state(name, () => null);
    return found;
  });
  const allowed = await allow(workspace, options.environment);
  // Not removed, because a server that still runs would go on writing to a file that nobody can read.
  for (const ending of ["", "-wal", "-shm"])
    if (existsSync(log + ending)) renameSync(log + ending, `${log}.moved${ending}`);
  const notes = [
    ...allowed,
    artifacts === undefined
      ? "models and datasets stay in the folders: other machines need the same folder"
      : "input files and test data stay in the folders of this machine",
    ...(predictions === 0 ? [] : ["restart servers that run: until then they log no predictions, and say so"]),
  ];
  if (missing.length > 0)
    notes.push(`files of records that are missing, and so not in the bucket: ${missing.join(", ")}`);
  return { database, ...(artifacts === undefined ? {} : { artifacts }), records: rows.length, predictions, notes };
}

/** Writes the record files, marks the workspace in the database as moved, then writes config.json. */
export async function shareInFolder(workspace: Workspace, options: WritingOptions) {
  const { paths, records, trust } = workspace;
  const { shared } = paths;
  if (shared === undefined) throw new MlctlError("usage", "the records are already in the folders");
  requireServers(trust);
  const notes: string[] = [];
  const lost = recover((error) => {
    if (error.kind !== "data") throw error;
    notes.push(error.message);
  });
  const [{ moveOut }, { moveLogOut }] = await Promise.all([
    import("../../storage/postgres/moveRecords.ts"),
    import("../../storage/predictionLog/moveLog.ts"),
  ]);
  const index = resolve(paths.workspace, DATABASE);
  const own = folderRecords({ ...paths, database: index, index, shared: undefined, bucket: undefined });
  let predictions = 0;
  const moved = await moveOut(shared, {
    ...lockRequest(workspace, options),
    to: `${paths.workspace} on ${hostname()}`,
    async keep(rows, states) {
      const known = new Set(rows.map(({ path }) => path));
      const others = recordFiles(paths).filter(({ path }) => !known.has(path));
      if (others.length > 0) throw strangers(others.map(({ path }) => path));
      for (const { path, text } of paths.bucket === undefined ? [] : rows) {
        const record = parseRecordFile(text, path)!;
        // One at a time, so that each lost file is reported, and none keeps the others back.
        for (const [, artifact] of artifactsOf(record)) await records.fetch(record, [artifact]).catch(lost);
      }
      const changed = rows.filter(({ path, text }) => {
        const file = fromRecordPath(paths.workspace, path);
        return !existsSync(file) || sha256Text(readFileSync(file)) !== sha256Text(text);
      });
      if (changed.length === 0) notes.push("the records were in the folders already: only config.json was changed");
      for (const { path, text } of changed) atomicWrite(fromRecordPath(paths.workspace, path), text);
      for (const [name, text] of states) await own.state(name as StateName, () => text);
      predictions = await moveLogOut(shared, predictionLogPath(index), (done) => progress(workspace, done));
    },
  });
  switchTo(workspace, { database: DATABASE, ...(paths.bucket === undefined ? {} : { artifacts: null }) });
  const store = openStore(index);
  await syncStore(own, store);
  store.close();
  return { database: DATABASE, records: moved, predictions, notes };
}

function addressOf(database: string): DatabaseAddress {
  const address = databaseAddress(database);
  if (address !== undefined) return address;
  // The address is not repeated, because it may contain a password.
  const problem = addressProblem(database) ?? "does not begin with postgres://";
  throw new MlctlError("usage", `the address ${problem}`, {
    hint: "for example: `mlctl share postgres://mlctl@db/ml`",
  });
}

/** @throws {MlctlError} kind "data" if a record cannot be read: it would be lost */
async function rowsOf({ paths, records, store }: Session): Promise<NewRow[]> {
  const all = await allRecords(records, store.knownRecords().keys());
  const texts = all.records.map(({ path, sha256 }) => {
    const text = readFileSync(fromRecordPath(paths.workspace, path), "utf8");
    return { path, text, isWhole: sha256Text(text) === sha256 };
  });
  const damaged = [...all.problems, ...texts.filter(({ isWhole }) => !isWhole)].map(({ path }) => path);
  if (damaged.length > 0) {
    throw new MlctlError("data", `nothing was moved: ${damaged.length} records cannot be read`, {
      details: damaged,
      hint: "run `mlctl verify`, and repair or remove them first",
    });
  }
  const rows = texts.map(({ path, text }) => ({ path, text, record: parseRecordFile(text, path)! }));
  const active = rows.find(({ path }) => basename(path) === "deployment.json")?.record;
  // A deploy that was killed between the copy in the history and the switch left the active deployment there as well.
  const isDouble = ({ record }: NewRow): boolean =>
    record !== active &&
    record.kind === "deployment" &&
    active?.kind === "deployment" &&
    record.deploymentId === active.deploymentId;
  return rows.filter((row) => !isDouble(row));
}

function bucketOf(artifacts: string): BucketAddress {
  const address = bucketAddress(artifacts);
  if (address !== undefined) return address;
  throw new MlctlError("usage", "the second address names no bucket", { hint: "such as s3://bucket/prefix" });
}

function progress({ context }: Pick<Workspace, "context">, done: number): void {
  context.emit({ type: "progress", stage: "share", done, unit: "predictions" });
}

function switchTo({ configPath }: Workspace, keys: Readonly<Record<string, string | null>>): void {
  const file = realpathSync(configPath);
  const settings = Object.entries(keys).map(([key, value]) => ({ path: [key], value }));
  const text = withSettings(readFileSync(file, "utf8"), settings);
  atomicWrite(file, text);
}

/** The user named the server, so it is allowed, beside what was allowed before. @returns a note if that cannot be remembered */
async function allow({ configPath, trust }: Workspace, environment: Environment): Promise<string[]> {
  const options = { path: configPath, directory: dirname(configPath), environment, known: knownNames() };
  const { hooks } = (await loadConfig(options)).trust;
  try {
    remember(
      hooks.filter(({ key }) => key === "database" || key === "artifacts" || trust.isRemembered(key)),
      configPath,
      environment,
    );
    return [];
  } catch (error) {
    return [`every command needs --trust or MLCTL_TRUST=1 now: ${messageOf(error)}`];
  }
}

function strangers(paths: readonly string[]): MlctlError {
  return new MlctlError("notReady", `${paths.length} record files in the folders are not in the database`, {
    details: paths.slice(0, 10),
    hint: "they were not written by this workspace: move them away, then run the command again",
  });
}
