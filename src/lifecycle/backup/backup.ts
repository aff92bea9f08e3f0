/** backup: writes records, files and the prediction log to one archive. The caller holds the lock. */
import { createReadStream, existsSync, lstatSync, mkdtempSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, join, resolve } from "node:path";
import { buffer } from "node:stream/consumers";
import type { ConfiguredPaths } from "../../config/workspaceOf.ts";
import { MlctlError } from "../../core/errors.ts";
import type { Json } from "../../core/json.ts";
import { UNREADABLE_NAME } from "../../core/unreadableName.ts";
import { writeArchive } from "../../storage/backup/archive.ts";
import { backupFiles, backupManifest, backupName } from "../../storage/backup/backupFiles.ts";
import { isStream, PRIVATE } from "../../storage/files/atomicWrite.ts";
import {
  sha256File,
  fromRecordPath,
  isOwnFile,
  toRecordPath,
  type WorkspacePaths,
} from "../../storage/files/workspacePaths.ts";
import { logSchema } from "../../storage/predictionLog/openLogDatabase.ts";
import { predictionLogPath } from "../../storage/predictionLog/logReader.ts";
import { allRecords } from "../../storage/records/records.ts";
import { withSqliteErrors } from "../../storage/sqlite/failure.ts";
import { openSqlite } from "../../storage/sqlite/sqlite.ts";
import type { Session } from "../session.ts";

export interface BackupOptions {
  /** Defaults to backup_<stamp>.tar.gz in the workspace. */
  readonly output: string | undefined;
  /** Include input and test files, and files dropped for `mlctl watch`. */
  readonly inputs: boolean;
  /** config.json and what it extends, as one; left out where it extends nothing. */
  readonly merged?: Json | undefined;
}

export async function backup(session: Session, { output, inputs, merged }: BackupOptions) {
  const { paths, config, configPath, codeVersion, context } = session;
  const { production, models, datasets, database, workspace } = paths;
  const createdAt = context.now();
  const path = resolve(output ?? join(workspace, backupName(createdAt)));
  await requireReplaceable(path, paths);
  // A variable in a path that is not needed may not be set.
  const more = inputs && {
    inputs: resolve(workspace, config.input_folder_path),
    tests: resolve(workspace, config.test_data_path),
    drops: resolve(workspace, config.watch.folder),
  };
  const places = { production, models, datasets, ...more };
  const listed = backupFiles(places, database, (leftOut) => {
    const names = leftOut.map((each) => toRecordPath(workspace, each)).join(", ");
    context.emit({ type: "warning", stage: "backup", message: `not in the backup: ${names}: ${UNREADABLE_NAME}` });
  }).filter((file) => file.path !== path && file.path !== configPath);
  const folder = mkdtempSync(join(tmpdir(), "mlctl-backup-"));
  try {
    const log = join(folder, "predictions.db");
    copyLog(predictionLogPath(database), log);
    const whole = join(folder, "config.json");
    if (merged !== undefined) writeFileSync(whole, `${JSON.stringify(merged, null, 2)}\n`, { mode: PRIVATE });
    const files = [
      { name: "config.json", path: merged === undefined ? configPath : whole },
      { name: "predictions.db", path: log },
      ...listed,
    ];
    const facts = { codeVersion, createdAt: createdAt.toISOString(), configName: basename(configPath) };
    const written = await writeArchive(path, {
      files,
      manifest: (all) => backupManifest({ ...facts, files: all }),
      modifiedAt: createdAt,
      onFile: (done) => {
        context.signal.throwIfAborted();
        context.emit({ type: "progress", stage: "backup", done, total: files.length, unit: "files" });
      },
    });
    const hashes = new Map(written.map(({ name, sha256 }) => [name, sha256]));
    return {
      path,
      bytes: statSync(path).size,
      sha256: await sha256File(path),
      files: written.length,
      /** Size before compression. */
      contentBytes: written.reduce((total, { bytes }) => total + bytes, 0),
      damaged: await damagedIn(session, new Map(files.map((file) => [file.path, hashes.get(file.name)]))),
    };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** One file of one moment, although servers write to the log. Does nothing if there is none. */
function copyLog(source: string, target: string): void {
  if (!existsSync(source)) return;
  withSqliteErrors(logSchema(source), () => {
    const database = openSqlite(source, { readonly: true });
    try {
      database.prepare("VACUUM INTO ?").run(target);
    } finally {
      database.close();
    }
  });
}

/** @returns sorted paths of unreadable records, and of recorded files that are missing or changed in the archive */
async function damagedIn({ store, records, paths }: Session, archived: ReadonlyMap<string, string | undefined>) {
  const { problems } = await allRecords(records, store.knownRecords().keys());
  const wrong = store
    .artifacts()
    .filter(({ path, sha256 }) => archived.get(fromRecordPath(paths.workspace, path)) !== sha256);
  return [...new Set([...problems, ...wrong].map(({ path }) => path))].toSorted();
}

/** Only an older backup is replaced. @throws {MlctlError} kind "usage" */
async function requireReplaceable(path: string, paths: WorkspacePaths): Promise<void> {
  const refused = (reason: string): MlctlError =>
    new MlctlError("usage", `cannot write a backup to ${path}: ${reason}`, {
      hint: "name a new file, or an older backup to replace",
    });
  if (isStream(path)) throw refused("it is a device or a pipe");
  // A link itself is replaced, not its target.
  const stat = lstatSync(path, { throwIfNoEntry: false });
  if (stat?.isDirectory() === true) throw refused("it is a folder");
  if (isOwnFile(paths, path)) throw refused("that folder is backed up");
  if (stat?.isFile() === true && !(await isGzip(path)))
    throw refused("it already exists and is not a backup, so it was not replaced");
}

/** By the first two bytes (RFC 1952). */
async function isGzip(path: string): Promise<boolean> {
  return (await buffer(createReadStream(path, { end: 1 }))).equals(Buffer.from([0x1f, 0x8b]));
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
