/** verify: compares every recorded file with its hash and reports each file. */
import { finding, type Finding } from "../../core/records/monitoring.ts";
import { requireKinds } from "../../storage/files/workspacePaths.ts";
import { verify as verifyStorage } from "../../storage/verify.ts";
import type { Workspace } from "../workspace.ts";
import { reindex as reindexStorage, type ReindexResult } from "../../storage/store/syncStore.ts";
import type { WritingOptions } from "../session.ts";

/** One finding per file or check, damaged ones first. */
export async function verify(workspace: Workspace): Promise<{ readonly findings: readonly Finding[] }> {
  const { paths, context } = workspace;
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
  return [finding("integrity", "pass", `${findings.length} recorded files and checks are intact`, [0, 0])];
}

/** Takes the lock itself instead of using `writing`, because the index may be too damaged to open. */
export async function reindex(workspace: Workspace, options: WritingOptions): Promise<ReindexResult> {
  const { paths, records, context } = workspace;
  const { now, signal } = context;
  requireKinds(paths);
  const lock = await records.lock({ ...options, now, signal });
  try {
    return await reindexStorage(records, paths.index, now());
  } finally {
    await lock.release();
  }
}
