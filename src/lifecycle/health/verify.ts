/** verify: every recorded byte against its hash, for people and for cron. */
import type { Finding } from "../../core/records/drift.ts";
import { requireKinds } from "../../storage/files/requireKinds.ts";
import { requireSettled } from "../../storage/backup/settleReplacement.ts";
import { verify as verifyStorage } from "../../storage/verify.ts";
import type { Workspace } from "../workspace.ts";

/** Damage first; one finding a file or check. */
export async function verify({ paths, context }: Workspace): Promise<{ readonly findings: readonly Finding[] }> {
  requireSettled(paths);
  requireKinds(paths);
  const emit = (done: number, total: number): void =>
    context.emit({ type: "progress", stage: "verify", done, total, unit: "files" });
  return { findings: await verifyStorage(paths, emit) };
}
