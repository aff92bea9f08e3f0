/** How jobs, their runs and what was handed to a scheduler read. */
import type { Execution } from "../core/execution.ts";
import { shortTime } from "../core/shortTime.ts";
import type { View } from "../core/view.ts";
import type { InstallResult } from "../automation/installSchedule.ts";
import type { JobStatus } from "../automation/jobStatus.ts";
import type { RunJobResult } from "../automation/runJobNow.ts";

export function nextView(jobs: readonly JobStatus[]): View {
  const rows = jobs.flatMap(({ name, cron, timezone, next }) => next.map((time) => [name, time, cron, timezone]));
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
        columns: ["job", "command", "cron", "time zone", "by", "status", "last run", "next"],
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
  const what = `${jobs.length} ${jobs.length === 1 ? "job" : "jobs"}`;
  const where = scheduler === "crontab" ? "your crontab" : scheduler === "k8s" ? "Kubernetes" : scheduler;
  const verb =
    jobs.length === 0 ? "no job of this workspace is left in" : `${what} ${dryRun ? "would stand" : "stand"} in`;
  const paths = [...files.map((path) => ["written", path]), ...removed.map((path) => ["removed", path])];
  return {
    title: `${verb} ${where}${changed ? "" : "; nothing had to be changed"}`,
    tables: [
      lines.length > 0
        ? { columns: ["line"], rows: lines.map((line) => [line]) }
        : { columns: ["what", "file"], rows: paths },
    ],
    ...(next === null || dryRun ? {} : { next }),
  };
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

function overdueNotes(jobs: readonly JobStatus[]): string[] {
  return jobs
    .filter(({ status }) => status === "overdue")
    .map(({ name, missed, overdueSince, scheduler }) => {
      const times = missed === 1 ? "its time" : `${missed} of its times`;
      return `${name} did not run at ${times} since ${overdueSince}${scheduler === null ? "" : ` (by ${scheduler})`}`;
    });
}
