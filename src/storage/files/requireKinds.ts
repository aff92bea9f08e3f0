/** Rejects a workspace with a file in the place of a folder, or the other way round. */
import { statSync } from "node:fs";
import { MlctlError } from "../../core/errors.ts";
import { toRecordPath, type WorkspacePaths } from "./workspacePaths.ts";

/** @throws {MlctlError} kind "usage" with the config key of the path */
export function requireKinds({ workspace, datasets, models, production, database }: WorkspacePaths): void {
  const folders = [
    ["output_folder_path", datasets],
    ["output_model_path", models],
    ["prod_deployment_path", production],
  ] as const;
  const shown = (path: string): string => toRecordPath(workspace, path);
  for (const [key, path] of folders) {
    if (isFolder(path) === false)
      throw usageError(`${shown(path)} is a file, not a folder`, `move it away, or set "${key}" in config.json`);
  }
  if (isFolder(database) === true)
    throw usageError(`${shown(database)} is a folder, not a file`, 'move it away, or set "database" in config.json');
}

/** Undefined if there is nothing at the path. */
function isFolder(path: string): boolean | undefined {
  return statSync(path, { throwIfNoEntry: false })?.isDirectory();
}

function usageError(message: string, hint: string): MlctlError {
  return new MlctlError("usage", message, { hint });
}
