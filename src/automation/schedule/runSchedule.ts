/** The daemon of `mlctl schedule run`: runs the jobs of config.json at their times, each in a child process. */
import { hash } from "node:crypto";
import { once } from "node:events";
import { setTimeout as sleep } from "node:timers/promises";
import { messageOf, MlctlError } from "../../core/errors.ts";
import type { Execution } from "../../core/records/execution.ts";
import { counted } from "../../core/text/format.ts";
import { reportTroubles, type Troubles } from "../../core/troubles.ts";
import { keepSending } from "../../lifecycle/monitor/alertDelivery.ts";
import { onSchedule, latestTime, type MissedTimes } from "./cron.ts";
import { executeJob, isPassing, skipJob, type JobPlace, type JobRequest } from "./executeJob.ts";
import { recentExecutions, recordKilled, saveExecution, describeExecution, isOfEarlier } from "./executionLog.ts";
import { describeMissed, missedTimes, expectJobs, expectations } from "./jobStatus.ts";
import type { ScheduledJob } from "./scheduledJobs.ts";

interface RunScheduleOptions extends JobPlace {
  readonly jobs: readonly ScheduledJob[];
  readonly drainMs: number;
}

interface Daemon extends RunScheduleOptions {
  readonly troubles: Troubles;
  readonly ended: Execution[];
  readonly retries: Map<string, NodeJS.Timeout>;
  readonly start: (job: ScheduledJob, dueAt: Date, trigger: JobRequest["trigger"]) => Promise<void>;
}

/** Key of the trouble that all jobs share: a full disk, or a database that is away. */
const DISK = "disk";

const RETRY_MILLISECONDS = 10_000;

const [FIRST_LOOK_MILLISECONDS, LONGEST_LOOK_MILLISECONDS] = [500, 60_000];

/** Runs until the signal aborts; running jobs then get `drainMs` to finish (on Ctrl-C they are stopped at once). */
export async function runSchedule(given: RunScheduleOptions): Promise<{ readonly executions: number }> {
  const { jobs, workspace } = given;
  const { context } = workspace;
  const before = await expectations(workspace);
  await expectJobs(workspace, jobs, { by: "daemon", now: context.now() });
  const stopJobs = new AbortController();
  const running = new Set<Promise<void>>();
  let executions = 0;
  const start: Daemon["start"] = (job, dueAt, trigger) => {
    executions++;
    const work = execute(job, { dueAt, trigger, stop: stopJobs.signal }, daemon).finally(() => running.delete(work));
    running.add(work);
    return work;
  };
  const troubles = reportTroubles(context, "schedule");
  const daemon: Daemon = { ...given, start, troubles, ended: [], retries: new Map() };
  const stops = jobs.map((job) =>
    onSchedule(job, {
      due: (time) => start(job, time, "schedule"),
      overlap: (time) => void skip(job, time, "the previous run is still running", daemon),
      missed: (missed) => void catchUp(job, missed, daemon),
    }),
  );
  // After onSchedule, so that no time falls in between; a time that both see runs only once.
  for (const job of jobs) {
    const killed = await recordKilled(workspace, job.name);
    const missed = missedTimes(job, before[job.name], await recentExecutions(workspace, job.name), context.now());
    if (missed !== undefined) void catchUp(job, missed, daemon);
    else if (killed !== undefined && job.missed === "run") void repeat(job, killed, daemon);
    else void awaitEarlier(job, daemon).catch((error: unknown) => noteFailure(daemon, job, error));
  }
  const stopSending = keepSending(workspace);
  const message = `${counted(jobs.length, "job")}; press Ctrl-C to stop`;
  context.emit({ type: "stage", stage: "schedule", message });
  if (!context.signal.aborted) await once(context.signal, "abort");
  for (const stop of stops) stop();
  for (const timer of daemon.retries.values()) clearTimeout(timer);
  await drain(running, stopJobs, daemon);
  await stopSending();
  await warnOfUnrecorded(daemon);
  return { executions };
}

