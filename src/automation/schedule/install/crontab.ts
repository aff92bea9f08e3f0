/** Installs the jobs of a workspace in the user's crontab, or removes them, with the program `crontab`. */
import { spawnSync } from "node:child_process";
import { join } from "node:path";
import { attempt, MlctlError } from "../../../core/errors.ts";
import { ensureFolder } from "../../../storage/files/commitFile.ts";
import { errorCode } from "../../../storage/files/writeFailure.ts";
import { scheduleFolder } from "../../../storage/records/workspaceRecord.ts";
import { processZone, systemZone } from "../localTime.ts";
import type { JobPlace } from "../executeJob.ts";
import type { ScheduledJob } from "../scheduledJobs.ts";
import { hostTimes } from "./hostTimes.ts";
import { DUE, jobCommand, jobPath, shellWord } from "./jobCommand.ts";
import type { InstallOptions } from "./scheduleFiles.ts";

export async function installInCrontab(jobs: readonly ScheduledJob[], options: InstallOptions) {
  const { workspace, dryRun } = options;
  if (dryRun) return planned(jobs, options, presentCrontab(options)).installation;
  if (jobs.length > 0) ensureFolder(scheduleFolder(workspace.paths));
  const { text, installation } = planned(jobs, options);
  if (!installation.changed) return installation;
  writeCrontab(text);
  if (readCrontab() === text) return installation;
  const message = "another program changed the crontab at the same time";
  throw new MlctlError("failure", message, { hint: "run the command again" });
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
  // cron may run in the zone of the machine or in that of this shell: the lines fire at the right times in both.
  const zones = [...new Set([systemZone(process.env), processZone()])];
  const lines = jobs.length === 0 ? [] : crontabLines(jobs, options, zones);
  const removed = jobs.length === 0 ? blockLines(before, configPath) : [];
  const { text, changed } = withBlock(before, configPath, lines);
  return { text, installation: { changed, lines, removed } };
}

/** Debian's cron silently truncates a longer command (MAX_COMMAND in its source). */
const MAX_COMMAND_LENGTH = 998;

/** @throws {MlctlError} if the crontab cannot be read, so that no caller mistakes it for an empty one */
function readCrontab(): string {
  const { status, stdout, stderr } = runCrontab(["-l"]);
  if (status === 0) return stdout;
  // The second message is BusyBox's. "No such file" matters: BusyBox also reports "can't open" if permission is denied.
  if (/no crontab for|can't open .*: No such file/i.test(stderr)) return "";
  throw new MlctlError("failure", `crontab -l failed: ${stderr.trim() || `exit code ${status}`}`, {
    hint: "check that you may use cron: /etc/cron.allow, /etc/cron.deny",
  });
}

function writeCrontab(text: string): void {
  const { status, stderr } = text === "" ? runCrontab(["-r"]) : runCrontab(["-"], text);
  if (status === 0) return;
  throw new MlctlError("failure", `cannot write the crontab: ${stderr.trim() || `crontab: exit code ${status}`}`, {
    hint: "the old crontab is unchanged; `crontab -l` shows it",
  });
}

/** Each job at its times, and at reboot if it catches up on missed runs. */
export function crontabLines(jobs: readonly ScheduledJob[], place: JobPlace, zones: readonly string[]): string[] {
  const { context } = place.workspace;
  return jobs.flatMap((job) => {
    const times = hostTimes(job, zones, context.now());
    const note = `# ${job.name}: ${job.cron} (${job.timezone})`;
    const lines = times.map((time) => `${time} ${command(job, ["--due", DUE], place)}`);
    const catchUp = job.missed === "run" ? [`@reboot ${command(job, ["--missed"], place)}`] : [];
    return [note, ...lines, ...catchUp];
  });
}

function command(job: ScheduledJob, flags: readonly string[], place: JobPlace): string {
  const { configPath, directory, workspace } = place;
  const log = join(scheduleFolder(workspace.paths), "cron.log");
  const words = jobCommand(job, flags, configPath).map(shellWord).join(" ");
  const line = `cd ${shellWord(directory)} && PATH=${shellWord(jobPath())} ${words} >> ${shellWord(log)} 2>&1`;
  const length = Buffer.byteLength(line);
  if (length <= MAX_COMMAND_LENGTH) return line;
  throw new MlctlError("usage", `the command of job ${job.name} is too long for cron: ${length} bytes`, {
    hint: "move the workspace to a shorter path, or use `--systemd`",
  });
}

function runCrontab(
  args: readonly string[],
  input?: string,
): { status: number | null; stdout: string; stderr: string } {
  const { status, stdout, stderr, error } = spawnSync("crontab", args, {
    encoding: "utf8",
    // readCrontab matches the English messages.
    env: { ...process.env, LC_ALL: "C" },
    ...(input === undefined ? {} : { input }),
  });
  if (error === undefined) return { status, stdout, stderr };
  const missing = errorCode(error) === "ENOENT" && "cron is not installed: there is no program crontab";
  const hint = "install cron, or use `mlctl schedule run`, `--systemd`, `--github` or `--k8s`";
  const what = missing || `cannot run the program crontab: ${error.message}`;
  throw new MlctlError("notReady", what, { hint, cause: error });
}

/**
 * Replaces the block of `owner` (the path of a config.json), or adds one; empty `lines` remove it. It comes first, because
 * variables such as CRON_TZ change the lines below them.
 */
export function withBlock(crontab: string, owner: string, lines: readonly string[]) {
  const [begin, end] = markers(owner);
  const before = crontab === "" ? [] : crontab.replace(/\n$/, "").split("\n");
  const [first, last] = [before.indexOf(begin), before.indexOf(end)];
  const marked = before.filter((line) => line === begin || line === end).length;
  if (marked !== 0 && (marked !== 2 || first > last || first < 0)) {
    throw new MlctlError("data", `the crontab block of ${owner} is damaged: it needs one begin and one end marker`, {
      hint: "run `crontab -e`, remove the lines that begin with `# >>> mlctl` and `# <<< mlctl`, then install again",
    });
  }
  const block = lines.length === 0 ? [] : [begin, ...lines, end];
  const others = marked === 0 ? before : [...before.slice(0, first), ...before.slice(last + 1)];
  const after = [...block, ...others];
  const text = after.length === 0 ? "" : `${after.join("\n")}\n`;
  return { text, changed: after.join("\n") !== before.join("\n") };
}

export function blockLines(crontab: string, owner: string): string[] {
  const [begin, end] = markers(owner);
  const lines = crontab.split("\n");
  const [first, last] = [lines.indexOf(begin), lines.indexOf(end)];
  return first < 0 || last < first ? [] : lines.slice(first + 1, last);
}

function markers(owner: string): [string, string] {
  return [
    `# >>> mlctl ${owner} >>> by mlctl schedule install; taken out by mlctl schedule remove`,
    `# <<< mlctl ${owner} <<<`,
  ];
}
