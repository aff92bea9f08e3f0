/** Rejects a workspace with a file in the place of a folder, or the other way round. */
import { statSync } from "node:fs";
import { MlctlError } from "../../core/errors.ts";
import { toRecordPath, type WorkspacePaths } from "./workspacePaths.ts";

/** @throws {MlctlError} kind "usage" with the config key of the path */
export function requireKinds({ workspace, datasets, models, production, database }: WorkspacePaths): void {
  const places = [
    ["output_folder_path", datasets, "a folder"],
    ["output_model_path", models, "a folder"],
    ["prod_deployment_path", production, "a folder"],
    ["database", database, "a file"],
  ] as const;
  for (const [key, path, kind] of places) {
    const stat = statSync(path, { throwIfNoEntry: false });
    if (stat === undefined || stat.isDirectory() === (kind === "a folder")) continue;
    const found = stat.isDirectory() ? "a folder" : "a file";
    throw new MlctlError("usage", `${toRecordPath(workspace, path)} is ${found}, not ${kind}`, {
      hint: `move it away, or set "${key}" in config.json`,
    });
  }
}
