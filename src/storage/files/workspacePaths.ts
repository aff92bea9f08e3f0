/** Paths of the records, artifacts and index of a workspace. */
import type { BucketAddress } from "../../core/text/bucketAddress.ts";
import type { DatabaseAddress } from "../../core/databaseAddress.ts";
import { isAbsolute, relative, resolve, sep, basename, dirname, join } from "node:path";
import { existsSync, realpathSync } from "node:fs";

/** All paths are absolute. */
export interface WorkspacePaths {
  /** The folder of config.json; paths in records are relative to it. */
  readonly workspace: string;
  /** output_folder_path: datasets. */
  readonly datasets: string;
  /** output_model_path: runs, models, scores, aliases. */
  readonly models: string;
  /** prod_deployment_path. */
  readonly production: string;
  /** Where the prediction log and, without `shared`, the index and the lock are. */
  readonly database: string;
  /** The SQLite index. That of a shared workspace belongs to one machine, because SQLite is not safe on a network drive. */
  readonly index: string;
  /** The address of the Postgres database that has the records; undefined: they are files in these folders. */
  readonly shared?: DatabaseAddress | undefined;
  /** Where the bytes of artifacts are kept beside the folders; only with `shared`. */
  readonly bucket?: BucketAddress | undefined;
}

/** A path as records store it: relative to the workspace, with forward slashes on every operating system. */
export function toRecordPath(workspace: string, path: string): string {
  const fromWorkspace = relative(workspace, resolve(workspace, path));
  // On Windows, there is no relative path to another drive.
  return (isAbsolute(fromWorkspace) ? resolve(path) : fromWorkspace).split(sep).join("/");
}

export function fromRecordPath(workspace: string, recordPath: string): string {
  return resolve(workspace, recordPath);
}

/** @param path absolute; links in its folder are resolved, the file itself may be a link */
export function isOwnFile({ datasets, models, production }: WorkspacePaths, path: string): boolean {
  const folder = realPath(dirname(path));
  return [datasets, models, production].map(realPath).some((own) => `${folder}${sep}`.startsWith(`${own}${sep}`));
}

function realPath(folder: string): string {
  if (existsSync(folder)) return realpathSync(folder);
  const parent = dirname(folder);
  return parent === folder ? folder : join(realPath(parent), basename(folder));
}