/** Delay in milliseconds, less than `jitterMs`; always the same for the same job, time and folder. */
export function jitterOf(job: Pick<ScheduledJob, "name" | "jitterMs">, time: Date, folder: string): number {
  const { name, jitterMs } = job;
  if (jitterMs === 0) return 0;
  const digest = hash("sha256", `${folder}\n${name}\n${time.toISOString()}`, "buffer");
  return Math.floor((digest.readUInt32BE(0) / 2 ** 32) * jitterMs);
}

type Start = JobRequest & { readonly dueAt: Date };

async function execute(job: ScheduledJob, request: Start, daemon: Daemon): Promise<void> {
  const { context, paths } = daemon.workspace;
  const stage = `schedule ${job.name}`;
  try {
    const delay = request.trigger === "missed" ? 0 : jitterOf(job, request.dueAt, paths.workspace);
    if (delay > 0) await sleep(delay, undefined, { signal: context.signal }).catch(() => {});
    if (context.signal.aborted) return;
    clearTimeout(daemon.retries.get(job.name));
    await recordEnds(daemon);
    if (!daemon.troubles.has(DISK)) {
      context.emit({ type: "stage", stage, message: `started ${context.now().toISOString()}` });
    }
    const execution = await executeJob(job, request, {
      ...daemon,
      unrecorded(ended, error) {
        daemon.ended.push(ended);
        daemon.troubles.begin(DISK, `the end of job ${job.name} is not recorded yet`, messageOf(error));
      },
    });
    daemon.troubles.end(job.name, (times) => `job ${job.name} runs again: it failed to start ${times} times`);
    if (daemon.ended.length === 0) {
      daemon.troubles.end(DISK, (times) => `jobs run and are recorded again: ${times} runs were not`);
    }
    const { isFine, message } = describeExecution(execution);
    if (isFine) context.emit({ type: "stage", stage, message });
    else context.emit({ type: "warning", stage, message: `${job.name} ${message}`, again: true });
  } catch (error) {
    noteFailure(daemon, job, error);
    if (!isPassing(error, daemon) || job.missed === "skip" || context.signal.aborted) return;
    const retry = (): void => void daemon.start(job, request.dueAt, "missed");
    daemon.retries.set(job.name, setTimeout(retry, RETRY_MILLISECONDS).unref());
  }
}

/** Any error becomes a warning: the daemon keeps running, and the next run may succeed. */
function noteFailure(daemon: Daemon, { name }: ScheduledJob, error: unknown): void {
  const { troubles } = daemon;
  if (isPassing(error, daemon)) troubles.begin(DISK, "jobs do not run", messageOf(error));
  else troubles.begin(name, `job ${name} did not run`, error);
}

async function recordEnds({ ended, workspace }: Daemon): Promise<void> {
  for (let next = ended.shift(); next !== undefined; next = ended.shift()) {
    try {
      await saveExecution(workspace, next);
    } catch (error) {
      ended.unshift(next);
      throw error;
    }
  }
}

async function warnOfUnrecorded(daemon: Daemon): Promise<void> {
  const { troubles, ended, workspace } = daemon;
  try {
    await recordEnds(daemon);
  } catch {
    const message = `the end of ${ended.length} runs is not recorded: \`mlctl schedule list\` shows them as killed`;
    workspace.context.emit({ type: "warning", stage: "schedule", message });
  }
  troubles.close();
}

/** Runs the job once for all missed times: training five times on the same data gains nothing. */
async function catchUp(job: ScheduledJob, missed: MissedTimes, daemon: Daemon): Promise<void> {
  if (job.missed === "skip") return skip(job, missed.latest, describeMissed(missed), daemon);
  const message = `${job.name}: ${describeMissed(missed)}: running the job now`;
  daemon.workspace.context.emit({ type: "warning", stage: `schedule ${job.name}`, message });
  await daemon.start(job, missed.latest, "missed");
}

