/** Backups are of folders; a database has its own. */
import { MlctlError } from "../../core/errors.ts";
import type { ConfiguredPaths } from "../../config/workspaceOf.ts";

/** @throws {MlctlError} kind "usage" if the records are not in the folders */
export function refuseShared({ shared }: Pick<ConfiguredPaths, "shared">): void {
  if (shared === undefined) return;
  throw new MlctlError("usage", `the records of this workspace are in ${shared.shown}, not in its folders`, {
    hint: "save the database with pg_dump and copy the folders, or move the records back with `mlctl share --folder` first",
  });
}
