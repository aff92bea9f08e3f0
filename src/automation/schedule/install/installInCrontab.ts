/** Installs the jobs of a workspace in the user's crontab, or removes them. */
import { accessSync, constants, mkdirSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Context } from "../../../core/context.ts";
import { attempt, MlctlError } from "../../../core/errors.ts";
import { userFolder } from "../../../core/userFolder.ts";
import { ensureFolder } from "../../../storage/files/commitFile.ts";
import { acquireLock } from "../../../storage/lock.ts";
import { scheduleFolder } from "../../../storage/records/workspaceRecord.ts";
import { isZone, processZone, systemZone } from "../localTime.ts";
import type { ScheduledJob } from "../scheduledJobs.ts";
import { crontabLines, readCrontab, writeCrontab, blockLines, blockOwners, crontabZone, withBlock } from "./crontab.ts";
import { realConfigPath, type InstallOptions } from "./scheduleFiles.ts";

export async function installInCrontab(jobs: readonly ScheduledJob[], options: InstallOptions) {
  const { workspace, dryRun } = options;
  if (dryRun) return planned(jobs, options, presentCrontab(options)).installation;
  if (jobs.length > 0) ensureFolder(scheduleFolder(workspace.paths));
  return withCrontabLock(workspace.context, () => {
    const { text, installation } = planned(jobs, options);
    if (!installation.changed) return installation;
    writeCrontab(text);
    // Other programs, such as an editor, do not use the lock.
    if (readCrontab() === text) return installation;
    const message = "another program changed the crontab at the same time";
    throw new MlctlError("failure", message, { hint: "run the command again" });
  });
}

export function isInCrontab(configPath: string): boolean {
  return attempt(
    () => ownersOf(readCrontab(), configPath).length > 0,
    () => false,
  );
}

function presentCrontab({ workspace: { context } }: InstallOptions): string {
  return attempt(readCrontab, (error) => {
    if (error.kind !== "notReady") throw error;
    context.emit({ type: "warning", stage: "schedule", message: error.message, hint: error.hint });
    return "";
  });
}

function planned(jobs: readonly ScheduledJob[], options: InstallOptions, before = readCrontab()) {
  const { configPath } = options;
  const owners = ownersOf(before, configPath);
  const lines = jobs.length === 0 ? [] : crontabLines(jobs, options, cronZones(before, options));
  const removed = jobs.length === 0 ? owners.flatMap((owner) => blockLines(before, owner)) : [];
  const others = owners.filter((owner) => owner !== configPath);
  const { text } = others.reduce(
    (change, owner) => withBlock(change.text, owner, []),
    withBlock(before, configPath, lines),
  );
  const installation = { changed: text !== before, lines, removed };
  return { text, installation };
}

/** Owners that are this workspace: its path may have been installed through a link, or may have become a link since. */
function ownersOf(crontab: string, configPath: string): string[] {
  const owners = new Set([configPath, ...blockOwners(crontab)]);
  return [...owners].filter((owner) => realConfigPath(owner) === configPath && withBlock(crontab, owner, []).changed);
}

/** Debian's cron ignores CRON_TZ, others use it: the lines fire at the right times in both cases. */
function cronZones(crontab: string, { configPath, workspace: { context } }: InstallOptions): string[] {
  const [system, own, named] = [systemZone(process.env), processZone(), crontabZone(crontab, configPath)];
  if (named !== undefined && !isZone(named)) {
    throw new MlctlError("data", `the crontab line CRON_TZ=${named} does not name a valid time zone`, {
      hint: "correct it with `crontab -e`: use a name such as Europe/Oslo or UTC",
    });
  }
  if (own !== system && own !== named) {
    const message = `cron and the installed lines use the time zone of this machine, ${system}, but TZ in this shell is ${own}`;
    const hint = `if cron itself runs with TZ=${own}, add CRON_TZ=${own} above the block and install again: the lines then fit both zones`;
    context.emit({ type: "warning", stage: "schedule", message, hint });
  }
  return [...new Set([system, ...(named === undefined ? [] : [named])])];
}

const WAIT_MILLISECONDS = 30_000;

/** `crontab` replaces the whole table: without a lock, one of two concurrent changes would be lost. */
async function withCrontabLock<T>({ now, signal }: Context, work: () => T): Promise<T> {
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
