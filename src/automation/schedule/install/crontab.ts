/** The user's crontab, read and written through the `crontab` program. */
import { spawnSync } from "node:child_process";
import { join } from "node:path";
import { MlctlError } from "../../../core/errors.ts";
import { scheduleFolder } from "../../../storage/records/workspaceRecord.ts";
import type { JobPlace } from "../executeJob.ts";
import { hostTimes } from "./hostTimes.ts";
import { DUE, jobCommand, jobPath, shellWord } from "./jobCommand.ts";
import type { ScheduledJob } from "../scheduledJobs.ts";

/** Debian's cron cuts a longer command off, without a word (MAX_COMMAND in its source). */
const LONGEST_COMMAND = 998;

/** @throws {MlctlError} where it cannot be read: nothing may take that for an empty one */
export function readCrontab(): string {
  const { status, stdout, stderr } = crontab(["-l"]);
  if (status === 0) return stdout;
  // The second is what BusyBox says; it cannot open one that it may not read either.
  if (/no crontab for|can't open .*: No such file/i.test(stderr)) return "";
  throw new MlctlError("failure", `crontab -l failed: ${stderr.trim() || `it ended with ${status}`}`, {
    hint: "see whether you may use cron: /etc/cron.allow, /etc/cron.deny",
  });
}

/** An empty one is taken away. */
export function writeCrontab(text: string): void {
  const { status, stderr } = text === "" ? crontab(["-r"]) : crontab(["-"], text);
  if (status === 0) return;
  throw new MlctlError(
    "failure",
    `the crontab could not be written: ${stderr.trim() || `crontab ended with ${status}`}`,
    {
      hint: "the old one stays as it was; `crontab -l` shows it",
    },
  );
}

/** The lines of the block: each job at its times, and once after a reboot where missed runs are caught up. */
export function crontabLines(jobs: readonly ScheduledJob[], place: JobPlace, zones: readonly string[]): string[] {
  const { context } = place.workspace;
  return jobs.flatMap((job) => {
    const times = hostTimes(job, zones, context.now());
    const note = `# ${job.name}: ${job.cron} (${job.timezone})`;
    const lines = times.map((time) => `${time} ${command(job, ["--due", DUE], place)}`);
    const again = job.missed === "run" ? [`@reboot ${command(job, ["--missed"], place)}`] : [];
    return [note, ...lines, ...again];
  });
}

function command(job: ScheduledJob, flags: readonly string[], { configPath, directory, workspace }: JobPlace): string {
  const log = join(scheduleFolder(workspace.paths), "cron.log");
  const words = jobCommand(job, flags, { configPath }).map(shellWord).join(" ");
  const line = `cd ${shellWord(directory)} && PATH=${shellWord(jobPath())} ${words} >> ${shellWord(log)} 2>&1`;
  if (/[\n\r]/.test(line)) {
    throw new MlctlError("usage", "a path with a line break cannot stand in a crontab", { hint: "rename the folder" });
  }
  // Cron reads a bare % as the end of the line.
  const escaped = line.replaceAll("%", String.raw`\%`);
  if (escaped.length <= LONGEST_COMMAND) return escaped;
  throw new MlctlError("usage", `the command of job ${job.name} is too long for cron: ${escaped.length} characters`, {
    hint: "move the workspace to a shorter path, or use `--systemd`",
  });
}

function crontab(args: readonly string[], input?: string): { status: number | null; stdout: string; stderr: string } {
  const { status, stdout, stderr, error } = spawnSync("crontab", args, {
    encoding: "utf8",
    // Its messages are read.
    env: { ...process.env, LC_ALL: "C" },
    ...(input === undefined ? {} : { input }),
  });
  if (error === undefined) return { status, stdout, stderr };
  throw new MlctlError("notReady", `the program crontab cannot be run: ${error.message}`, {
    hint: "install cron, or use `mlctl schedule run`, `--systemd`, `--github` or `--k8s`",
    cause: error,
  });
}
