/** `mlctl schedule`: runs the jobs of config.json at their times, in mlctl itself or in another scheduler. */
import { dirname } from "node:path";
import { attempt, exitCodes, MlctlError } from "../core/errors.ts";
import type { JobPlace } from "../automation/schedule/executeJob.ts";
import type { Target } from "../automation/schedule/install/jobCommand.ts";
import type { InstallOptions } from "../automation/schedule/install/scheduleFiles.ts";
import type { ScheduledJob } from "../automation/schedule/scheduledJobs.ts";
import { defineCommand, sharedOptions, type Command, type Invocation } from "./command.ts";
import { inSession, openConfig } from "./openWorkspaceOf.ts";
import { executionView, installView, listView, nextView } from "./views/scheduleViews.ts";

const next = defineCommand({
  name: "next",
  summary: "show when each job runs next, and how its last runs ended",
  options: { count: ["--count <times>", "number of times per job", { type: "integer", default: 5 }] },
  examples: [
    ["mlctl schedule next", "the next five times of each job"],
    ["mlctl schedule next --count 1 --json", "only the next one"],
  ],
  async run(invocation) {
    const { count } = invocation.options;
    if (count < 1) throw new MlctlError("usage", `--count ${count}: must be at least 1`, { hint: "--count 5" });
    const jobs = await statuses(invocation, count);
    return { result: { jobs }, view: nextView(jobs) };
  },
}) satisfies Command;

const list = defineCommand({
  name: "list",
  summary: "list the jobs: their scheduler, status and next time, and which are overdue",
  details:
    "A job is overdue if it was installed in a scheduler (or in `schedule run`) and did not run within five minutes, plus its jitter, of its time. The status `findings`: the last run did its work, but --fail-on ended it with exit 11, 12 or 13. `mlctl doctor` reports these jobs too.",
  options: { check: ["--check", "exit 1 if a job is overdue, failed or has findings"] },
  listing: true,
  examples: [
    ["mlctl schedule list", "all jobs"],
    ["mlctl schedule list --check -q || notify-send 'mlctl needs you'", "alert when a job is overdue or failed"],
  ],
  async run(invocation) {
    const jobs = await statuses(invocation, 1);
    const bad = jobs.some(({ status }) => ["overdue", "failed", "findings"].includes(status));
    const exitCode = bad && invocation.options.check ? exitCodes.failure : 0;
    return { result: { jobs }, view: listView(jobs), exitCode };
  },
}) satisfies Command;

const run = defineCommand({
  name: "run",
  summary: "run each job at its times, until Ctrl-C",
  details:
    "Each job runs in its own process, never twice at once, with a record and a log under models/schedule. A failed job is reported and runs again at its next time. Times missed while this command was not running are caught up once or skipped, as `missed` of the job says. A run that was killed with this command counts as failed at the next start, and is repeated once if `missed` of the job is `run`. Jobs, times and alert channels are those of config.json at the start; each job reads config.json again. If it has become invalid, each job fails with the line and the error, and these channels are sent that. An invalid config.json at the start is only an error, exit 2. After SIGTERM or SIGHUP, no job starts and running jobs may finish.",
  options: {
    drain: [
      "--drain <time>",
      "time that running jobs have to finish after SIGTERM, before they are asked to stop (default: 60s)",
      { type: "duration" },
    ],
  },
  drains: true,
  examples: [
    ["mlctl schedule run", "in a terminal"],
    ["nohup mlctl schedule run 2>> schedule.log &", "in the background, with a log"],
  ],
  async run(invocation) {
    const { jobs, place } = await open(invocation, true);
    await requireUsage(jobs, invocation);
    const { runSchedule } = await import("../automation/schedule/runSchedule.ts");
    const result = await runSchedule({ ...place, jobs, drainMs: invocation.options.drain ?? 60_000 });
    return { result, view: { title: `stopped after ${result.executions} executions` } };
  },
}) satisfies Command;

