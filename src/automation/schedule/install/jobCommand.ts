/** The command line by which another scheduler runs a job. */
import { dirname } from "node:path";
import { program } from "../executeJob.ts";
import type { ScheduledJob } from "../scheduledJobs.ts";

export interface JobCommandOptions {
  /** Absolute. */
  readonly configPath: string;
}

/** So late may a time be taken up: cron starts within its minute, but a busy machine may not. */
export const DUE = "15m";

/** What a program finds besides Node: alert commands, python. */
export const SYSTEM_PATH = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";

/** Absolute paths: schedulers know neither a working folder nor a PATH. */
export function jobCommand(
  { name }: Pick<ScheduledJob, "name">,
  flags: readonly string[],
  { configPath }: JobCommandOptions,
): string[] {
  return [process.execPath, program, "schedule", "now", name, ...flags, "-q", "-c", configPath];
}

export function jobPath(): string {
  return `${dirname(process.execPath)}:${SYSTEM_PATH}`;
}

/** One word of a POSIX shell. */
export function shellWord(text: string): string {
  return /^[A-Za-z0-9_@+=:,./-]+$/.test(text) ? text : `'${text.replaceAll("'", String.raw`'\''`)}'`;
}
