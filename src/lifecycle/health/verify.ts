/** verify: compares every recorded file with its hash and reports each file. */
import type { Finding } from "../../core/records/drift.ts";
import { requireKinds } from "../../storage/files/requireKinds.ts";
import { requireSettled } from "../../storage/backup/settleReplacement.ts";
import { verify as verifyStorage } from "../../storage/verify.ts";
import type { Workspace } from "../workspace.ts";

/** One finding per file or check, damaged ones first. */
export async function verify({ paths, context }: Workspace): Promise<{ readonly findings: readonly Finding[] }> {
  requireSettled(paths);
  requireKinds(paths);
  const emit = (done: number, total: number): void =>
    context.emit({ type: "progress", stage: "verify", done, total, unit: "files" });
  return { findings: await verifyStorage(paths, emit) };
}
