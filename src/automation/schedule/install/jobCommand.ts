/** Builds the command line with which another scheduler runs a job. */
import { dirname } from "node:path";
import { program } from "../executeJob.ts";
import type { ScheduledJob } from "../scheduledJobs.ts";

/** How late a run may start: cron starts within the minute, but a busy machine may be slower. */
export const DUE = "15m";

/** The scheduler to install the jobs in. */
export type Target = "crontab" | "systemd" | "github" | "k8s";

/** Lets a job find programs other than Node, such as alert commands and python. */
const SYSTEM_PATH = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";

/** Uses absolute paths, because schedulers set neither a working directory nor a useful PATH. */
export function jobCommand({ name }: ScheduledJob, flags: readonly string[], configPath: string): string[] {
  return [process.execPath, program, "schedule", "now", name, ...flags, "-q", "-c", configPath];
}

export function jobPath(): string {
  return `${dirname(process.execPath)}:${SYSTEM_PATH}`;
}

/**
 * Quotes a word for a POSIX shell, also one that cron starts: some crons read `\\` or `\%` as one character, others do
 * not, so a backslash is always followed by a quote, and % is escaped outside of the quotes.
 */
export function shellWord(text: string): string {
  if (/^[A-Za-z0-9_@+=:,./-]+$/.test(text)) return text;
  const escapes: Record<string, string> = { "'": String.raw`'\''`, "\\": String.raw`\''`, "%": String.raw`'\%'` };
  return `'${text.replace(/['\\%]/g, (character) => escapes[character]!)}'`;
}