/** A process that was killed counts as alive until it is gone, which takes seconds; another scheduler stays. */
async function awaitEarlier(job: ScheduledJob, daemon: Daemon): Promise<void> {
  const { workspace } = daemon;
  const { signal } = workspace.context;
  for (let wait = FIRST_LOOK_MILLISECONDS; ; wait = Math.min(2 * wait, LONGEST_LOOK_MILLISECONDS)) {
    if (!(await recentExecutions(workspace, job.name)).some(isOfEarlier)) return;
    await sleep(wait, undefined, { signal }).catch(() => {});
    if (signal.aborted) return;
    const killed = await recordKilled(workspace, job.name);
    if (killed !== undefined && job.missed === "run") return repeat(job, killed, daemon);
  }
}

async function repeat(job: ScheduledJob, time: Date, daemon: Daemon): Promise<void> {
  const message = `${job.name}: its run for ${time.toISOString()} was killed: running the job again`;
  daemon.workspace.context.emit({ type: "warning", stage: `schedule ${job.name}`, message });
  await daemon.start(job, time, "missed");
}

async function skip(job: ScheduledJob, time: Date, reason: string, daemon: Daemon): Promise<void> {
  const message = `${job.name} skipped at ${time.toISOString()}: ${reason}`;
  daemon.workspace.context.emit({ type: "warning", stage: `schedule ${job.name}`, message });
  try {
    await skipJob(job, { trigger: "missed", dueAt: time }, reason, daemon);
  } catch (error) {
    noteFailure(daemon, job, error);
  }
}

async function drain(
  running: ReadonlySet<Promise<void>>,
  stopJobs: AbortController,
  { drainMs, workspace: { context } }: RunScheduleOptions,
): Promise<void> {
  if (running.size === 0) return;
  const { reason } = context.signal as { reason: unknown };
  const isTerminated = reason instanceof MlctlError && reason.kind === "terminated";
  const message = `waiting for ${counted(running.size, "running job")} to end`;
  context.emit({ type: "stage", stage: "schedule", message });
  const timer = setTimeout(() => stopJobs.abort(), isTerminated ? drainMs : 0);
  await Promise.all(running);
  clearTimeout(timer);
}

interface RunJobOptions extends JobPlace {
  /** Run only if the job was due within this many milliseconds; undefined: in any case. */
  readonly dueMs: number | undefined;
  readonly missed: boolean;
}

export async function runJobNow(job: ScheduledJob, options: RunJobOptions) {
  const { context, paths } = options.workspace;
  const killed = await recordKilled(options.workspace, job.name);
  const nothing = { job: job.name, status: "not_due", execution: null } as const;
  if (options.missed) return (await runMissed(job, options, killed)) ?? nothing;
  if (options.dueMs === undefined) return run(job, { trigger: "manual", dueAt: null }, options);
  const dueAt = latestTime(job, context.now(), options.dueMs);
  if (dueAt === undefined) return nothing;
  const passed = context.now().getTime() - dueAt.getTime();
  const delay = jitterOf(job, dueAt, paths.workspace) - passed;
  if (delay > 0) await sleep(delay, undefined, { signal: context.signal }).catch(() => {});
  context.signal.throwIfAborted();
  return run(job, { trigger: "schedule", dueAt }, options);
}

async function runMissed(job: ScheduledJob, options: RunJobOptions, killed: Date | undefined) {
  const { context } = options.workspace;
  const executions = await recentExecutions(options.workspace, job.name);
  const missed = missedTimes(job, (await expectations(options.workspace))[job.name], executions, context.now());
  const dueAt = missed?.latest ?? killed;
  if (dueAt === undefined) return undefined;
  if (job.missed === "run") return run(job, { trigger: "missed", dueAt }, options);
  if (missed !== undefined) await skipJob(job, { trigger: "missed", dueAt }, describeMissed(missed), options);
  return undefined;
}

async function run(job: ScheduledJob, request: Omit<JobRequest, "stop">, options: RunJobOptions) {
  const execution = await executeJob(job, { ...request, stop: options.workspace.context.signal }, options);
  if (execution === "done_before") return { job: job.name, status: execution, execution: null };
  return { job: job.name, status: execution.status, execution };
}
