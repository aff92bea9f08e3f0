/** `mlctl schedule`: the jobs of config.json at their times, by mlctl itself or by another scheduler. */
import { dirname } from "node:path";
import { exitCodes, MlctlError } from "../core/errors.ts";
import type { JobPlace } from "../automation/schedule/executeJob.ts";
import type { InstallOptions, Target } from "../automation/schedule/install/scheduleFiles.ts";
import type { ScheduledJob } from "../automation/schedule/scheduledJobs.ts";
import { defineCommand, type Command, type Invocation } from "./command.ts";
import { sharedOptions } from "./globalOptions.ts";
import { openConfig } from "./openConfig.ts";
import { executionView, installView, listView, nextView } from "./scheduleViews.ts";

const next = defineCommand({
  name: "next",
  group: "Watch",
  summary: "show when each job runs next, and how its last runs ended",
  options: { count: { flags: "--count <times>", type: "integer", description: "times a job", default: 5 } },
  examples: [
    ["mlctl schedule next", "the next five times of each job"],
    ["mlctl schedule next --count 1 --json", "only the next one"],
  ],
  async run(invocation) {
    const { count } = invocation.options;
    if (count < 1) throw new MlctlError("usage", `--count ${count}: at least one time is shown`, { hint: "--count 5" });
    const jobs = await statuses(invocation, count);
    return { result: { jobs }, view: nextView(jobs) };
  },
}) satisfies Command;

const list = defineCommand({
  name: "list",
  group: "Watch",
  summary: "list the jobs: who runs them, how they are, what is overdue",
  details:
    "A job that was handed to a scheduler (or to `schedule run`) and did not run at its time, with five minutes of patience and its jitter, is overdue; `mlctl doctor` says so too.",
  options: {
    check: { flags: "--check", type: "boolean", description: "exit 1 if a job is overdue or its last run failed" },
  },
  listing: true,
  examples: [
    ["mlctl schedule list", "all jobs"],
    ["mlctl schedule list --check -q || notify-send 'mlctl needs you'", "a dead-man check"],
  ],
  async run(invocation) {
    const jobs = await statuses(invocation, 1);
    const bad = jobs.some(({ status }) => status === "overdue" || status === "failed");
    return {
      result: { jobs },
      view: listView(jobs),
      exitCode: bad && invocation.options.check ? exitCodes.failure : 0,
    };
  },
}) satisfies Command;

const run = defineCommand({
  name: "run",
  group: "Watch",
  summary: "stay and run each job at its times, until Ctrl-C",
  details:
    "Each job runs in a process of its own, never twice at once, with a record and a log under models/schedule. A failed one is told and tried again at its next time; times that passed while this was not running are caught up once or skipped, as the job says. config.json is read once. After SIGTERM no job starts, and running ones may end.",
  options: {
    drain: {
      flags: "--drain <time>",
      type: "duration",
      description: "how long running jobs may go on after SIGTERM before they are asked to stop (default: 60s)",
    },
  },
  drains: true,
  examples: [
    ["mlctl schedule run", "in a terminal"],
    ["nohup mlctl schedule run 2>> schedule.log &", "in the background, with a log"],
  ],
  async run(invocation) {
    const { jobs, place } = await open(invocation);
    await requireUsage(jobs, invocation);
    const { runSchedule } = await import("../automation/schedule/runSchedule.ts");
    const result = await runSchedule({ ...place, jobs, drainMs: invocation.options.drain ?? DRAIN_MILLISECONDS });
    return { result, view: { title: `stopped after ${result.executions} executions` } };
  },
}) satisfies Command;

const now = defineCommand({
  name: "now",
  group: "Watch",
  summary: "run one job now, with its record and log; what other schedulers call",
  details: "Ends with 0 when the job was done or had nothing to do, else with the job's own exit code.",
  arguments: [{ name: "<job>", description: "its name in config.json" }],
  options: {
    due: {
      flags: "--due <time>",
      type: "duration",
      description: "only if one of its times passed less than so long ago and nothing ran for it yet",
    },
    missed: { flags: "--missed", type: "boolean", description: "only if its times passed while nothing was running" },
    show: {
      flags: "--show",
      type: "boolean",
      description: "print to stderr what the job says, besides its log (always on GitHub Actions)",
    },
  },
  drains: true,
  examples: [
    ["mlctl schedule now fullprocess --show", "by hand"],
    ["mlctl schedule now fullprocess --due 15m", "what the crontab says"],
  ],
  async run(invocation) {
    const { jobs, place } = await open(invocation);
    const [{ runJobNow }, { jobNamed }] = await Promise.all([
      import("../automation/schedule/runJobNow.ts"),
      import("../automation/schedule/scheduledJobs.ts"),
    ]);
    const { due, missed, show } = invocation.options;
    // The runner reads annotations from what is printed.
    const isShown = show || invocation.environment["GITHUB_ACTIONS"] === "true";
    const echo = isShown ? { echo: (text: Buffer) => void invocation.stderr.write(text) } : {};
    const options = { ...place, ...echo, dueMs: due, missed };
    const result = await runJobNow(jobNamed(jobs, invocation.args[0]!), options);
    const { status, execution } = result;
    const isFine = status === "done" || execution === null;
    const exitCode = isFine ? 0 : status === "skipped" ? exitCodes.busy : (execution.exitCode ?? exitCodes.failure);
    return { result, view: executionView(result), exitCode };
  },
}) satisfies Command;

const DRAIN_MILLISECONDS = 60_000;

