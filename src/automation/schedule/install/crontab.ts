/** Reads and writes the user's crontab with the `crontab` program. */
import { spawnSync } from "node:child_process";
import { join } from "node:path";
import { MlctlError } from "../../../core/errors.ts";
import { errorCode } from "../../../storage/files/writeFailure.ts";
import { scheduleFolder } from "../../../storage/records/workspaceRecord.ts";
import type { JobPlace } from "../executeJob.ts";
import { hostTimes } from "./hostTimes.ts";
import { DUE, jobCommand, jobPath, shellWord } from "./jobCommand.ts";
import type { ScheduledJob } from "../scheduledJobs.ts";

/** In bytes: Debian's cron silently truncates a longer command (MAX_COMMAND in its source). */
const MAX_COMMAND_LENGTH = 998;

/** @throws {MlctlError} if the crontab cannot be read, so that no caller mistakes it for an empty one */
export function readCrontab(): string {
  const { status, stdout, stderr } = crontab(["-l"]);
  if (status === 0) return stdout;
  // The second message is BusyBox's. "No such file" matters: BusyBox also reports "can't open" if permission is denied.
  if (/no crontab for|can't open .*: No such file/i.test(stderr)) return "";
  throw new MlctlError("failure", `crontab -l failed: ${stderr.trim() || `exit code ${status}`}`, {
    hint: "check that you may use cron: /etc/cron.allow, /etc/cron.deny",
  });
}

/** Removes the crontab if `text` is empty. */
export function writeCrontab(text: string): void {
  const { status, stderr } = text === "" ? crontab(["-r"]) : crontab(["-"], text);
  if (status === 0) return;
  throw new MlctlError("failure", `cannot write the crontab: ${stderr.trim() || `crontab: exit code ${status}`}`, {
    hint: "the old crontab is unchanged; `crontab -l` shows it",
  });
}

/** The lines of the block: each job at its times, and at reboot if the job catches up on missed runs. */
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

function crontab(args: readonly string[], input?: string): { status: number | null; stdout: string; stderr: string } {
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
