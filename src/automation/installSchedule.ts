/** Hands the jobs of config.json to another scheduler, or takes them back. */
import { join, relative } from "node:path";
import { MlctlError } from "../core/errors.ts";
import { ensureFolder } from "../storage/commitFile.ts";
import { scheduleFolder } from "../storage/workspaceRecord.ts";
import { crontabLines, readCrontab, writeCrontab } from "./crontab.ts";
import { withBlock } from "./crontabBlock.ts";
import type { InstallOptions, Target } from "./installOptions.ts";
import type { ScheduledJob } from "./scheduledJobs.ts";
import { scheduleFilesFolder, unitPrefix, writeScheduleFiles } from "./scheduleFiles.ts";
import { expect, expectNothing } from "./scheduleState.ts";

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
  const zone = Intl.DateTimeFormat().resolvedOptions().timeZone;
  const lines = crontabLines(jobs, options, zone);
  const { text, changed } = withBlock(readCrontab(), configPath, lines);
  if (changed && !dryRun) {
    ensureFolder(scheduleFolder(workspace.paths));
    writeCrontab(text);
    requireWritten(configPath, lines);
  }
  return { changed, files: [], removed: [], lines, next: null };
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
