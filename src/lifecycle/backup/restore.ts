/** restore: unpacks a backup, checks every file against the manifest, then replaces the workspace. */
import { existsSync, mkdirSync, readdirSync, readFileSync, realpathSync, rmdirSync, rmSync, statSync } from "node:fs";
import { basename, dirname, join, relative, resolve, sep } from "node:path";
import { loadConfig } from "../../config/loadConfig.ts";
import { workspaceOf, type ConfiguredPaths } from "../../config/workspaceOf.ts";
import type { Context } from "../../core/context.ts";
import { MlctlError, recover } from "../../core/errors.ts";
import { readArchive } from "../../storage/backup/archive.ts";
import { backupFolders, readManifest, type BackupManifest } from "../../storage/backup/backupFiles.ts";
import { ensureFolder } from "../../storage/files/commitFile.ts";
import { acquireLock } from "../../storage/lock.ts";
import { predictionLogPath } from "../../storage/predictionLog/predictionLogPath.ts";
import { folderRecords } from "../../storage/folderRecords.ts";
import { reindex } from "../../storage/store/syncStore.ts";
import { replaceAll } from "../../storage/backup/replacement.ts";
import { RESTORE, settleReplacement } from "../../storage/backup/settleReplacement.ts";
import { temporaryPath } from "../../storage/files/temporaryPath.ts";
import { integrity } from "../health/verify.ts";
import { knownNames } from "../knownNames.ts";
import { refuseShared } from "./backup.ts";

export interface RestoreOptions {
  readonly archive: string;
  readonly folder: string;
  readonly force: boolean;
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly waitMs: number;
}

const plainNames = new Set(["config.json", "store.db", "predictions.db", "manifest.json"]);

/** @throws {MlctlError} kind "usage" if the folder is not empty and `force` is not set */
export async function restore(options: RestoreOptions, context: Context) {
  const folder = resolve(options.folder);
  const { archive, force, waitMs } = options;
  const { now, signal } = context;
  const settled = await settleReplacement(folder, { command: RESTORE, waitMs, force, now, signal });
  if (settled === "undone") {
    const message = "an interrupted restore was undone first: the previous files are back";
    context.emit({ type: "warning", stage: "restore", message });
  }
  if (!force) requireEmpty(folder, archive);
  const made = ensureFolder(folder);
  try {
    return await restoreInto(folder, options, context);
  } catch (error) {
    removeEmpty(folder, made);
    throw error;
  }
}

async function restoreInto(folder: string, options: RestoreOptions, context: Context) {
  const unpacked = temporaryPath(join(folder, "restore"));
  mkdirSync(unpacked);
  try {
    const manifest = await unpack(options.archive, unpacked);
    const config = join(folder, manifest.configName);
    const paths = await pathsOf(options, { unpacked, folder });
    refuseShared(paths);
    const places = placesOf(unpacked, paths);
    requireOutside(options.archive, places);
    const locks = [...new Set([paths.database, ...(await databaseBefore(config, options))])].toSorted();
    const release = await acquireLocks(locks, options, context);
    try {
      replaceAll({ folder, staged: unpacked, places, config, locks });
      const restored = folderRecords(paths);
      const { records } = await reindex(restored, paths.index, context.now());
      // They were already damaged when the backup was made.
      const damaged = (await integrity({ paths, records: restored }))
        .filter(({ status }) => status === "fail")
        .map(({ name }) => name);
      const { createdAt, codeVersion, files } = manifest;
      return { folder, config, files: files.length, createdAt, codeVersion, records, damaged };
    } finally {
      release();
    }
  } finally {
    rmSync(unpacked, { recursive: true, force: true });
  }
}

/** The database of the workspace that is replaced, whose lock is needed too; empty if its config.json cannot be read. */
async function databaseBefore(config: string, { environment }: RestoreOptions): Promise<string[]> {
  if (!existsSync(config)) return [];
  const options = { path: basename(config), directory: dirname(config), environment, known: knownNames() };
  const read = loadConfig(options).then((loaded) => workspaceOf(loaded));
  const before = await read.catch(recover(() => undefined));
  if (before === undefined) return [];
  refuseShared(before);
  return existsSync(dirname(before.database)) ? [before.database] : [];
}

async function acquireLocks(
  databases: readonly string[],
  { waitMs }: RestoreOptions,
  { now, signal }: Context,
): Promise<() => void> {
  const releases: (() => void)[] = [];
  const releaseAll = (): void => releases.toReversed().forEach((release) => release());
  try {
    for (const database of databases) {
      ensureFolder(dirname(database));
      releases.push(await acquireLock({ database, command: RESTORE, waitMs, now, signal }));
    }
    return releaseAll;
  } catch (error) {
    releaseAll();
    throw error;
  }
}

/** Removes the empty folders that a failed restore created, from `folder` up to `made`. */
function removeEmpty(folder: string, made: string | undefined): void {
  if (made === undefined) return;
  for (let at = folder; at.startsWith(made) && readdirSync(at).length === 0; at = dirname(at)) rmdirSync(at);
}

