/** backup: writes index, records and files to one archive. Takes no lock, so other commands can run. */
import {
  existsSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  statSync,
  closeSync,
  lstatSync,
  openSync,
  readSync,
  realpathSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { basename, join, dirname, resolve, sep } from "node:path";
import { codeVersion } from "../../config/codeVersion.ts";
import type { ConfiguredPaths } from "../../config/workspaceOf.ts";
import type { Context } from "../../core/context.ts";
import { MlctlError } from "../../core/errors.ts";
import { UNREADABLE_NAME } from "../../core/unreadableName.ts";
import { toRecordPath } from "../../storage/files/workspacePaths.ts";
import { parseRecordFile } from "../../storage/records/recordFiles.ts";
import { artifactsOf } from "../../storage/records/workspaceRecord.ts";
import { writeArchive, type ArchivedFile, type ArchiveEntry } from "../../storage/backup/archive.ts";
import { backupFiles, backupName, backupManifest } from "../../storage/backup/backupFiles.ts";
import { copySqlite } from "../../storage/sqlite/copySqlite.ts";
import { predictionLogPath } from "../../storage/predictionLog/predictionLogPath.ts";
import { requireSettled } from "../../storage/backup/settleReplacement.ts";
import { sha256File } from "../../storage/files/sha256.ts";
import { isStream } from "../../storage/files/atomicWrite.ts";

export interface BackupOptions {
  readonly configPath: string;
  readonly paths: ConfiguredPaths;
  /** Defaults to backup_<stamp>.tar.gz in the workspace. */
  readonly output: string | undefined;
  /** Include input and test files, and files dropped for `mlctl watch`. */
  readonly inputs: boolean;
}

/** Maximum number of attempts: if files are pruned after their records were copied, everything is copied again. */
const ATTEMPTS = 3;

export async function backup(options: BackupOptions, context: Context) {
  const { paths, output } = options;
  refuseShared(paths);
  requireSettled(paths);
  const path = backupTarget(output ?? join(paths.workspace, backupName(context.now())), paths);
  const folder = mkdtempSync(join(tmpdir(), "mlctl-backup-"));
  try {
    for (let attempt = 1; attempt < ATTEMPTS; attempt++) {
      const result = await attemptBackup(options, context, { path, folder, endsIfPruned: true });
      if (result !== undefined) return result;
      const message = "records were removed during the backup: starting it again";
      context.emit({ type: "warning", stage: "backup", message });
    }
    return (await attemptBackup(options, context, { path, folder, endsIfPruned: false }))!;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** @returns undefined, without an archive, if files were pruned in the meantime and `endsIfPruned` is set */
async function attemptBackup(
  { configPath, paths, inputs }: BackupOptions,
  context: Context,
  { path, folder, endsIfPruned }: { readonly path: string; readonly folder: string; readonly endsIfPruned: boolean },
) {
  const { production, models, datasets } = paths;
  const extra = inputs ? { inputs: paths.input, tests: paths.testData, drops: paths.drops } : {};
  const warn = (leftOut: readonly string[]): void => {
    const names = leftOut.map((each) => toRecordPath(paths.workspace, each)).join(", ");
    context.emit({ type: "warning", stage: "backup", message: `not in the backup: ${names}: ${UNREADABLE_NAME}` });
  };
  // The target file itself is not part of the backup; config.json is added below.
  const files = backupFiles({ production, models, datasets, ...extra }, paths, warn).filter(
    ({ content }) => Buffer.isBuffer(content) || (content.path !== path && content.path !== configPath),
  );
  const entries: ArchiveEntry[] = [
    { name: "config.json", content: readFileSync(configPath) },
    ...(await databases(paths.database, folder)),
    ...files,
  ];
  const manifest = { codeVersion: codeVersion(), createdAt: context.now(), configName: basename(configPath) };
  const pruned = new Error("pruned meanwhile");
  try {
    const written = await writeArchive(path, {
      entries,
      closing: {
        name: "manifest.json",
        text: (all) => {
          const isDamaged = (records: typeof files): boolean => damagedIn(records, all, paths).length > 0;
          if (endsIfPruned && isDamaged(files) && isDamaged(files.filter(isGone(paths)))) throw pruned;
          return backupManifest(manifest, all);
        },
      },
      modifiedAt: context.now(),
      onFile: (done) => {
        context.signal.throwIfAborted();
        context.emit({ type: "progress", stage: "backup", done, total: entries.length, unit: "files" });
      },
    });
    return {
      path,
      bytes: statSync(path).size,
      sha256: await sha256File(path),
      files: written.length,
      /** Size before compression. */
      contentBytes: written.reduce((total, { bytes }) => total + bytes, 0),
      /** Recorded files that were already missing or changed. */
      damaged: damagedIn(files, written, paths),
    };
  } catch (error) {
    if (error === pruned) return undefined;
    throw error;
  }
}

/** Whether a copied record has since changed or been removed. */
function isGone(paths: ConfiguredPaths): (entry: ArchiveEntry) => boolean {
  return ({ name, content }) => {
    if (!Buffer.isBuffer(content)) return false;
    const path = sourceOf(name, paths);
    return path !== undefined && !(existsSync(path) && readFileSync(path).equals(content));
  };
}

async function databases(database: string, folder: string): Promise<ArchiveEntry[]> {
  const entries: ArchiveEntry[] = [];
  for (const [name, source] of Object.entries({
    "store.db": database,
    "predictions.db": predictionLogPath(database),
  })) {
    const path = join(folder, name);
    if (await copySqlite(source, path)) entries.push({ name, content: { path, bytes: statSync(path).size } });
  }
  return entries;
}

/** Compares the copied files with the copied records. @returns sorted paths of unreadable records and of missing or changed files */
function damagedIn(
  entries: readonly ArchiveEntry[],
  written: readonly ArchivedFile[],
  paths: ConfiguredPaths,
): string[] {
  const hashes = new Map(
    written.flatMap(({ name, sha256 }) => {
      const source = sourceOf(name, paths);
      return source === undefined ? [] : [[toRecordPath(paths.workspace, source), sha256] as const];
    }),
  );
  const damaged = entries.flatMap(({ name, content }) => {
    if (!Buffer.isBuffer(content)) return [];
    try {
      const record = parseRecordFile(content.toString("utf8"), name);
      if (record === undefined) return [];
      return artifactsOf(record).flatMap(([, { path, sha256 }]) => (hashes.get(path) === sha256 ? [] : [path]));
    } catch (error) {
      if (!(error instanceof MlctlError)) throw error;
      return [name];
    }
  });
  return [...new Set(damaged)].toSorted();
}

/** Path of the file with this name in the archive; undefined if it is not in one of the three folders. */
function sourceOf(name: string, { production, models, datasets }: ConfiguredPaths): string | undefined {
  const [role = "", ...below] = name.split("/");
  const folder = new Map(Object.entries({ production, models, datasets })).get(role);
  return folder === undefined ? undefined : `${folder}/${below.join("/")}`;
}

/** @returns the path, absolute; @throws {MlctlError} kind "usage" */
function backupTarget(given: string, paths: ConfiguredPaths): string {
  const path = resolve(given);
  requireElsewhere(path, paths);
  const hint = "name a new file, or an older backup to replace";
  if (isStream(path))
    throw new MlctlError("usage", `cannot write a backup to ${path}: it is a device or a pipe`, { hint });
  const stat = lstatSync(path, { throwIfNoEntry: false });
  // A link itself is replaced, not its target.
  if (stat === undefined || stat.isSymbolicLink()) return path;
  if (stat.isDirectory()) throw new MlctlError("usage", `cannot write a backup to ${path}: it is a folder`, { hint });
  if (isArchive(path)) return path;
  throw new MlctlError("usage", `${path} already exists and is not a backup, so it was not replaced`, { hint });
}

/** A backup in a folder that is backed up would contain earlier backups. */
function requireElsewhere(path: string, { models, datasets, production }: ConfiguredPaths): void {
  const inside = [models, datasets, production].find((folder) =>
    isBelow(realPath(join(folder, "any")), realPath(path)),
  );
  if (inside === undefined) return;
  throw new MlctlError("usage", `cannot write a backup into ${inside}, because that folder is backed up`, {
    hint: "name another folder",
  });
}

function isBelow(inFolder: string, path: string): boolean {
  return `${path}${sep}`.startsWith(`${dirname(inFolder)}${sep}`);
}

/** Resolves links in the existing part of a path, except for the last component, which is replaced. */
function realPath(path: string): string {
  const folder = dirname(path);
  if (folder === path) return path;
  return join(existsSync(folder) ? realpathSync(folder) : realPath(folder), basename(path));
}

/** Checks the first two bytes of gzip (RFC 1952). */
function isArchive(path: string): boolean {
  const descriptor = openSync(path, "r");
  try {
    const start = Buffer.alloc(2);
    return readSync(descriptor, start) === 2 && start.equals(Buffer.from([0x1f, 0x8b]));
  } finally {
    closeSync(descriptor);
  }
}

/** @throws {MlctlError} kind "usage" if the records are not in the folders */
export function refuseShared({ shared, bucket }: Pick<ConfiguredPaths, "shared" | "bucket">): void {
  if (shared === undefined) return;
  const { name, prefix } = bucket ?? {};
  const saved =
    bucket === undefined ? "copy the folders" : `copy the files with \`aws s3 sync s3://${name}/${prefix} FOLDER\``;
  throw new MlctlError("usage", `the records of this workspace are in ${shared.shown}, not in its folders`, {
    hint: `save records, predictions and alerts with \`pg_dump -Fc -f FILE ${shared.shown.replace(/\?.*$/, "")}\`, and ${saved}; or move all back with \`mlctl share --folder\` first`,
  });
}
