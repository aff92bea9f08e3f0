/** The locks of watchers, which end with their processes: their files in processing/.watchers can stay. */
import { readdirSync, rmSync, statSync } from "node:fs";
import { join } from "node:path";
import { acquireLock } from "../../storage/lock.ts";

/** Far longer than a watcher needs from the file of its lock to the lock. */
const START_MILLISECONDS = 60_000;

/** @throws {MlctlError} kind "busy" if that watcher lives */
export async function lockOf(watchers: string, owner: string, now: () => Date): Promise<() => void> {
  return acquireLock({ database: join(watchers, owner), command: "mlctl watch", waitMs: 0, now });
}

/**
 * Other watchers, on any machine: whether they live is decided by their lock. One that is just starting has a file but may
 * not hold its lock yet: its note is missing, and the file is new.
 */
export function otherLocks(watchers: string, own: string): Set<string> {
  const names = readdirSync(watchers);
  const owners = names.flatMap((name) => /^(.+)\.lock(\.json|-journal)?$/.exec(name)?.[1] ?? []);
  const now = statSync(watchers).mtimeMs; // By the clock of the file system: this watcher's own lock was created here.
  const isStarting = (owner: string): boolean => {
    const created = statSync(join(watchers, `${owner}.lock`), { throwIfNoEntry: false })?.mtimeMs ?? 0;
    return !names.includes(`${owner}.lock.json`) && now - created < START_MILLISECONDS;
  };
  return new Set(owners.filter((owner) => owner !== own && !isStarting(owner)));
}

export function removeLock(watchers: string, owner: string): void {
  try {
    for (const ending of [".lock", ".lock.json", ".lock-journal"])
      rmSync(join(watchers, owner + ending), { force: true });
  } catch {
    // A disk that became read-only: no reason to end with an error.
  }
}
