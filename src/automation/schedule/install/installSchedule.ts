/** Hands the jobs of config.json to another scheduler, or takes them back. */
import { basename, join, relative } from "node:path";
import { installInCrontab, isInCrontab } from "./installInCrontab.ts";
import {
  ownFiles,
  scheduleFilesFolder,
  unitPrefix,
  writeScheduleFiles,
  type InstallOptions,
  type Target,
} from "./scheduleFiles.ts";
import { shellWord } from "./jobCommand.ts";
import type { ScheduledJob } from "../scheduledJobs.ts";
import { expect, expectBy, expectFromFirstRun, expectNothing } from "../scheduleState.ts";

export interface InstallResult {
  readonly scheduler: Target;
  readonly changed: boolean;
  readonly dryRun: boolean;
  readonly jobs: readonly string[];
  /** Written, or what would be. */
  readonly files: readonly string[];
  /** Taken away, or what would be: files, or lines of the crontab. */
  readonly removed: readonly string[];
  /** What stands in the crontab's block. */
  readonly lines: readonly string[];
  /** How to tell the scheduler. */
  readonly next: string | null;
}

/** @param jobs none: everything of this workspace is taken out */
export async function installSchedule(jobs: readonly ScheduledJob[], options: InstallOptions): Promise<InstallResult> {
  const { target, dryRun } = options;
  const result =
    target === "crontab"
      ? { ...(await installInCrontab(jobs, options)), files: [], next: null }
      : inFiles(jobs, options);
  if (!dryRun) tellState(jobs, options);
  return { ...result, scheduler: target, dryRun, jobs: jobs.map(({ name }) => name) };
}

/** Who is waited for: what another scheduler of this machine still has stays expected. */
function tellState(jobs: readonly ScheduledJob[], options: InstallOptions): void {
  const { target, configPath, workspace } = options;
  const { paths, context } = workspace;
  if (target !== "crontab" && target !== "systemd") return;
  if (jobs.length > 0) return (isElsewhere(options) ? expectFromFirstRun : expect)(paths, jobs, target, context.now());
  const inPlace = (): boolean => ownFiles({ ...options, target: "systemd", output: undefined }).length > 0;
  // Copies were taken away, not what systemd goes by.
  if (target === "systemd" && isElsewhere(options) && inPlace()) return;
  const other = target === "crontab" ? "systemd" : "crontab";
  const isLeft = other === "crontab" ? isInCrontab(configPath) : inPlace();
  if (isLeft) expectBy(paths, target, other);
  // What `schedule run` was to do is forgotten with the crontab: it has no removal of its own.
  else expectNothing(paths, target === "crontab" ? ["crontab", "daemon", "systemd"] : [target]);
}

function inFiles(
  jobs: readonly ScheduledJob[],
  options: InstallOptions,
): Pick<InstallResult, "files" | "removed" | "changed" | "lines" | "next"> {
  const change = writeScheduleFiles(jobs, options);
  return { ...change, lines: [], next: nextStep(jobs, change.removed, options) };
}

/** A folder of one's own, which the scheduler does not look into. */
function isElsewhere(options: InstallOptions): boolean {
  return scheduleFilesFolder(options) !== scheduleFilesFolder({ ...options, output: undefined });
}

/** Systemd knows units of a folder of one's own only by links to them. */
function linked(timers: readonly string[], options: InstallOptions): string[] {
  const folder = scheduleFilesFolder(options);
  if (timers.length === 0 || !isElsewhere(options)) return [];
  const units = timers.flatMap((timer) => [timer.replace(/timer$/, "service"), timer]);
  return [`systemctl --user link ${units.map((unit) => shellWord(join(folder, unit))).join(" ")}`];
}

/** How to tell the scheduler of its files. */
function nextStep(jobs: readonly ScheduledJob[], removed: readonly string[], options: InstallOptions): string | null {
  const { target, configPath } = options;
  if (jobs.length === 0 && removed.length === 0) return null;
  if (target === "github") {
    const variables =
      "set the repository's variables MLCTL_REPOSITORY and MLCTL_REF (each workflow says to what), then ";
    return `${jobs.length === 0 ? "" : variables}commit the workflows and push them`;
  }
  if (target === "systemd") {
    const gone = removed.map((path) => basename(path)).filter((name) => name.endsWith(".timer"));
    const timers = jobs.map(({ name }) => `${unitPrefix(configPath)}-${name}.timer`);
    return [
      ...(gone.length > 0 ? [`systemctl --user stop ${gone.join(" ")}`] : []),
      ...linked(timers, options),
      "systemctl --user daemon-reload",
      ...(timers.length > 0 ? [`systemctl --user enable --now ${timers.join(" ")}`] : []),
    ].join(" && ");
  }
  if (jobs.length === 0)
    return "delete them in the cluster too: `kubectl get cronjobs -l app.kubernetes.io/component=schedule` shows them";
  return `kubectl apply -f ${join(relative(process.cwd(), scheduleFilesFolder(options)), "mlctl-cronjobs.yaml")}`;
}
