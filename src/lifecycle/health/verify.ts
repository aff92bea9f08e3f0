/** verify: compares every recorded file with its hash and reports each file. */
import type { Finding } from "../../core/records/drift.ts";
import { requireKinds } from "../../storage/files/requireKinds.ts";
import { requireSettled } from "../../storage/backup/settleReplacement.ts";
import { verify as verifyStorage } from "../../storage/verify.ts";
import type { Workspace } from "../workspace.ts";

/** One finding per file or check, damaged ones first. */
export async function verify(workspace: Workspace): Promise<{ readonly findings: readonly Finding[] }> {
  const { paths, context } = workspace;
  requireSettled(paths);
  requireKinds(paths);
  const emit = (done: number, total: number): void =>
    context.emit({ type: "progress", stage: "verify", done, total, unit: "files" });
  return { findings: await verifyStorage(workspace, emit) };
}

/** The same in short, for diagnose and doctor: one finding per damaged file, or a single one if there is none. */
export async function integrity(workspace: Pick<Workspace, "paths" | "records">): Promise<Finding[]> {
  const findings = await verifyStorage(workspace);
  const damaged = findings.filter(({ status }) => status !== "pass");
  if (damaged.length > 0) return damaged;
  const message = `${findings.length} recorded files and checks are intact`;
  return [{ name: "integrity", status: "pass", value: 0, limit: 0, message }];
}
