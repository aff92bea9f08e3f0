/** Views of `mlctl schedule`. */
import { counted, shortTime, present } from "../../core/text/format.ts";
import type { View } from "../../core/view.ts";
import type { InstallResult } from "../../automation/schedule/install/installSchedule.ts";
import type { JobStatus } from "../../automation/schedule/jobStatus.ts";
import type { runJobNow } from "../../automation/schedule/runSchedule.ts";
import { localTime } from "../../automation/schedule/localTime.ts";
import { tableOf } from "./tableOf.ts";

export function nextView(jobs: readonly JobStatus[]): View {
  const rows = jobs.flatMap(({ name, cron, timezone, next }) =>
    next.map((time) => [name, clockTime(time, timezone), cron, timezone]),
  );
  const outcomes = jobs.flatMap(({ name, timezone, last }) =>
    last.map(({ status, startedAt, seconds, trigger, log, reason }) => {
      const more = present([log, reason]).join(": ");
      return [name, clockTime(startedAt, timezone), status.replace("_", " "), trigger, seconds, more];
    }),
  );
  return {
    tables: [
      { columns: ["job", "next", "cron", "time zone"], rows },
      {
        title: "last runs",
        columns: ["job", "started", "outcome", "trigger", "seconds", "log and reason"],
        rows: outcomes,
      },
    ],
    notes: overdueNotes(jobs),
  };
}

export function listView(jobs: readonly JobStatus[]): View {
  const isLocal = jobs.some(({ timezone }) => timezone !== "UTC");
  return {
    tables: [
      tableOf(jobs, [
        ["job", ({ name }) => name],
        ["command", ({ command }) => command],
        ["cron", ({ cron }) => cron],
        [isLocal ? "time zone" : { header: "time zone", leaveOut: 1 }, ({ timezone }) => timezone],
        [{ header: "scheduler", leaveOut: 2 }, ({ scheduler }) => scheduler ?? ""],
        ["status", ({ status }) => status],
        [
          { header: "last run", leaveOut: 3 },
          ({ last: [newest], timezone }) => (newest === undefined ? "" : listTime(newest.startedAt, timezone)),
        ],
        ["next", ({ next, timezone }) => listTime(next[0]!, timezone)],
      ]),
    ],
    notes: overdueNotes(jobs),
    next:
      jobs.every(({ scheduler }) => scheduler === null) &&
      "`mlctl schedule install` installs them in cron, `mlctl schedule run` runs them here",
  };
}

export function installView(result: InstallResult): View {
  const { scheduler, changed, dryRun, jobs, files, removed, lines, next, variablesNote } = result;
  const written = !changed ? "unchanged" : dryRun ? "would write" : "written";
  const rows = [
    ...files.map((path) => [written, path]),
    ...removed.map((path) => [dryRun ? "would remove" : "removed", path]),
  ];
  const namespaces =
    "each project and environment needs its own namespace (kubectl apply -n): the volume and the secret are called the same in all";
  const linger = "user units run only while you are logged in; `loginctl enable-linger` changes that";
  return {
    title: `${installTitle(result)}${changed ? "" : "; nothing changed"}`,
    tables: [
      lines.length > 0
        ? { columns: [{ header: "line", overflow: "whole" }], rows: lines.map((line) => [line]) }
        : { columns: ["status", { header: scheduler === "crontab" ? "line" : "file", overflow: "whole" }], rows },
    ],
    notes: [
      scheduler === "systemd" && jobs.length > 0 && linger,
      scheduler === "k8s" && jobs.length > 0 && namespaces,
      variablesNote ?? false,
    ],
    next: next !== null && !dryRun && (/^(systemctl|kubectl) /.test(next) ? `\`${next}\`` : next),
  };
}

const schedulers = {
  crontab: "your crontab",
  systemd: "files for systemd",
  github: "files for GitHub",
  k8s: "files for Kubernetes",
};

/** Only the crontab starts jobs from now on; `next` says what makes the schedulers read the files. */
function installTitle({ scheduler, dryRun, jobs, removed }: InstallResult): string {
  const place = schedulers[scheduler];
  const [install, installed] = scheduler === "crontab" ? ["install", "installed"] : ["write", "written"];
  const count = counted(jobs.length, "job");
  if (jobs.length > 0) return dryRun ? `would ${install} ${count} in ${place}` : `${count} ${installed} in ${place}`;
  if (removed.length === 0) return `no job of this workspace is ${installed} in ${place}`;
  return `${dryRun ? "would remove" : "removed"} the jobs of this workspace from ${place}`;
}

export function executionView({ job, status, execution }: Awaited<ReturnType<typeof runJobNow>>): View {
  if (execution === null) {
    const why = status === "done_before" ? "already ran for this time" : "is not due: nothing was done";
    return { title: `job ${job} ${why}` };
  }
  const exit = execution.exitCode ? `, exit ${execution.exitCode}` : "";
  const log = execution.log === null ? "" : `: ${execution.log}`;
  // A title only, so that stdout stays empty: cron mails any output.
  if (status === "done") return { title: `job ${job}: done after ${execution.seconds} s${log}` };
  return {
    title: `job ${job}: ${status.replace("_", " ")}${exit}`,
    fields: [
      ["command", `mlctl ${execution.command.join(" ")}`],
      ["seconds", execution.seconds],
      ["log", execution.log],
      execution.reason !== null && ["reason", execution.reason],
    ],
  };
}

function clockTime(iso: string, timezone: string): string {
  const local = new Date(localTime(Date.parse(iso), timezone)).toISOString();
  return local.slice(0, 19).replace("T", " ").replace(/:00$/, "");
}

function listTime(iso: string, timezone: string): string {
  return timezone === "UTC" ? shortTime(iso) : clockTime(iso, timezone);
}

function overdueNotes(jobs: readonly JobStatus[]): string[] {
  return jobs
    .filter(({ status }) => status === "overdue")
    .map(({ name, missed, overdueSince, scheduler }) => {
      const times = missed === 1 ? "its scheduled time" : `${missed} scheduled times`;
      return `${name} missed ${times} since ${shortTime(overdueSince!)}${scheduler === null ? "" : ` (scheduler: ${scheduler})`}`;
    });
}
