/** prune: deletes what nothing needs and `retention` of config.json does not keep. */
import { MlctlError } from "../../core/errors.ts";
import { deploymentIsLost } from "../../storage/deployment/currentDeployment.ts";
import { pruneRelease } from "../../storage/deployment/pruneRelease.ts";
import { forgetRecords } from "../../storage/store/saveRecord.ts";
import { allRecords } from "../../storage/records/records.ts";
import { removeBackups } from "../../storage/backup/backupFiles.ts";
import { recordPath } from "../../storage/records/workspaceRecord.ts";
import { toRecordPath } from "../../storage/files/workspacePaths.ts";
import { bytesOf, planPrune, pruneKinds, type PruneItem, type PruneKind } from "./planPrune.ts";
import type { Session } from "../session.ts";

export type PrunedItem = Pick<PruneItem, "kind" | "id" | "createdAt" | "files"> & { readonly bytes: number };

export interface PruneResult {
  readonly dryRun: boolean;
  /** Items that were deleted, or would be. */
  readonly items: readonly PrunedItem[];
  readonly bytes: number;
  readonly kinds: readonly {
    readonly kind: PruneKind;
    readonly removed: number;
    readonly kept: number;
    readonly bytes: number;
  }[];
}

/** @throws {MlctlError} kind "data" if a record is missing or unreadable, because it may reference what looks unneeded */
export async function prune(session: Session, { dryRun }: { readonly dryRun: boolean }): Promise<PruneResult> {
  await requireReadableRecords(session);
  const { items, kept } = await planPrune(session);
  const described = items.map((item) => describe(session, item));
  if (!dryRun) {
    for (const [i, item] of items.entries()) {
      session.context.signal.throwIfAborted();
      if (item.kind === "backups") removeBackups(session.paths.workspace, item.files);
      else if (item.release !== undefined)
        await pruneRelease(session, item.release, session.context.now().toISOString());
      else await forgetRecords(session, item);
      session.context.emit({ type: "progress", stage: "prune", done: i + 1, total: items.length, unit: "items" });
    }
  }
  const kinds = pruneKinds.map((kind) => {
    const of = described.filter((item) => item.kind === kind);
    return { kind, removed: of.length, kept: kept[kind] ?? 0, bytes: sum(of) };
  });
  return { dryRun, items: described, bytes: sum(described), kinds };
}

async function requireReadableRecords({ paths, records, store }: Session): Promise<void> {
  if (deploymentIsLost(paths.production)) {
    const message = "nothing was pruned: deployment.json is missing, so the model in production is unknown";
    throw new MlctlError("data", message, { hint: "restore it from a backup, or run `mlctl deploy`" });
  }
  const { problems } = await allRecords(records, store.knownRecords().keys());
  if (problems.length === 0) return;
  const what = `${problems.length} records cannot be read, so the files that they need are unknown`;
  throw new MlctlError("data", `nothing was pruned: ${what}`, {
    details: problems.map(({ error }) => error.message),
    hint: "run `mlctl verify` to list them, and repair them first",
  });
}

function describe({ paths }: Session, { kind, id, createdAt, records, files }: PruneItem): PrunedItem {
  const all = [...records.map((record) => toRecordPath(paths.workspace, recordPath(paths, record))), ...files];
  return { kind, id, createdAt, files: all, bytes: bytesOf(paths.workspace, all) };
}

function sum(items: readonly { readonly bytes: number }[]): number {
  return items.reduce((total, { bytes }) => total + bytes, 0);
}
