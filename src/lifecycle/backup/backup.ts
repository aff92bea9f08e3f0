/** backup: writes index, records and files to one archive. Takes no lock, so other commands can run. */
import { existsSync, mkdtempSync, readFileSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
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
import { backupTarget } from "./backupTarget.ts";
import { refuseShared } from "./refuseShared.ts";

export interface BackupOptions {
  readonly configPath: string;
  readonly paths: ConfiguredPaths;
  /** Defaults to backup_<stamp>.tar.gz in the workspace. */
  readonly output: string | undefined;
  /** Include input and test files, and files dropped for `mlctl watch`. */
  readonly inputs: boolean;
}

export interface BackupResult {
  readonly path: string;
  readonly bytes: number;
  readonly sha256: string;
  readonly files: number;
  /** Size before compression. */
  readonly contentBytes: number;
  /** Recorded files that were already missing or changed. */
  readonly damaged: readonly string[];
}

/** Maximum number of attempts: if files are pruned after their records were copied, everything is copied again. */
const ATTEMPTS = 3;

export async function backup(options: BackupOptions, context: Context): Promise<BackupResult> {
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

interface Attempt {
  readonly path: string;
  /** Folder for copies of the databases. */
  readonly folder: string;
  readonly endsIfPruned: boolean;
}

/** @returns undefined, without an archive, if files were pruned in the meantime and `endsIfPruned` is set */
async function attemptBackup(
  { configPath, paths, inputs }: BackupOptions,
  context: Context,
  { path, folder, endsIfPruned }: Attempt,
): Promise<BackupResult | undefined> {
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
    return await resultOf(path, written, damagedIn(files, written, paths));
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
  const wanted = [
    ["store.db", database],
    ["predictions.db", predictionLogPath(database)],
  ] as const;
  const entries: ArchiveEntry[] = [];
  for (const [name, source] of wanted) {
    const copy = join(folder, name);
    if (await copySqlite(source, copy)) entries.push({ name, content: { path: copy, bytes: statSync(copy).size } });
  }
  return entries;
}

async function resultOf(
  path: string,
  written: readonly ArchivedFile[],
  damaged: readonly string[],
): Promise<BackupResult> {
  return {
    path,
    bytes: statSync(path).size,
    sha256: await sha256File(path),
    files: written.length,
    contentBytes: written.reduce((sum, { bytes }) => sum + bytes, 0),
    damaged,
  };
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
