/** How jobs, their runs and what was handed to a scheduler read. */
import type { Execution } from "../core/records/execution.ts";
import { shortTime } from "../core/text/format.ts";
import type { View } from "../core/view.ts";
import type { InstallResult } from "../automation/schedule/install/installSchedule.ts";
import { localTime } from "../automation/schedule/localTime.ts";
import type { JobStatus } from "../automation/schedule/jobStatus.ts";
import type { RunJobResult } from "../automation/schedule/runJobNow.ts";

export function nextView(jobs: readonly JobStatus[]): View {
  const rows = jobs.flatMap(({ name, cron, timezone, next }) =>
    next.map((time) => [name, clockTime(time, timezone), cron, timezone]),
  );
  const outcomes = jobs.flatMap(({ name, last }) =>
    last.map(({ status, startedAt, seconds, trigger, log, reason }) => {
      return [name, shortTime(startedAt), status.replace("_", " "), trigger, seconds, reason ?? log ?? ""];
    }),
  );
  return {
    tables: [
      { columns: ["job", "next", "cron", "time zone"], rows },
      { title: "last runs", columns: ["job", "started", "outcome", "why", "seconds", "log"], rows: outcomes },
    ],
    notes: overdueNotes(jobs),
  };
}

export function listView(jobs: readonly JobStatus[]): View {
  return {
    tables: [
      {
        columns: [
          "job",
          "command",
          "cron",
          { header: "time zone", leaveOut: 1 },
          { header: "by", leaveOut: 2 },
          "status",
          { header: "last run", leaveOut: 3 },
          "next",
        ],
        rows: jobs.map(({ name, command, cron, timezone, scheduler, status, last, next }) => {
          const [newest] = last;
          const before = newest === undefined ? "" : shortTime(newest.startedAt);
          return [name, command, cron, timezone, scheduler ?? "", status, before, shortTime(next[0]!)];
        }),
      },
    ],
    notes: overdueNotes(jobs),
    ...(jobs.every(({ scheduler }) => scheduler === null)
      ? { next: "`mlctl schedule install` hands them to cron, `mlctl schedule run` runs them itself" }
      : {}),
  };
}

export function installView(result: InstallResult): View {
  const { scheduler, changed, dryRun, jobs, files, removed, lines, next } = result;
  const written = !changed ? "stands" : dryRun ? "would write" : "written";
  const rows = [
    ...files.map((path) => [written, path]),
    ...removed.map((path) => [dryRun ? "would remove" : "removed", path]),
  ];
  const note = "without `loginctl enable-linger` user units only run while you are logged in";
  return {
    title: `${installTitle(result)}${changed ? "" : "; nothing had to be changed"}`,
    tables: [
      lines.length > 0
        ? { columns: [{ header: "line", overflow: "whole" }], rows: lines.map((line) => [line]) }
        : { columns: ["what", { header: scheduler === "crontab" ? "line" : "file", overflow: "whole" }], rows },
    ],
    ...(scheduler === "systemd" && jobs.length > 0 ? { notes: [note] } : {}),
    ...(next === null || dryRun ? {} : { next: asCommand(next) }),
  };
}

/** What a machine may run as it is, people see as every command. */
function asCommand(next: string): string {
  return /^(systemctl|kubectl) /.test(next) ? `\`${next}\`` : next;
}

function installTitle({ scheduler, dryRun, jobs, removed, next }: InstallResult): string {
  if (next?.includes("systemctl --user link ") === true)
    return `the units of ${jobs.length} ${jobs.length === 1 ? "job" : "jobs"} ${dryRun ? "would be written" : "are written"}; systemd does not know them before they are linked`;
  const where = scheduler === "crontab" ? "your crontab" : scheduler === "k8s" ? "Kubernetes" : scheduler;
  if (jobs.length === 1) return `1 job ${dryRun ? "would stand" : "stands"} in ${where}`;
  if (jobs.length > 1) return `${jobs.length} jobs ${dryRun ? "would stand" : "stand"} in ${where}`;
  if (removed.length === 0) return `no job of this workspace is in ${where}`;
  return dryRun
    ? `the jobs of this workspace would be taken out of ${where}`
    : `no job of this workspace is left in ${where}`;
}

export function executionView({ job, status, execution }: RunJobResult): View {
  if (execution === null) {
    const why = status === "done_before" ? "ran for this time already" : "is not due now: nothing was done";
    return { title: `job ${job} ${why}` };
  }
  const log = execution.log === null ? "" : `: ${execution.log}`;
  // One line, and nothing on stdout: cron would mail it.
  if (status === "done") return { title: `job ${job}: done after ${execution.seconds} s${log}` };
  return {
    title: `job ${job}: ${status.replace("_", " ")}${exitText(execution)}`,
    fields: [
      ["command", `mlctl ${execution.command.join(" ")}`],
      ["seconds", execution.seconds],
      ["log", execution.log],
      ...(execution.reason === null ? [] : [["because", execution.reason] as const]),
    ],
  };
}

function exitText({ exitCode }: Execution): string {
  return exitCode === null || exitCode === 0 ? "" : `, exit ${exitCode}`;
}

/** "2026-11-27 02:30", as a clock beside the job shows it. */
function clockTime(iso: string, timezone: string): string {
  const { year, month, day, hour, minute, second } = localTime(Date.parse(iso), timezone);
  return `${year}-${two(month)}-${two(day)} ${two(hour)}:${two(minute)}${second === 0 ? "" : `:${two(second)}`}`;
}

function two(value: number): string {
  return String(value).padStart(2, "0");
}

function overdueNotes(jobs: readonly JobStatus[]): string[] {
  return jobs
    .filter(({ status }) => status === "overdue")
    .map(({ name, missed, overdueSince, scheduler }) => {
      const times = missed === 1 ? "its time" : `${missed} of its times`;
      return `${name} did not run at ${times} since ${shortTime(overdueSince!)}${scheduler === null ? "" : ` (by ${scheduler})`}`;
    });
}
