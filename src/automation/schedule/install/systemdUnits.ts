/** Generates a systemd service and timer for each job. */
import { cronFields, type CronFields } from "../cron.ts";
import type { JobPlace } from "../executeJob.ts";
import { unitText, jobCommand, jobPath } from "./jobCommand.ts";
import type { ScheduledJob } from "../scheduledJobs.ts";
import { MlctlError } from "../../../core/errors.ts";

const weekdayNames = ["Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"];

const STOP_SECONDS = 30;

export function systemdUnits(jobs: readonly ScheduledJob[], place: JobPlace, prefix: string): Record<string, string> {
  const files = jobs.flatMap((job) => [
    [`${prefix}-${job.name}.service`, service(job, place)],
    [`${prefix}-${job.name}.timer`, timer(job)],
  ]);
  return Object.fromEntries(files);
}

/** For example "Mon,Tue *-01,02-* 04:00:00 Europe/Oslo". @throws {MlctlError} kind "usage" if systemd cannot express it */
export function calendarOf(job: ScheduledJob): string {
  const fields = cronFields(job);
  const days = fields.dayOfMonth.map((day) => (typeof day === "number" ? String(day) : dayToken(job, day)));
  const week = weekday(job, fields);
  const month = list(fields.month, 12);
  const lastDays = days.filter((day) => day.startsWith("~"));
  if (lastDays.length > 0 && days.length > 1) throw unsupported(job, "L together with other days");
  const day = lastDays[0] ?? `-${days.length === 31 ? "*" : days.map(twoDigits).join(",")}`;
  const clock = [list(fields.hour, 24), list(fields.minute, 60), list(fields.second, 60)].join(":");
  return `${week}*-${month}${day} ${clock} ${job.timezone}`;
}

function service(job: ScheduledJob, place: JobPlace): string {
  const { configPath, directory } = place;
  const [node, ...words] = jobCommand(job, ["--due", dueOf(job)], configPath).map(unitWord);
  return `${[
    "[Unit]",
    `Description=mlctl ${job.words[0]} in ${unitText(directory)}: job ${job.name}`,
    "",
    "[Service]",
    "Type=oneshot",
    // A slash at the end, because systemd reads a backslash there as a continuation and removes blanks.
    `WorkingDirectory=${unitText(directory)}/`,
    `Environment=${unitWord(`PATH=${jobPath()}`)}`,
    `ExecStart=${node} ${words.map((word) => word.replaceAll("$", "$$$$")).join(" ")}`,
    `TimeoutStopSec=${STOP_SECONDS}`,
    // A job that is stopped, as at shutdown, exits with 128 and the number of SIGTERM.
    "SuccessExitStatus=143",
  ].join("\n")}\n`;
}

/** The timer has no random delay: `mlctl schedule now` applies the job's jitter. */
function timer(job: ScheduledJob): string {
  return `${[
    "[Unit]",
    `Description=${job.name}: ${job.cron} (${job.timezone})`,
    "",
    "[Timer]",
    `OnCalendar=${calendarOf(job)}`,
    `Persistent=${job.missed === "run"}`,
    "AccuracySec=1s",
    "",
    "[Install]",
    "WantedBy=timers.target",
  ].join("\n")}\n`;
}

/** With Persistent=true, systemd starts a missed run late, after any time that the machine was off. */
function dueOf({ missed }: ScheduledJob): string {
  return missed === "run" ? "31d" : "15m";
}

function weekday(job: ScheduledJob, { dayOfWeek }: CronFields): string {
  const days = [...new Set(dayOfWeek.map((day) => (day === 7 ? 0 : day)))];
  if (days.some((day) => typeof day !== "number")) throw unsupported(job, "L and # in the weekday");
  const numbers = (days as number[]).toSorted((a, b) => a - b);
  return numbers.length === 7 ? "" : `${numbers.map((day) => weekdayNames[day]).join(",")} `;
}

/** "~01" is the last day of the month. */
function dayToken(job: ScheduledJob, token: string): string {
  const [, offset = "0"] = /^L(?:-(\d+))?$/i.exec(token) ?? [];
  if (!/^L/i.test(token) || /W/i.test(token)) throw unsupported(job, `${token} in the day of the month`);
  return `~${twoDigits(String(Number(offset) + 1))}`;
}

function list(values: readonly number[], count: number): string {
  const numbers = [...new Set(values)].toSorted((a, b) => a - b);
  return numbers.length === count ? "*" : numbers.map((value) => twoDigits(String(value))).join(",");
}

function twoDigits(text: string): string {
  return text.padStart(2, "0");
}

function unsupported({ name, cron }: ScheduledJob, what: string): MlctlError {
  return new MlctlError("usage", `schedule "${name}": systemd cannot express ${what} (${cron})`, {
    hint: "use `mlctl schedule run`, or list the days",
  });
}

/** Quotes a word. Arguments of ExecStart also need `$$` for `$`, but neither its program nor Environment. */
function unitWord(text: string): string {
  return `"${unitText(text).replace(/["\\]/g, String.raw`\$&`)}"`;
}
