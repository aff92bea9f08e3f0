/** Installs the jobs of a workspace in the user's crontab, or removes them, with the program `crontab`. */
import { spawnSync } from "node:child_process";
import { accessSync, constants, mkdirSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Context } from "../../../core/context.ts";
import { attempt, MlctlError } from "../../../core/errors.ts";
import { userFolder } from "../../../core/userFolder.ts";
import { ensureFolder, errorCode } from "../../../storage/files/atomicWrite.ts";
import { acquireLock } from "../../../storage/lock.ts";
import { scheduleFolder } from "../../../storage/records/records.ts";
import { isZone, processZone, systemZone } from "../localTime.ts";
import type { JobPlace } from "../executeJob.ts";
import type { ScheduledJob } from "../scheduledJobs.ts";
import { hostTimes } from "./hostTimes.ts";
import { DUE, jobCommand, jobPath, shellWord } from "./jobCommand.ts";
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

/** Replaces the block of `owner` (the path of a config.json), or appends one; empty `lines` remove it. */
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
  const after = marked === 0 ? [...before, ...block] : [...before.slice(0, first), ...block, ...before.slice(last + 1)];
  const text = after.length === 0 ? "" : `${after.join("\n")}\n`;
  return { text, changed: after.join("\n") !== before.join("\n") };
}

export function blockLines(crontab: string, owner: string): string[] {
  const [begin, end] = markers(owner);
  const lines = crontab.split("\n");
  const [first, last] = [lines.indexOf(begin), lines.indexOf(end)];
  return first < 0 || last < first ? [] : lines.slice(first + 1, last);
}

function blockOwners(crontab: string): string[] {
  return crontab.split("\n").flatMap((line) => {
    const [, owner] = /^# >>> mlctl (.+) >>> by mlctl /.exec(line) ?? [];
    return owner !== undefined && line === markers(owner)[0] ? [owner] : [];
  });
}

/** The zone of the last CRON_TZ line above the block of `owner`. */
function crontabZone(crontab: string, owner: string): string | undefined {
  const lines = crontab.split("\n");
  const block = lines.indexOf(markers(owner)[0]);
  return lines
    .slice(0, block < 0 ? lines.length : block)
    .flatMap((line) => /^\s*CRON_TZ\s*=\s*["']?([^"'\s]+)["']?\s*$/.exec(line)?.[1] ?? [])
    .at(-1);
}

function markers(owner: string): [string, string] {
  return [
    `# >>> mlctl ${owner} >>> by mlctl schedule install; taken out by mlctl schedule remove`,
    `# <<< mlctl ${owner} <<<`,
  ];
}
