/** Finishes or undoes a replacement that was interrupted by a kill or a power cut; refuses readers until then. */
import { existsSync, realpathSync } from "node:fs";
import { dirname, sep } from "node:path";
import { MlctlError } from "../../core/errors.ts";
import { acquireLock, lockHolder, type LockOptions } from "../lock.ts";
import {
  finishReplacement,
  hasReplacement,
  isReplaced,
  readJournal,
  removeWorkFolder,
  undoReplacement,
  type ReplacementJournal,
} from "./replacement.ts";
import { fromRecordPath, toRecordPath, type WorkspacePaths } from "../files/workspacePaths.ts";

export interface SettleOptions extends Omit<LockOptions, "database"> {
  /** The database whose lock the caller already holds. */
  readonly held?: string;
  /** Allows changes outside the workspace. */
  readonly force: boolean;
}

/**
 * @returns "undone": the previous state is restored; "finished": the new state is complete; undefined: nothing to do
 * @throws {MlctlError} kind "busy" while the replacement is running; "notReady" if it would change files outside the
 *   workspace without `force`
 */
export async function settleReplacement(
  folder: string,
  { held, force, ...locking }: SettleOptions,
): Promise<"undone" | "finished" | undefined> {
  if (!hasReplacement(folder)) return undefined;
  const journal = readJournal(folder);
  if (journal === undefined) return void removeWorkFolder(folder);
  if (!force && outsideOf(folder, journal).length > 0) throw outside(folder, journal);
  const others = journal.locks.map((path) => fromRecordPath(folder, path)).filter((database) => database !== held);
  const releases: (() => void)[] = [];
  try {
    for (const database of others) releases.push(await acquireLock({ ...locking, database }));
    // The previous holder of the lock may have settled it.
    if (readJournal(folder)?.id !== journal.id) return undefined;
    const replaced = isReplaced(folder);
    (replaced ? finishReplacement : undoReplacement)(folder, journal);
    return replaced ? "finished" : "undone";
  } finally {
    for (const release of releases.toReversed()) release();
  }
}

type Places = Pick<WorkspacePaths, "workspace" | "database">;

/** For readers. @throws {MlctlError} kind "busy" or "notReady" if the workspace is partly old and partly new */
export function requireSettled(paths: Places): void {
  const problem = replacementProblem(paths);
  if (problem !== undefined) throw problem;
}

export function replacementProblem({ workspace, database }: Places): MlctlError | undefined {
  const journal = readJournal(workspace);
  if (journal === undefined || isReplaced(workspace)) return undefined;
  if (lockHolder(database)?.command === RESTORE) {
    return new MlctlError("busy", "`mlctl restore` is replacing this workspace with a backup", {
      hint: "try again when it has finished",
    });
  }
  if (outsideOf(workspace, journal).length > 0) return outside(workspace, journal);
  const message = "a restore was interrupted: this workspace is partly the backup and partly its previous state";
  return new MlctlError("notReady", message, {
    hint: "`mlctl reindex` (or any command that writes) brings back the previous state; then restore again",
  });
}

/** The command in the note of the lock holder. */
export const RESTORE = "mlctl restore";

/** Paths outside the workspace: the journal of an untrusted workspace must not cause other folders to be removed. */
function outsideOf(folder: string, { locks, places }: ReplacementJournal): string[] {
  const root = realpathSync(folder);
  const all = [...locks, ...places.map(({ target }) => target)].map((path) => fromRecordPath(folder, path));
  return all.filter((path) => path === folder || !`${realPath(dirname(path))}${sep}`.startsWith(`${root}${sep}`));
}

function realPath(folder: string): string {
  return existsSync(folder) || dirname(folder) === folder ? realpathSync(folder) : realPath(dirname(folder));
}

function outside(folder: string, journal: ReplacementJournal): MlctlError {
  return new MlctlError("notReady", "a restore was interrupted that replaces folders outside the workspace", {
    details: outsideOf(folder, journal).map((path) => toRecordPath(folder, path)),
    hint: "check that the paths are right, then run `mlctl restore <file> --force` again: it first restores the previous state",
  });
}
