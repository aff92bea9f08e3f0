/** One lock a user over the crontab, which all of the user's workspaces share. */
import { accessSync, constants, mkdirSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Context } from "../../../core/context.ts";
import { MlctlError } from "../../../core/errors.ts";
import { userFolder } from "../../../core/userFolder.ts";
import { acquireLock } from "../../../storage/lock.ts";

/** Reading and writing a crontab takes far less. */
const WAIT_MILLISECONDS = 30_000;

/** `crontab` replaces the whole table: of two that read it before either wrote, one would be lost. */
export async function withCrontabLock<T>({ now, signal }: Context, work: () => T): Promise<T> {
  const database = join(lockFolder(), "crontab");
  const options = { database, command: "mlctl schedule", waitMs: WAIT_MILLISECONDS, now, signal };
  const release = await acquireLock(options).catch((error: unknown) => {
    if (!(error instanceof MlctlError && error.kind === "busy")) throw error;
    throw new MlctlError("busy", "another mlctl is at work on your crontab", { hint: "run it again", cause: error });
  });
  try {
    return work();
  } finally {
    release();
  }
}

/** A user without a home, such as a container's, has the machine's temporary folder. */
function lockFolder(): string {
  const fallback = join(tmpdir(), `mlctl-${process.getuid?.() ?? "user"}`);
  const state = userFolder("XDG_STATE_HOME", ".local/state");
  try {
    return made(state === null ? fallback : join(state, "mlctl"));
  } catch {
    try {
      return made(fallback);
    } catch (error) {
      throw new MlctlError("failure", `no folder for a lock on the crontab can be made: ${fallback}`, {
        hint: "set XDG_STATE_HOME to a folder that you may write to",
        cause: error,
      });
    }
  }
}

function made(folder: string): string {
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  accessSync(folder, constants.W_OK);
  return folder;
}
