/** The jobs of a workspace in the user's crontab, or out of it. */
import { MlctlError } from "../../../core/errors.ts";
import { ensureFolder } from "../../../storage/files/commitFile.ts";
import { scheduleFolder } from "../../../storage/records/workspaceRecord.ts";
import { crontabLines, readCrontab, writeCrontab } from "./crontab.ts";
import { blockLines, blockOwners, crontabZone, withBlock, type CrontabChange } from "./crontabBlock.ts";
import { withCrontabLock } from "./crontabLock.ts";
import { realConfigPath, type InstallOptions } from "./scheduleFiles.ts";
import { isZone, processZone, systemZone } from "../localTime.ts";
import type { ScheduledJob } from "../scheduledJobs.ts";

export interface CrontabInstallation {
  readonly changed: boolean;
  /** What stands in the block. */
  readonly lines: readonly string[];
  /** What stood there, where nothing does now. */
  readonly removed: readonly string[];
}

/** @param jobs none: the block is taken out */
export async function installInCrontab(
  jobs: readonly ScheduledJob[],
  options: InstallOptions,
): Promise<CrontabInstallation> {
  const { workspace, dryRun } = options;
  if (dryRun) return planned(jobs, options).installation;
  if (jobs.length > 0) ensureFolder(scheduleFolder(workspace.paths));
  return withCrontabLock(workspace.context, () => {
    const { text, installation } = planned(jobs, options);
    if (!installation.changed) return installation;
    writeCrontab(text);
    // An editor knows nothing of the lock.
    if (readCrontab() === text) return installation;
    throw new MlctlError("failure", "the crontab was changed by another program at the same time", {
      hint: "run it again",
    });
  });
}

/** Whether the crontab has a block of this workspace; false where there is no crontab to look into. */
export function isInCrontab(configPath: string): boolean {
  try {
    return ownersOf(readCrontab(), configPath).length > 0;
  } catch (error) {
    if (error instanceof MlctlError) return false;
    throw error;
  }
}

function planned(
  jobs: readonly ScheduledJob[],
  options: InstallOptions,
): { readonly text: string; readonly installation: CrontabInstallation } {
  const { configPath } = options;
  const before = readCrontab();
  const owners = ownersOf(before, configPath);
  const lines = jobs.length === 0 ? [] : crontabLines(jobs, options, cronZones(before, options));
  const removed = jobs.length === 0 ? owners.flatMap((owner) => blockLines(before, owner)) : [];
  const others = owners.filter((owner) => owner !== configPath);
  const { text } = others.reduce<CrontabChange>(
    (change, owner) => withBlock(change.text, owner, []),
    withBlock(before, configPath, lines),
  );
  return { text, installation: { changed: text !== before, lines, removed } };
}

/** Those of this workspace: one that was installed through a link, or before the folder was one, is the same. */
function ownersOf(crontab: string, configPath: string): string[] {
  const owners = new Set([configPath, ...blockOwners(crontab)]);
  return [...owners].filter((owner) => realConfigPath(owner) === configPath && withBlock(crontab, owner, []).changed);
}

/** Debian's cron ignores CRON_TZ, others go by it: the lines fire at the right times for both. */
function cronZones(crontab: string, { configPath, workspace: { context } }: InstallOptions): string[] {
  const [system, own, named] = [systemZone(process.env), processZone(), crontabZone(crontab, configPath)];
  if (named !== undefined && !isZone(named)) {
    throw new MlctlError("data", `the crontab has a line CRON_TZ=${named}, and there is no such time zone`, {
      hint: "correct it with `crontab -e`: a zone is called like Europe/Oslo or UTC",
    });
  }
  if (own !== system && own !== named) {
    context.emit({
      type: "warning",
      stage: "schedule",
      message: `cron goes by the time zone of this machine, ${system}, and so do its lines; here TZ says ${own}`,
      hint: `if cron itself runs with TZ=${own}, write CRON_TZ=${own} above the block, then install again: both are right then`,
    });
  }
  return [...new Set([system, ...(named === undefined ? [] : [named])])];
}
