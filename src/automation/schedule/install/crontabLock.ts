/** A lock on the crontab, one per user: all workspaces of a user share the crontab. */
import { accessSync, constants, mkdirSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Context } from "../../../core/context.ts";
import { MlctlError } from "../../../core/errors.ts";
import { userFolder } from "../../../core/userFolder.ts";
import { acquireLock } from "../../../storage/lock.ts";

/** Reading and writing a crontab takes far less time. */
const WAIT_MILLISECONDS = 30_000;

/** `crontab` replaces the whole table: without a lock, one of two concurrent changes would be lost. */
export async function withCrontabLock<T>({ now, signal }: Context, work: () => T): Promise<T> {
  const database = join(lockFolder(), "crontab");
  const options = { database, command: "mlctl schedule", waitMs: WAIT_MILLISECONDS, now, signal };
  const release = await acquireLock(options).catch((cause: unknown) => {
    if (!(cause instanceof MlctlError && cause.kind === "busy")) throw cause;
    throw new MlctlError("busy", "another mlctl is changing your crontab", { hint: "run the command again", cause });
  });
  try {
    return work();
  } finally {
    release();
  }
}

/** Falls back to the temporary folder for a user without a home folder, for example in a container. */
function lockFolder(): string {
  const fallback = join(tmpdir(), `mlctl-${process.getuid?.() ?? "user"}`);
  const state = userFolder("XDG_STATE_HOME", ".local/state");
  try {
    return writableFolder(state === null ? fallback : join(state, "mlctl"));
  } catch {
    try {
      return writableFolder(fallback);
    } catch (cause) {
      const hint = "set XDG_STATE_HOME to a folder that you may write to";
      throw new MlctlError("failure", `cannot create a folder for the crontab lock: ${fallback}`, { hint, cause });
    }
  }
}

function writableFolder(folder: string): string {
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  accessSync(folder, constants.W_OK);
  return folder;
}