const now = defineCommand({
  name: "now",
  summary: "run one job now, with its record and log; other schedulers call this",
  details:
    'Exits 0 if the job succeeded or had nothing to do, else with the job\'s exit code. With an error in config.json the job does not start: that is recorded and sent to the channels under "alerts", without the wrong keys. Nothing is sent if the file is not valid JSON or a channel lacks a key: then only the exit code, 2, and the output of the scheduler say so.',
  arguments: [["<job>", "name of the job in config.json"]],
  options: {
    due: [
      "--due <time>",
      "run only if a scheduled time passed within this period and no run has covered it",
      { type: "duration" },
    ],
    missed: ["--missed", "run only if scheduled times were missed"],
    show: ["--show", "also print the job's output to stderr (always on GitHub Actions)"],
  },
  drains: true,
  examples: [
    ["mlctl schedule now fullprocess --show", "by hand"],
    ["mlctl schedule now fullprocess --due 15m", "the line in the crontab"],
  ],
  async run(invocation) {
    const { due, missed, show } = invocation.options;
    const { job, place } = await openJob(invocation, due !== undefined || missed || invocation.stdin.isTTY !== true);
    const { runJobNow } = await import("../automation/schedule/runSchedule.ts");
    // There, a log in a file would be lost with the runner.
    const isShown = show || invocation.environment["GITHUB_ACTIONS"] === "true";
    const echo = isShown && { echo: (text: Buffer) => void invocation.stderr.write(text) };
    const options = { ...place, ...echo, dueMs: due, missed };
    const result = await runJobNow(job, options).catch((error: unknown) => Promise.reject(place.refusal ?? error));
    if (place.refusal !== undefined) throw place.refusal;
    const { status, execution } = result;
    // A job that was stopped before it could handle the signal has no exit code of its own.
    const ended = execution?.exitCode ?? (status === "timed_out" ? exitCodes.terminated : exitCodes.failure);
    const exitCode = status === "done" || execution === null ? 0 : status === "skipped" ? exitCodes.busy : ended;
    return { result, view: executionView(result), exitCode };
  },
}) satisfies Command;

const targetOptions = {
  systemd: ["--systemd", "systemd: a user service and a timer for each job"],
  github: ["--github", "GitHub Actions: a workflow for each job"],
  k8s: ["--k8s", "Kubernetes: CronJobs"],
  output: ["-o, --output <dir>", "folder of these files (default: the scheduler's own folder)"],
  dryRun: sharedOptions.dryRun,
} as const;

const install = defineCommand({
  name: "install",
  summary: "install the jobs in your crontab, systemd, GitHub Actions or Kubernetes",
  details:
    "In the crontab, the jobs are between two marker lines; no other line changes, and installing again changes nothing. Cron has one time zone: a job in another one is started at every hour that can match, and runs only when it is due. Systemd units in your own folder (-o) are expected to run only after their first run: until you link them, they are not reported as overdue. Environment variables of this shell are not passed on: jobs get the variables that config.json names as ${NAME} from mlctl.env next to it (lines NAME='value', which every command reads), the secrets of the repository (GitHub) or the secret mlctl-env (Kubernetes).",
  options: {
    ...targetOptions,
    force: ["-f, --force", "replace files that mlctl did not write"],
  },
  examples: [
    ["mlctl schedule install --dry-run", "the lines that would be added to your crontab"],
    ["mlctl schedule install --systemd", "user units in ~/.config/systemd/user"],
    ["mlctl schedule install --github", "workflows in .github/workflows of the repository"],
  ],
  async run(invocation) {
    const { jobs, place } = await open(invocation, true);
    await requireUsage(jobs, invocation);
    const { installSchedule } = await import("../automation/schedule/install/installSchedule.ts");
    const options = { ...installOptions(invocation, place), force: invocation.options.force };
    const result = await installSchedule(jobs, options);
    return { result, view: installView(result) };
  },
}) satisfies Command;

const remove = defineCommand({
  name: "remove",
  summary: "remove the jobs of this workspace from the crontab or another scheduler",
  options: targetOptions,
  examples: [
    ["mlctl schedule remove", "from your crontab; no other line changes"],
    ["mlctl schedule remove --systemd", "the units of this workspace"],
  ],
  async run(invocation) {
    const place = await openPlace(invocation);
    const { installSchedule } = await import("../automation/schedule/install/installSchedule.ts");
    const result = await installSchedule([], { ...installOptions(invocation, place), force: false });
    return { result, view: installView(result) };
  },
}) satisfies Command;