const lockFile = /\.lock(\.json|-journal)?$/;

function requireEmpty(folder: string, archive: string): void {
  if (!existsSync(folder)) return;
  // The archive itself may be in the folder.
  const found = readdirSync(folder).filter(
    (name) => name !== basename(archive) && !name.startsWith(".") && !lockFile.test(name),
  );
  if (found.length === 0) return;
  throw new MlctlError(
    "usage",
    `${folder} is not empty: it contains ${found.slice(0, 5).join(", ")}${found.length > 5 ? ", …" : ""}`,
    { hint: "restore into a new folder with `-C`, or use --force to replace the content" },
  );
}

function isOfBackup(name: string): boolean {
  return plainNames.has(name) || backupFolders.some((role) => name.startsWith(`${role}/`));
}

async function unpack(archive: string, unpacked: string): Promise<BackupManifest> {
  const files = await readArchive(archive, unpacked, isOfBackup);
  const path = join(unpacked, "manifest.json");
  const manifest = readManifest(existsSync(path) ? readFileSync(path, "utf8") : "", archive);
  const found = new Map(files.map(({ name, sha256 }) => [name, sha256]));
  const wrong = manifest.files.filter(({ name, sha256 }) => found.get(name) !== sha256);
  if (wrong.length === 0 && found.has("config.json") && manifest.files.length === files.length - 1) return manifest;
  throw new MlctlError("data", `${archive} is damaged: ${wrong.length} files do not match its manifest`, {
    details: wrong.slice(0, 5).map(({ name }) => name),
    hint: "use another copy of the backup; nothing was changed",
  });
}

/** Paths from the config.json in the backup. Without --force, they must be inside the workspace. */
async function pathsOf(
  { environment, force }: RestoreOptions,
  { unpacked, folder }: { readonly unpacked: string; readonly folder: string },
): Promise<ConfiguredPaths> {
  const loaded = await loadConfig({ path: "config.json", directory: unpacked, environment, known: knownNames() });
  const { shared: _shared, bucket: _bucket, ...inUnpacked } = workspaceOf(loaded);
  const given = Object.entries(inUnpacked).filter(([name]) => name !== "drops" || existsSync(join(unpacked, name)));
  const outside = given.filter(([, path]) => relative(unpacked, path).split(sep)[0] === "..");
  if (outside.length > 0 && !force) {
    throw new MlctlError("usage", "config.json in the backup has folders outside the workspace", {
      details: outside.map(([name, path]) => `${name}: ${path}`),
      hint: "check these folders, then use --force",
    });
  }
  return workspaceOf({ config: loaded.config, directory: folder });
}

/** Names in the backup and their target paths; input and test files only if the backup has them. */
function placesOf(unpacked: string, paths: ConfiguredPaths): [string, string][] {
  const { production, models, datasets, input, testData, database, drops } = paths;
  const log = predictionLogPath(database);
  // If a target folder contains the workspace itself, its entries are replaced one by one.
  const entriesOf = (name: string, target: string): [string, string][] =>
    existsSync(join(unpacked, name)) && `${paths.workspace}${sep}`.startsWith(`${target}${sep}`)
      ? readdirSync(join(unpacked, name)).map((entry) => [`${name}/${entry}`, join(target, entry)])
      : [[name, target]];
  const places: [string, string][] = [
    // Backups do not have these. They are listed so that those of the replaced databases are removed.
    ...["-wal", "-shm"].flatMap((suffix): [string, string][] => [
      [`store.db${suffix}`, `${database}${suffix}`],
      [`predictions.db${suffix}`, `${log}${suffix}`],
    ]),
    ["store.db", database],
    ["predictions.db", log],
    ...entriesOf("inputs", input),
    ...entriesOf("drops", drops),
    ...(isFilePath(join(unpacked, "tests"), testData)
      ? [[`tests/${basename(testData)}`, testData] as [string, string]]
      : entriesOf("tests", testData)),
    ["datasets", datasets],
    ["models", models],
    ["production", production],
  ];
  return places.filter(([name]) => !/^(inputs|tests|drops)/.test(name) || existsSync(join(unpacked, name)));
}

/** The archive must not be in a folder that is replaced, because it would be deleted. */
function requireOutside(archive: string, places: readonly [string, string][]): void {
  if (!existsSync(archive)) return;
  const path = realpathSync(archive);
  const around = places.find(
    ([, place]) => existsSync(place) && `${path}${sep}`.startsWith(`${realpathSync(place)}${sep}`),
  );
  if (around === undefined) return;
  throw new MlctlError("usage", `${archive} is in ${around[1]}, which would be replaced`, {
    hint: "move the archive elsewhere first; nothing was changed",
  });
}

/** test_data_path may name one file. */
function isFilePath(copied: string, testData: string): boolean {
  return statSync(join(copied, basename(testData)), { throwIfNoEntry: false })?.isFile() === true;
}
