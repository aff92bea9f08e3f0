/** Paths of the records, artifacts and index of a workspace. */
import { isAbsolute, relative, resolve, sep } from "node:path";

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
  /** The SQLite index; the lock file is next to it. */
  readonly database: string;
}

/** A path as records store it: relative to the workspace, with forward slashes on every operating system. */
export function toRecordPath(workspace: string, path: string): string {
  const fromWorkspace = relative(workspace, resolve(workspace, path));
  // On Windows, there is no relative path to another drive.
  return (isAbsolute(fromWorkspace) ? resolve(path) : fromWorkspace).split(sep).join("/");
}

/** The absolute path of a path in a record. */
export function fromRecordPath(workspace: string, recordPath: string): string {
  return resolve(workspace, recordPath);
}
