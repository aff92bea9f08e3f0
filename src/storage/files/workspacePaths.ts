/** WorkspacePaths: where the records, artifacts and the index of one workspace lie. */
import { isAbsolute, relative, resolve, sep } from "node:path";

/** All absolute. */
export interface WorkspacePaths {
  /** The folder of config.json: what paths in records are relative to. */
  readonly workspace: string;
  /** output_folder_path: datasets. */
  readonly datasets: string;
  /** output_model_path: runs, models, scores, aliases. */
  readonly models: string;
  /** prod_deployment_path. */
  readonly production: string;
  /** The SQLite index; the lock lies beside it. */
  readonly database: string;
}

/** How a path stands in a record: relative to the workspace, with forward slashes on every system. */
export function toRecordPath(workspace: string, path: string): string {
  const fromWorkspace = relative(workspace, resolve(workspace, path));
  // Another drive on Windows has no relative path.
  return (isAbsolute(fromWorkspace) ? resolve(path) : fromWorkspace).split(sep).join("/");
}

/** The absolute path of one that stands in a record. */
export function fromRecordPath(workspace: string, recordPath: string): string {
  return resolve(workspace, recordPath);
}
