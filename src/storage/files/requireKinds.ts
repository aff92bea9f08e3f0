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
    if (kindOf(path) === "other")
      throw usageError(`${shown(path)} is a file, not a folder`, `move it away, or set "${key}" in config.json`);
  }
  if (kindOf(database) === "folder")
    throw usageError(`${shown(database)} is a folder, not a file`, 'move it away, or set "database" in config.json');
}

function kindOf(path: string): "folder" | "other" | undefined {
  const stat = statSync(path, { throwIfNoEntry: false });
  if (stat === undefined) return undefined;
  return stat.isDirectory() ? "folder" : "other";
}

function usageError(message: string, hint: string): MlctlError {
  return new MlctlError("usage", message, { hint });
}
