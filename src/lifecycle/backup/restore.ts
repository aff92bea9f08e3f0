/** restore: unpacks a backup, checks every file against the manifest, and makes a new workspace of it. */
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmdirSync, rmSync } from "node:fs";
import { basename, dirname, join, relative, resolve, sep } from "node:path";
import { loadConfig, type LoadedConfig } from "../../config/loadConfig.ts";
import { isReadable } from "../../config/unsetValues.ts";
import { workspaceOf, type ConfiguredPaths } from "../../config/workspaceOf.ts";
import type { Context } from "../../core/context.ts";
import { MlctlError } from "../../core/errors.ts";
import { readArchive } from "../../storage/backup/archive.ts";
import { backupFolders, readManifest, type BackupManifest } from "../../storage/backup/backupFiles.ts";
import { ensureFolder, syncFolder, temporaryPath, writeFailure } from "../../storage/files/atomicWrite.ts";
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

/** Backups of earlier versions have store.db, the index, which is made from the records instead. */
const plainNames = new Set(["config.json", "store.db", "predictions.db", "manifest.json"]);

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
    const [unpacked, whole] = [join(temporary, "unpacked"), join(temporary, "workspace")];
    for (const each of [temporary, unpacked, whole]) mkdirSync(each);
    manifest = await unpack(archive, unpacked);
    ({ config } = await loadConfig({ path: "config.json", directory: unpacked, environment, known: knownNames() }));
    paths = workspaceOf({ config, directory: folder });
    refuseShared(paths);
    for (const [name, place] of placesOf(manifest, paths, archive)) {
      const target = join(whole, relative(folder, place));
      mkdirSync(dirname(target), { recursive: true });
      renameSync(join(unpacked, name), target);
    }
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

async function unpack(archive: string, unpacked: string): Promise<BackupManifest> {
  const files = await readArchive(
    archive,
    unpacked,
    (name) => plainNames.has(name) || backupFolders.some((role) => name.startsWith(`${role}/`)),
  );
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

/**
 * Absolute target paths of the files, by their names in the archive.
 * @throws {MlctlError} kind "usage" if the configuration puts a folder outside the workspace: it may be in use
 */
function placesOf(
  { files, configName }: BackupManifest,
  paths: ConfiguredPaths,
  archive: string,
): (readonly [name: string, target: string])[] {
  const { workspace, production, models, datasets, database } = paths;
  const names = files.map(({ name }) => name).filter((name) => name !== "store.db");
  const has = (role: string): boolean => names.some((name) => name.startsWith(`${role}/`));
  const folders = new Map(Object.entries({ production, models, datasets, database }));
  if (has("inputs")) folders.set("inputs", paths.input);
  if (has("drops")) folders.set("drops", paths.drops);
  // test_data_path may name one file.
  const { tests = "" } = has("tests") ? { tests: paths.testData } : {};
  if (has("tests")) folders.set("tests", names.includes(`tests/${basename(tests)}`) ? dirname(tests) : tests);
  const outside = [...folders].filter(([, path]) => relative(workspace, resolve(path)).split(sep)[0] === "..");
  if (outside.length > 0) {
    throw new MlctlError("usage", "config.json in the backup has folders outside the workspace", {
      details: outside.map(([name, path]) => `${name}: ${path}`),
      hint: `unpack it with \`tar -xzf ${archive}\`, move each folder to its place, then run \`mlctl reindex\``,
    });
  }
  return names.map((name) => {
    if (name === "config.json") return [name, join(workspace, configName)];
    if (name === "predictions.db") return [name, predictionLogPath(database)];
    const [role = "", ...below] = name.split("/");
    return [name, join(folders.get(role)!, ...below)];
  });
}
