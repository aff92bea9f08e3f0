/** integrity: the result of `verify` in short, for diagnose and doctor. */
import type { Finding } from "../../core/records/drift.ts";
import type { WorkspacePaths } from "../../storage/files/workspacePaths.ts";
import { verify } from "../../storage/verify.ts";

/** One finding per damaged file; a single finding if there is none. */
export async function integrity(paths: WorkspacePaths): Promise<Finding[]> {
  const findings = await verify(paths);
  const damaged = findings.filter(({ status }) => status !== "pass");
  if (damaged.length > 0) return damaged;
  const message = `${findings.length} recorded files and checks are intact`;
  return [{ name: "integrity", status: "pass", value: 0, limit: 0, message }];
}
