/** restore: a workspace out of a backup, checked byte for byte before anything is put in its place. */
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, statSync } from "node:fs";
import { basename, dirname, join, relative, resolve, sep } from "node:path";
import { loadConfig } from "../config/loadConfig.ts";
import { workspaceOf, type ConfiguredPaths } from "../config/workspaceOf.ts";
import type { Context } from "../core/context.ts";
import { MlctlError } from "../core/errors.ts";
import { readArchive } from "../storage/archive.ts";
import { backupFolders } from "../storage/backupFiles.ts";
import { readManifest, type BackupManifest } from "../storage/backupManifest.ts";
import { ensureFolder, syncFolder } from "../storage/commitFile.ts";
import { acquireLock } from "../storage/lock.ts";
import { predictionLogPath } from "../storage/predictionLog/predictionLogPath.ts";
import { reindex } from "../storage/reindex.ts";
import { temporaryPath } from "../storage/temporaryPath.ts";
import { writeFailure } from "../storage/writeFailure.ts";
import { integrity } from "./integrity.ts";
import { knownNames } from "./knownNames.ts";

export interface RestoreOptions {
  readonly archive: string;
  /** The workspace's folder, made where it is missing. */
  readonly folder: string;
  readonly force: boolean;
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly waitMs: number;
}

export interface RestoreResult {
  readonly folder: string;
  readonly config: string;
  readonly files: number;
  readonly createdAt: string;
  readonly codeVersion: string;
  readonly records: number;
  /** What does not fit its recorded hash: it was so when the backup was made. */
  readonly damaged: readonly string[];
}

const plainNames = new Set(["config.json", "store.db", "predictions.db", "manifest.json"]);

/** @throws {MlctlError} kind "usage" where there is something already and `force` is not set */
export async function restore(options: RestoreOptions, context: Context): Promise<RestoreResult> {
  const folder = resolve(options.folder);
  const { archive, force, waitMs } = options;
  if (!force) requireEmpty(folder, archive);
  ensureFolder(folder);
  const unpacked = temporaryPath(join(folder, "restore"));
  mkdirSync(unpacked);
  try {
    const manifest = await unpack(archive, unpacked);
    const config = join(folder, manifest.configName);
    const paths = await pathsOf(options, { unpacked, folder });
    const { now, signal } = context;
    const release = await acquireLock({ database: paths.database, command: "mlctl restore", waitMs, now, signal });
    try {
      putInPlace(unpacked, { ...paths, config });
      const storePaths = { ...paths };
      const { records } = reindex(storePaths, now());
      const damaged = (await integrity(storePaths)).filter(({ status }) => status === "fail").map(({ name }) => name);
      const { createdAt, codeVersion, files } = manifest;
      return { folder, config, files: files.length, createdAt, codeVersion, records, damaged };
    } finally {
      release();
    }
  } finally {
    rmSync(unpacked, { recursive: true, force: true });
  }
}

function requireEmpty(folder: string, archive: string): void {
  if (!existsSync(folder)) return;
  // The archive itself may lie there.
  const found = readdirSync(folder).filter((name) => name !== basename(archive) && !name.startsWith("."));
  if (found.length === 0) return;
  throw new MlctlError(
    "usage",
    `${folder} is not empty: it holds ${found.slice(0, 5).join(", ")}${found.length > 5 ? ", …" : ""}`,
    {
      hint: "restore into a new folder with `-C`, or replace what is there with --force",
    },
  );
}

function isOfBackup(name: string): boolean {
  return plainNames.has(name) || backupFolders.some((role) => name.startsWith(`${role}/`));
}

/** Every byte against the manifest. */
async function unpack(archive: string, unpacked: string): Promise<BackupManifest> {
  const files = await readArchive(archive, unpacked, isOfBackup);
  const path = join(unpacked, "manifest.json");
  const manifest = readManifest(existsSync(path) ? readFileSync(path, "utf8") : "", archive);
  const found = new Map(files.map(({ name, sha256 }) => [name, sha256]));
  const wrong = manifest.files.filter(({ name, sha256 }) => found.get(name) !== sha256);
  if (wrong.length === 0 && found.has("config.json") && manifest.files.length === files.length - 1) return manifest;
  throw new MlctlError("data", `${archive} is damaged: ${wrong.length} files do not fit its manifest`, {
    details: wrong.slice(0, 5).map(({ name }) => name),
    hint: "take another copy of it; nothing was changed",
  });
}

/** As the backup's own config.json says: it may lead nowhere outside the workspace. */
async function pathsOf(
  { environment, force }: RestoreOptions,
  { unpacked, folder }: { readonly unpacked: string; readonly folder: string },
): Promise<ConfiguredPaths> {
  const loaded = await loadConfig({
    path: "config.json",
    directory: unpacked,
    environment,
    flags: [],
    known: knownNames(),
  });
  const inUnpacked = workspaceOf(loaded);
  const outside = Object.entries(inUnpacked).filter(([, path]) => relative(unpacked, path).split(sep)[0] === "..");
  if (outside.length > 0 && !force) {
    throw new MlctlError("usage", "the backup's config.json puts folders outside the workspace", {
      details: outside.map(([name, path]) => `${name}: ${path}`),
      hint: "look whether they are right, then give --force",
    });
  }
  return workspaceOf({ config: loaded.config, directory: folder });
}

/** What was there goes aside first and away last: where one cannot be put in its place, all are put back. */
function putInPlace(unpacked: string, paths: ConfiguredPaths & { readonly config: string }): void {
  const done: { readonly target: string; readonly aside: string | null }[] = [];
  for (const [name, target] of placesOf(unpacked, paths)) {
    const source = join(unpacked, name);
    try {
      ensureFolder(dirname(target));
      const aside = existsSync(target) ? temporaryPath(target) : null;
      if (aside !== null) renameSync(target, aside);
      done.push({ target, aside });
      if (existsSync(source)) renameSync(source, target);
      syncFolder(dirname(target));
    } catch (error) {
      for (const each of done.toReversed()) {
        rmSync(each.target, { recursive: true, force: true });
        if (each.aside !== null) renameSync(each.aside, each.target);
      }
      throw writeFailure(error, target);
    }
  }
  for (const { aside } of done) if (aside !== null) rmSync(aside, { recursive: true, force: true });
}

/** Names in the backup and where they belong; input and test files only where the backup has them. */
function placesOf(unpacked: string, paths: ConfiguredPaths & { readonly config: string }): [string, string][] {
  const { config, production, models, datasets, input, testData, database } = paths;
  const log = predictionLogPath(database);
  const places: [string, string][] = [
    ["config.json", config],
    // No backup has these: they belong to the databases that go.
    ...["-wal", "-shm"].flatMap((suffix): [string, string][] => [
      [`store.db${suffix}`, `${database}${suffix}`],
      [`predictions.db${suffix}`, `${log}${suffix}`],
    ]),
    ["store.db", database],
    ["predictions.db", log],
    ["inputs", input],
    ["tests", isFilePath(join(unpacked, "tests"), testData) ? dirname(testData) : testData],
    ["datasets", datasets],
    ["models", models],
    ["production", production],
  ];
  return places.filter(([name]) => (name !== "inputs" && name !== "tests") || existsSync(join(unpacked, name)));
}

/** test_data_path may name one file of the folder that was copied. */
function isFilePath(copied: string, testData: string): boolean {
  return statSync(join(copied, basename(testData)), { throwIfNoEntry: false })?.isFile() === true;
}
