/** Backups are of folders; a database has its own. */
import { MlctlError } from "../../core/errors.ts";
import type { ConfiguredPaths } from "../../config/workspaceOf.ts";

/** @throws {MlctlError} kind "usage" if the records are not in the folders */
export function refuseShared({ shared, bucket }: Pick<ConfiguredPaths, "shared" | "bucket">): void {
  if (shared === undefined) return;
  const saved = bucket === undefined ? "the folders" : "the bucket";
  throw new MlctlError("usage", `the records of this workspace are in ${shared.shown}, not in its folders`, {
    hint: `save records, predictions and alerts with \`pg_dump -Fc -f FILE ${shared.shown.replace(/\?.*$/, "")}\`, and copy ${saved}; or move all back with \`mlctl share --folder\` first`,
  });
}
