/** Installs the jobs of a workspace in the user's crontab, or removes them, with the program `crontab`. */
import { spawnSync } from "node:child_process";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Context } from "../../../core/context.ts";
import { MlctlError } from "../../../core/errors.ts";
import { userFolder } from "../../../core/userFolder.ts";
import { ensureFolder, errorCode } from "../../../storage/files/atomicWrite.ts";
import { acquireLock } from "../../../storage/lock.ts";
import { scheduleFolder } from "../../../storage/records/records.ts";
import { processZone, systemZone } from "../localTime.ts";
import type { JobPlace } from "../executeJob.ts";
import type { ScheduledJob } from "../scheduledJobs.ts";
import { hostTimes } from "./hostTimes.ts";
import { DUE, jobCommand, jobPath, shellWord } from "./jobCommand.ts";
import type { InstallOptions } from "./scheduleFiles.ts";

/** @param jobs none: the block of this workspace is removed */
export async function installInCrontab(jobs: readonly ScheduledJob[], options: InstallOptions) {
  const { workspace, configPath, dryRun } = options;
  // Cron has the time zone of the machine, or that of TZ if it was started as this shell was, as in a container.
  const zones = [...new Set([systemZone(process.env), processZone()])];
  const lines = crontabLines(jobs, options, zones);
  const planned = () => {
    const { text, changed, before } = withBlock(readCrontab(), configPath, lines);
    return { text, installation: { changed, lines, removed: jobs.length === 0 ? before : [] } };
  };
  if (dryRun) return planned().installation;
  if (jobs.length > 0) ensureFolder(scheduleFolder(workspace.paths));
  return withCrontabLock(workspace.context, () => {
    const { text, installation } = planned();
    if (!installation.changed) return installation;
    writeCrontab(text);
    // Other programs, such as an editor, do not use the lock.
    if (readCrontab() === text) return installation;
    const message = "another program changed the crontab at the same time";
    throw new MlctlError("failure", message, { hint: "run the command again" });
  });
}

const WAIT_MILLISECONDS = 30_000;

/** `crontab` replaces the whole table: without a lock, one of two concurrent changes would be lost. */
async function withCrontabLock<T>({ now, signal }: Context, work: () => T): Promise<T> {
  const state = userFolder("XDG_STATE_HOME", ".local/state") ?? join(tmpdir(), `mlctl-${process.getuid?.() ?? "user"}`);
  const database = join(state, "mlctl", "crontab");
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

function runCrontab(args: readonly string[], input = "") {
  // readCrontab matches the English messages.
  const { error, ...ended } = spawnSync("crontab", args, {
    encoding: "utf8",
    env: { ...process.env, LC_ALL: "C" },
    input,
  });
  if (error === undefined) return ended;
  const missing = errorCode(error) === "ENOENT" && "cron is not installed: there is no program crontab";
  const hint = "install cron, or use `mlctl schedule run`, `--systemd`, `--github` or `--k8s`";
  const what = missing || `cannot run the program crontab: ${error.message}`;
  throw new MlctlError("notReady", what, { hint, cause: error });
}

/** Each job at its times, and at reboot if it catches up on missed runs. */
export function crontabLines(jobs: readonly ScheduledJob[], place: JobPlace, zones: readonly string[]): string[] {
  return jobs.flatMap((job) => [
    `# ${job.name}: ${job.cron} (${job.timezone})`,
    ...hostTimes(job, zones, place.workspace.context.now()).map(
      (time) => `${time} ${command(job, ["--due", DUE], place)}`,
    ),
    ...(job.missed === "run" ? [`@reboot ${command(job, ["--missed"], place)}`] : []),
  ]);
}

/** Debian's cron silently truncates a longer command (MAX_COMMAND in its source). */
const MAX_COMMAND_LENGTH = 998;

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

/**
 * Replaces the block of `owner` (the path of a config.json), or puts one at the top, where no CRON_TZ of the table applies;
 * empty `lines` remove it.
 * @returns `before`: the lines that the block had
 */
export function withBlock(crontab: string, owner: string, lines: readonly string[]) {
  const begin = `# >>> mlctl ${owner} >>> by mlctl schedule install; taken out by mlctl schedule remove`;
  const end = `# <<< mlctl ${owner} <<<`;
  const all = crontab === "" ? [] : crontab.replace(/\n$/, "").split("\n");
  const marked = all.filter((line) => line === begin || line === end).length;
  const [first, last] = marked === 0 ? [0, -1] : [all.indexOf(begin), all.indexOf(end)];
  if (marked !== 0 && (marked !== 2 || first > last || first < 0)) {
    throw new MlctlError("data", `the crontab block of ${owner} is damaged: it needs one begin and one end marker`, {
      hint: "run `crontab -e`, remove the lines that begin with `# >>> mlctl` and `# <<< mlctl`, then install again",
    });
  }
  const before = all.slice(first + 1, last);
  const after = all.toSpliced(first, last - first + 1, ...(lines.length === 0 ? [] : [begin, ...lines, end]));
  const text = after.length === 0 ? "" : `${after.join("\n")}\n`;
  return { text, changed: after.join("\n") !== all.join("\n"), before };
}