export const schedule = defineCommand({
  name: "schedule",
  summary: "run the jobs of config.json at their times, here or in cron",
  subcommands: [next, list, run, now, install, remove],
  examples: [
    ["mlctl schedule next", "when each job runs"],
    ["mlctl schedule install", "install the jobs in cron"],
    ["mlctl schedule run", "or run them here"],
  ],
}) satisfies Command;

/** Checks the command line of every job now, rather than at the time when it runs. */
async function requireUsage(jobs: readonly ScheduledJob[], { usageError }: Pick<Invocation, "usageError">) {
  for (const { name, words } of jobs) {
    const cause = await usageError(words);
    if (cause === undefined) continue;
    throw new MlctlError("usage", `schedule "${name}": ${cause.message}`, { hint: cause.hint, cause });
  }
}

/** @param runs the command runs or installs the jobs: their arguments must be trusted */
async function open(invocation: Invocation, runs = false) {
  const place = await openPlace(invocation);
  const { scheduledJobs } = await import("../automation/schedule/scheduledJobs.ts");
  const jobs = scheduledJobs(place.workspace.config, invocation.context.now());
  if (runs) for (const i of jobs.keys()) place.workspace.trust.require(`schedule.${i}`);
  return { place, jobs };
}

/**
 * A job that may not start has a `refusal`, so that it is recorded and reported as any other that failed.
 * @param isUnattended else a person who reads the error started it, maybe by a wrong name
 */
async function openJob(invocation: Invocation, isUnattended: boolean) {
  const [name = ""] = invocation.args;
  const { jobNamed, lostJob, scheduledJobs } = await import("../automation/schedule/scheduledJobs.ts");
  const { ConfigError } = await import("../config/loadConfig.ts");
  let refusal: MlctlError | undefined;
  const placeWithout = (keys: readonly string[]): Promise<JobPlace> =>
    openPlace(invocation, keys).catch((error: unknown) => {
      const wrong = isUnattended && error instanceof ConfigError ? error.nextWithout(keys) : undefined;
      if (wrong === undefined) throw refusal ?? error;
      refusal ??= error as MlctlError;
      return placeWithout([...keys, ...wrong]);
    });
  const place = await placeWithout([]);
  const { config, trust, context } = place.workspace;
  const lost = (error: MlctlError): ScheduledJob[] => {
    if (!isUnattended) throw error;
    refusal ??= error;
    return [lostJob(name, refusal)];
  };
  const jobs = attempt(() => scheduledJobs(config, context.now()), lost);
  const job = jobNamed(jobs, name);
  return { job, place: { ...place, refusal: refusal ?? trust.refusal(`schedule.${jobs.indexOf(job)}`) } };
}

async function openPlace(invocation: Invocation, without?: readonly string[]): Promise<JobPlace> {
  const loaded = await openConfig(invocation, { without });
  const { openWorkspace } = await import("../lifecycle/workspace.ts");
  const { realConfigPath } = await import("../automation/schedule/install/scheduleFiles.ts");
  // The real path: a workspace reached through a link must not be installed twice.
  const path = realConfigPath(loaded.path);
  const { references, bases } = loaded;
  const workspace = openWorkspace({ ...loaded, path, directory: dirname(path) }, invocation.context);
  return { workspace, configPath: path, directory: dirname(path), references, bases };
}

async function statuses(invocation: Invocation, count: number) {
  const { jobs, place } = await open(invocation);
  const { jobStatuses } = await import("../automation/schedule/jobStatus.ts");
  return inSession(place.workspace, "read", (session) =>
    jobStatuses(jobs, session, { now: invocation.context.now(), count }),
  );
}

function installOptions(
  { options }: Pick<Invocation<typeof targetOptions>, "options">,
  place: JobPlace,
): Omit<InstallOptions, "force"> {
  const { output, dryRun } = options;
  const targets = (["systemd", "github", "k8s"] as const).filter((target) => options[target]);
  if (targets.length > 1)
    throw new MlctlError("usage", `use only one of ${targets.map((name) => `--${name}`).join(" and ")}`);
  const target: Target = targets[0] ?? "crontab";
  if (target === "crontab" && output !== undefined) {
    throw new MlctlError("usage", "--output needs --systemd, --github or --k8s: a crontab has no output folder", {
      hint: "`mlctl schedule install --dry-run` prints its lines",
    });
  }
  return { ...place, target, output, dryRun };
}
