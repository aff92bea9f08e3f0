/** restore: unpacks a backup, checks every file against the manifest, and makes a new workspace of it. */
import { chmodSync, existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmdirSync, rmSync } from "node:fs";
import { basename, dirname, join, relative, resolve } from "node:path";
import { loadConfig, type LoadedConfig } from "../../config/loadConfig.ts";
import { isReadable } from "../../config/unsetValues.ts";
import { workspaceOf, type ConfiguredPaths } from "../../config/workspaceOf.ts";
import type { Context } from "../../core/context.ts";
import { MlctlError } from "../../core/errors.ts";
import { firstLines } from "../../core/text/format.ts";
import { readArchive } from "../../storage/backup/archive.ts";
import { archiveName, readManifest, type BackupManifest } from "../../storage/backup/backupFiles.ts";
import { ensureFolder, PRIVATE, syncFolder, temporaryPath, writeFailure } from "../../storage/files/atomicWrite.ts";
import { folderRecords } from "../../storage/openRecords.ts";
import { predictionLogPath } from "../../storage/predictionLog/logReader.ts";
import { reindex } from "../../storage/store/syncStore.ts";
import { integrity } from "../health/verify.ts";
import { knownNames } from "../knownNames.ts";
import { refuseShared } from "./backup.ts";

export interface RestoreOptions {
  /** Absolute path. */
  readonly archive: string;
  /** Absolute path; missing or empty. */
  readonly folder: string;
  readonly environment: Readonly<Record<string, string | undefined>>;
}

/** @throws {MlctlError} kind "usage" if the folder is not empty, "data" if the archive is damaged */
export async function restore({ archive, folder, environment }: RestoreOptions, context: Context) {
  const isNew = !existsSync(folder);
  const parent = isNew ? dirname(folder) : folder;
  const made = ensureFolder(parent);
  if (!isNew) requireEmpty(folder, archive);
  const temporary = temporaryPath(join(parent, basename(folder)));
  let manifest: BackupManifest;
  let paths: ConfiguredPaths;
  let config: LoadedConfig["config"];
  try {
    mkdirSync(temporary, { mode: 0o700 });
    manifest = await unpack(archive, temporary);
    const whole = join(temporary, "workspace");
    const { configName } = manifest;
    ({ config } = await loadConfig({ path: configName, directory: whole, environment, known: knownNames() }));
    paths = workspaceOf({ config, directory: folder });
    refuseShared(paths);
    refuseOutside(manifest, paths, archive);
    for (const file of [configName, relative(folder, predictionLogPath(paths.database))])
      if (existsSync(join(whole, file))) chmodSync(join(whole, file), PRIVATE);
    if (isNew) renameSync(whole, folder);
    else moveContent(whole, folder, manifest.configName);
    syncFolder(parent);
  } catch (error) {
    rmSync(temporary, { recursive: true, force: true });
    if (made !== undefined)
      for (let at = parent; at.startsWith(made) && readdirSync(at).length === 0; at = dirname(at)) rmdirSync(at);
    throw writeFailure(error, folder);
  }
  rmSync(temporary, { recursive: true, force: true });
  const records = folderRecords(paths);
  ensureFolder(dirname(paths.database));
  const indexed = await reindex(records, paths.index, context.now());
  // They were already damaged when the backup was made.
  const damaged = (await integrity({ paths, records })).filter(({ status }) => status === "fail");
  const { createdAt, codeVersion, files, configName } = manifest;
  return {
    folder,
    config: join(folder, configName),
    files: files.length,
    createdAt,
    codeVersion,
    records: indexed.records,
    damaged: damaged.map(({ name }) => name),
    /** Settings whose data is not there: a backup has it only with --inputs. */
    absent: (["input_folder_path", "test_data_path"] as const).flatMap((key) => {
      const path = isReadable(config, key) ? resolve(folder, config[key]) : undefined;
      return path === undefined || existsSync(path) ? [] : [{ key, path }];
    }),
  };
}

/** Into a folder that is there, which may be a mount point or the current folder of a shell; the configuration last. */
function moveContent(from: string, to: string, configName: string): void {
  for (const name of [...readdirSync(from).filter((each) => each !== configName), configName])
    renameSync(join(from, name), join(to, name));
}

function requireEmpty(folder: string, archive: string): void {
  // The archive itself may be in the folder.
  const found = readdirSync(folder).filter((name) => join(folder, name) !== archive);
  if (found.length === 0) return;
  throw new MlctlError(
    "usage",
    `${folder} is not empty: it contains ${found.slice(0, 5).join(", ")}${found.length > 5 ? ", …" : ""}`,
    { hint: "restore into a new folder, as `mlctl restore FILE FOLDER`, then rename it" },
  );
}

async function unpack(archive: string, folder: string): Promise<BackupManifest> {
  const files = await readArchive(archive, folder, (name) => /^((workspace|outside)\/.|manifest\.json$)/.test(name));
  const path = join(folder, "manifest.json");
  const manifest = readManifest(existsSync(path) ? readFileSync(path, "utf8") : "", archive);
  const found = new Map(files.map(({ name, sha256 }) => [name, sha256]));
  const wrong = manifest.files.filter(({ name, sha256 }) => found.get(name) !== sha256);
  const isWhole = found.has(`workspace/${manifest.configName}`) && manifest.files.length === files.length - 1;
  if (wrong.length === 0 && isWhole) return manifest;
  throw new MlctlError("data", `${archive} is damaged: ${wrong.length} files do not match its manifest`, {
    details: wrong.slice(0, 5).map(({ name }) => name),
    hint: "use another copy of the backup; nothing was changed",
  });
}

/** @throws {MlctlError} kind "usage" if the configuration puts a folder outside the workspace: it may be in use */
function refuseOutside({ files }: BackupManifest, paths: ConfiguredPaths, archive: string): void {
  const { workspace, production, models, datasets, database } = paths;
  const places = Object.entries({ production, models, datasets, database }).filter(([, path]) =>
    archiveName(workspace, path).startsWith("outside/"),
  );
  const names = files.filter(({ name }) => name.startsWith("outside/")).map(({ name }) => name);
  if (places.length + names.length === 0) return;
  throw new MlctlError("usage", "config.json in the backup has folders outside the workspace", {
    details: firstLines([...places.map(([name, path]) => `${name}: ${path}`), ...names]),
    hint: `unpack it with \`tar -xzf ${archive}\`, move each folder to its place, then run \`mlctl reindex\``,
  });
}
