/** Installs the jobs of a workspace in the user's crontab, or removes them. */
import { attempt, MlctlError } from "../../../core/errors.ts";
import { ensureFolder } from "../../../storage/files/commitFile.ts";
import { scheduleFolder } from "../../../storage/records/workspaceRecord.ts";
import { crontabLines, readCrontab, writeCrontab } from "./crontab.ts";
import { blockLines, blockOwners, crontabZone, withBlock, type CrontabChange } from "./crontabBlock.ts";
import { withCrontabLock } from "./crontabLock.ts";
import { realConfigPath, type InstallOptions } from "./scheduleFiles.ts";
import { isZone, processZone, systemZone } from "../localTime.ts";
import type { ScheduledJob } from "../scheduledJobs.ts";

interface CrontabInstallation {
  readonly changed: boolean;
  readonly lines: readonly string[];
  /** The previous lines, if the block was removed. */
  readonly removed: readonly string[];
}

/** @param jobs empty: the block is removed */
export async function installInCrontab(
  jobs: readonly ScheduledJob[],
  options: InstallOptions,
): Promise<CrontabInstallation> {
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

/** Whether the crontab has a block of this workspace; false if the crontab cannot be read. */
export function isInCrontab(configPath: string): boolean {
  return attempt(
    () => ownersOf(readCrontab(), configPath).length > 0,
    () => false,
  );
}

/** For a dry run: where cron is not installed, an empty one. */
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
  const { text } = others.reduce<CrontabChange>(
    (change, owner) => withBlock(change.text, owner, []),
    withBlock(before, configPath, lines),
  );
  const installation: CrontabInstallation = { changed: text !== before, lines, removed };
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
