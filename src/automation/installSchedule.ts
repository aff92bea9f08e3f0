/** Hands the jobs of config.json to another scheduler, or takes them back. */
import { join, relative } from "node:path";
import { MlctlError } from "../core/errors.ts";
import { ensureFolder } from "../storage/commitFile.ts";
import { scheduleFolder } from "../storage/workspaceRecord.ts";
import { crontabLines, readCrontab, writeCrontab } from "./crontab.ts";
import { crontabZone, withBlock } from "./crontabBlock.ts";
import type { InstallOptions, Target } from "./installOptions.ts";
import { isZone } from "./localTime.ts";
import type { ScheduledJob } from "./scheduledJobs.ts";
import { scheduleFilesFolder, unitPrefix, writeScheduleFiles } from "./scheduleFiles.ts";
import { expect, expectNothing } from "./scheduleState.ts";
import { processZone, systemZone } from "./systemZone.ts";

export interface InstallResult {
  readonly scheduler: Target;
  readonly changed: boolean;
  readonly dryRun: boolean;
  readonly jobs: readonly string[];
  /** Written, or what would be. */
  readonly files: readonly string[];
  /** Taken away. */
  readonly removed: readonly string[];
  /** What stands in the crontab's block. */
  readonly lines: readonly string[];
  /** How to tell the scheduler. */
  readonly next: string | null;
}

/** @param jobs none: everything of this workspace is taken out */
export function installSchedule(jobs: readonly ScheduledJob[], options: InstallOptions): InstallResult {
  const { target, dryRun, workspace } = options;
  const result = target === "crontab" ? inCrontab(jobs, options) : inFiles(jobs, options);
  const isWatched = target === "crontab" || target === "systemd";
  if (!dryRun && isWatched) {
    if (jobs.length === 0) expectNothing(workspace.paths);
    else expect(workspace.paths, jobs, target, workspace.context.now());
  }
  return { ...result, scheduler: target, dryRun, jobs: jobs.map(({ name }) => name) };
}

type Change = Omit<InstallResult, "scheduler" | "dryRun" | "jobs">;

function inCrontab(jobs: readonly ScheduledJob[], options: InstallOptions): Change {
  const { configPath, workspace, dryRun } = options;
  const before = readCrontab();
  const lines = jobs.length === 0 ? [] : crontabLines(jobs, options, cronZones(before, options));
  const { text, changed } = withBlock(before, configPath, lines);
  if (changed && !dryRun) {
    ensureFolder(scheduleFolder(workspace.paths));
    writeCrontab(text);
    requireWritten(configPath, lines);
  }
  return { changed, files: [], removed: [], lines, next: null };
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

/** Somebody else may have written the crontab in between. */
function requireWritten(configPath: string, lines: readonly string[]): void {
  if (!withBlock(readCrontab(), configPath, lines).changed) return;
  throw new MlctlError("failure", "the crontab was changed by another program at the same time", {
    hint: "run it again",
  });
}

function inFiles(jobs: readonly ScheduledJob[], options: InstallOptions): Change {
  const change = writeScheduleFiles(jobs, options);
  return { ...change, lines: [], next: jobs.length === 0 ? null : nextStep(jobs, options) };
}

/** How to tell the scheduler of its new files. */
function nextStep(jobs: readonly ScheduledJob[], options: InstallOptions): string {
  if (options.target === "github") return "commit the workflows and push them";
  if (options.target === "systemd") {
    const timers = jobs.map(({ name }) => `${unitPrefix(options.configPath)}-${name}.timer`).join(" ");
    return `systemctl --user daemon-reload && systemctl --user enable --now ${timers}`;
  }
  return `kubectl apply -f ${join(relative(process.cwd(), scheduleFilesFolder(options)), "mlctl-cronjobs.yaml")}`;
}
