/** Settles a replacement that was cut off, by a kill or a power cut, and keeps readers from what is half of it. */
import { existsSync, realpathSync } from "node:fs";
import { dirname, sep } from "node:path";
import { MlctlError } from "../../core/errors.ts";
import { acquireLock, lockHolder, type LockOptions } from "../lock.ts";
import {
  finishReplacement,
  hasReplacement,
  isReplaced,
  readJournal,
  removeHome,
  undoReplacement,
  type ReplacementJournal,
} from "./replacement.ts";
import { fromRecordPath, toRecordPath, type WorkspacePaths } from "../files/workspacePaths.ts";

export interface SettleOptions extends Omit<LockOptions, "database"> {
  /** The database whose lock the caller holds already. */
  readonly held?: string;
  /** Also what lies outside the workspace. */
  readonly force: boolean;
}

/**
 * @returns "undone": all is as it was before; "finished": all is new; undefined where there was nothing to do
 * @throws {MlctlError} kind "busy" while it is at work; "notReady" where it leads outside the workspace without `force`
 */
export async function settleReplacement(
  folder: string,
  { held, force, ...locking }: SettleOptions,
): Promise<"undone" | "finished" | undefined> {
  if (!hasReplacement(folder)) return undefined;
  const journal = readJournal(folder);
  if (journal === undefined) return void removeHome(folder);
  if (!force) requireInside(folder, journal);
  const others = journal.locks.map((path) => fromRecordPath(folder, path)).filter((database) => database !== held);
  const releases: (() => void)[] = [];
  try {
    for (const database of others) releases.push(await acquireLock({ ...locking, database }));
    // Who held the lock may have ended it.
    if (readJournal(folder)?.id !== journal.id) return undefined;
    const replaced = isReplaced(folder);
    (replaced ? finishReplacement : undoReplacement)(folder, journal);
    return replaced ? "finished" : "undone";
  } finally {
    for (const release of releases.toReversed()) release();
  }
}

/** For those who only look. @throws {MlctlError} kind "busy" or "notReady" where part is old and part is new */
export function requireSettled(paths: Pick<WorkspacePaths, "workspace" | "database">): void {
  const problem = replacementProblem(paths);
  if (problem !== undefined) throw problem;
}

/** What `requireSettled` throws. */
export function replacementProblem({
  workspace,
  database,
}: Pick<WorkspacePaths, "workspace" | "database">): MlctlError | undefined {
  const journal = readJournal(workspace);
  if (journal === undefined || isReplaced(workspace)) return undefined;
  if (lockHolder(database)?.command === RESTORE) {
    return new MlctlError("busy", "`mlctl restore` is putting a backup in the place of this workspace", {
      hint: "try again when it is done",
    });
  }
  if (outsideOf(workspace, journal).length > 0) return outside(workspace, journal);
  return new MlctlError(
    "notReady",
    "a restore was cut off: part of this workspace is the backup, part what was before",
    {
      hint: "`mlctl reindex` (or any command that writes) puts back what was before; then restore again",
    },
  );
}

/** How the holder of the lock is called. */
export const RESTORE = "mlctl restore";

function requireInside(folder: string, journal: ReplacementJournal): void {
  if (outsideOf(folder, journal).length > 0) throw outside(folder, journal);
}

/** A stranger's workspace may bring a journal along: it must not have other folders removed. */
function outsideOf(folder: string, { locks, places }: ReplacementJournal): string[] {
  const root = realpathSync(folder);
  const all = [...locks, ...places.map(({ target }) => target)].map((path) => fromRecordPath(folder, path));
  return all.filter((path) => path === folder || !`${realPath(dirname(path))}${sep}`.startsWith(`${root}${sep}`));
}

/** Of the nearest folder that is there. */
function realPath(folder: string): string {
  return existsSync(folder) || dirname(folder) === folder ? realpathSync(folder) : realPath(dirname(folder));
}

function outside(folder: string, journal: ReplacementJournal): MlctlError {
  return new MlctlError("notReady", "a restore was cut off that replaces folders outside the workspace", {
    details: outsideOf(folder, journal).map((path) => toRecordPath(folder, path)),
    hint: "look whether they are right, then run `mlctl restore <file> --force` again: it puts back what was before first",
  });
}
