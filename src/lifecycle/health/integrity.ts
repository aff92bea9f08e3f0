/** Is every recorded byte still what it was? In few lines. */
import type { Finding } from "../../core/records/drift.ts";
import type { WorkspacePaths } from "../../storage/files/workspacePaths.ts";
import { verify } from "../../storage/verify.ts";

/** What is damaged, one finding each; one finding in all where nothing is. */
export async function integrity(paths: WorkspacePaths): Promise<Finding[]> {
  const findings = await verify(paths);
  const damaged = findings.filter(({ status }) => status !== "pass");
  if (damaged.length > 0) return damaged;
  const message = `${findings.length} recorded files and checks are sound`;
  return [{ name: "integrity", status: "pass", value: 0, limit: 0, message }];
}