const targetOptions = {
  systemd: { flags: "--systemd", type: "boolean", description: "a service and a timer for each job, of your user" },
  github: { flags: "--github", type: "boolean", description: "a workflow of GitHub Actions for each job" },
  k8s: { flags: "--k8s", type: "boolean", description: "CronJobs of Kubernetes" },
  output: { flags: "-o, --output <dir>", description: "where their files go (default: where the scheduler looks)" },
  dryRun: sharedOptions.dryRun,
} as const;

const install = defineCommand({
  name: "install",
  group: "Watch",
  summary: "hand the jobs to your crontab, to systemd, to GitHub Actions or to Kubernetes",
  details:
    "In the crontab they stand between two marks; every other line stays, and the same again changes nothing. Cron knows one time zone: a job of another one is started at every hour that could be meant, and only runs when it is due. Units of systemd in a folder of your own (-o) are waited for from their first run on: until you link them, nothing says that they are overdue. Variables of this shell are not handed on.",
  options: {
    ...targetOptions,
    force: { ...sharedOptions.force, description: "replace files that mlctl did not write" },
  },
  examples: [
    ["mlctl schedule install", "in your crontab"],
    ["mlctl schedule install --dry-run", "what would stand there"],
    ["mlctl schedule install --systemd", "user units in ~/.config/systemd/user"],
    ["mlctl schedule install --github", "workflows in .github/workflows of the repository"],
  ],
  async run(invocation) {
    const { jobs, place } = await open(invocation);
    await requireUsage(jobs, invocation);
    const { installSchedule } = await import("../automation/schedule/install/installSchedule.ts");
    const result = await installSchedule(jobs, {
      ...installOptions(invocation, place),
      force: invocation.options.force,
    });
    return { result, view: installView(result) };
  },
}) satisfies Command;

const remove = defineCommand({
  name: "remove",
  group: "Watch",
  summary: "take the jobs of this workspace out of the crontab, or away from another scheduler",
  options: targetOptions,
  examples: [
    ["mlctl schedule remove", "out of your crontab; no other line changes"],
    ["mlctl schedule remove --systemd", "the units of this workspace"],
  ],
  async run(invocation) {
    const { place } = await openPlace(invocation);
    const { installSchedule } = await import("../automation/schedule/install/installSchedule.ts");
    const result = await installSchedule([], { ...installOptions(invocation, place), force: false });
    return { result, view: installView(result) };
  },
}) satisfies Command;

export const schedule = defineCommand({
  name: "schedule",
  group: "Watch",
  summary: "run commands at the times that config.json names, here or by cron",
  subcommands: [next, list, run, now, install, remove],
  examples: [
    ["mlctl schedule next", "when what runs"],
    ["mlctl schedule install", "hand it to cron"],
    ["mlctl schedule run", "or run it here"],
  ],
}) satisfies Command;

/** A flag that the command does not have would be found out at the job's time. */
async function requireUsage(jobs: readonly ScheduledJob[], { usageError }: Pick<Invocation, "usageError">) {
  for (const { name, words } of jobs) {
    const cause = await usageError(words);
    if (cause === undefined) continue;
    const hint = cause.hint === undefined ? {} : { hint: cause.hint };
    throw new MlctlError("usage", `schedule "${name}": ${cause.message}`, { ...hint, cause });
  }
}

interface Opened {
  readonly jobs: readonly ScheduledJob[];
  readonly place: JobPlace;
}

async function open(invocation: Invocation): Promise<Opened> {
  const { place } = await openPlace(invocation);
  const { scheduledJobs } = await import("../automation/schedule/scheduledJobs.ts");
  return { place, jobs: scheduledJobs(place.workspace.config, invocation.context.now()) };
}

async function openPlace(invocation: Invocation): Promise<{ place: JobPlace }> {
  const [loaded, { openWorkspace }, { realConfigPath }] = await Promise.all([
    openConfig(invocation),
    import("../lifecycle/workspace.ts"),
    import("../automation/schedule/install/scheduleFiles.ts"),
  ]);
  // Through a link it is the same workspace, of which a scheduler must not be told twice.
  const path = realConfigPath(loaded.path);
  const directory = dirname(path);
  const workspace = openWorkspace({ ...loaded, path, directory }, invocation.context);
  return { place: { workspace, configPath: path, directory } };
}

async function statuses(invocation: Invocation, count: number) {
  const { jobs, place } = await open(invocation);
  const [{ reading }, { jobStatuses }] = await Promise.all([
    import("../lifecycle/session.ts"),
    import("../automation/schedule/jobStatus.ts"),
  ]);
  const { paths, context } = place.workspace;
  return reading(place.workspace, ({ store }) => jobStatuses(jobs, { paths, store, now: context.now(), count }));
}

type TargetInvocation = Pick<Invocation<typeof targetOptions>, "options">;

function installOptions({ options }: TargetInvocation, place: JobPlace): Omit<InstallOptions, "force"> {
  const { output, dryRun } = options;
  const asked = (["systemd", "github", "k8s"] as const).filter((target) => options[target]);
  if (asked.length > 1) throw new MlctlError("usage", `give one of ${asked.map((name) => `--${name}`).join(" and ")}`);
  const target: Target = asked[0] ?? "crontab";
  if (target === "crontab" && output !== undefined) {
    throw new MlctlError("usage", "--output is for --systemd, --github and --k8s: a crontab is no file of yours", {
      hint: "`mlctl schedule install --dry-run` prints its lines",
    });
  }
  return { ...place, target, output, dryRun };
}
