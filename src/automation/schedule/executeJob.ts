/** Runs a job once in a child process; writes an execution record and a log file. */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { closeSync, openSync, writeSync } from "node:fs";
import { hostname } from "node:os";
import { fileURLToPath } from "node:url";
import type { Reference } from "../../config/references.ts";
import { TRUST_VARIABLE } from "../../config/trust.ts";
import { messageOf, MlctlError } from "../../core/errors.ts";
import type { Execution } from "../../core/records/execution.ts";
import { timestamp } from "../../core/text/format.ts";
import { sendAlerts } from "../../lifecycle/monitor/monitorAlerts.ts";
import type { Workspace } from "../../lifecycle/workspace.ts";
import { ensureFolder, isDiskFailure, writeFailure } from "../../storage/files/atomicWrite.ts";
import { type HeldLock, scheduleFolder } from "../../storage/records/records.ts";
import { toRecordPath } from "../../storage/files/workspacePaths.ts";
import {
  logPath,
  recentExecutions,
  retainExecutions,
  saveExecution,
  jobNews,
  errorText,
  lastError,
} from "./executionLog.ts";
import type { ScheduledJob } from "./scheduledJobs.ts";
import { projectRoot } from "../../core/projectRoot.ts";

export const program = fileURLToPath(new URL("bin/mlctl.js", projectRoot));

const KILL_AFTER_MILLISECONDS = 10_000;

const LOCK_WAIT_MILLISECONDS = 1000;

export interface JobPlace {
  readonly workspace: Workspace;
  readonly configPath: string;
  readonly directory: string;
  /** Variables that config.json names: other schedulers have to pass them on. */
  readonly references: readonly Reference[];
  /** Absolute paths of the files that the configuration extends. */
  readonly bases: readonly string[];
  readonly echo?: (text: Buffer) => void;
  /** Why no job may start: it is recorded as failed. */
  readonly refusal?: MlctlError | undefined;
  /** Receives executions whose end cannot be recorded now; without it, that is an error. */
  readonly unrecorded?: (execution: Execution, error: unknown) => void;
}

export interface JobRequest {
  readonly trigger: Execution["trigger"];
  readonly dueAt: Date | null;
  readonly stop: AbortSignal;
}

interface End {
  readonly code: number | null;
  readonly timedOut: boolean;
  readonly error?: string;
}

/** @returns the finished execution, or "done_before" if the job already ran for that time (by another scheduler) */
export async function executeJob(
  job: ScheduledJob,
  request: JobRequest,
  place: JobPlace,
): Promise<Execution | "done_before"> {
  const { paths, context, config } = place.workspace;
  ensureFolder(scheduleFolder(paths));
  let lost: string | null = null;
  const lock = await lockJob(place.workspace, job, (message) => (lost = message));
  if (lock === undefined) {
    // A scheduler on another machine may have reported already that the job is late.
    if ((await executionsFor(place.workspace, job, request.dueAt)).length > 0) return "done_before";
    return skipJob(job, request, "the previous run is still running", place);
  }
  let execution: Execution;
  try {
    // A scheduler that finds the job locked records "skipped"; neither this nor a killed run did the job.
    const before = await executionsFor(place.workspace, job, request.dueAt);
    if (before.some(({ status }) => status !== "skipped" && status !== "killed")) return "done_before";
    execution = await runAndRecord(job, request, place, () => lost);
    await retainExecutions(place.workspace, config.retention.executions, context.now());
  } finally {
    await lock.release();
  }
  // Without the lock: a slow channel must not make the next run wait.
  await sendAlerts(place.workspace, jobNews(execution));
  return execution;
}

export async function skipJob(
  job: ScheduledJob,
  request: Omit<JobRequest, "stop">,
  reason: string,
  { workspace }: JobPlace,
): Promise<Execution> {
  const due = newExecution(job, request, workspace.context.now());
  const skipped: Execution = { ...due, status: "skipped", endedAt: due.startedAt, seconds: 0, reason };
  await saveExecution(workspace, skipped);
  return skipped;
}

/** Without MLCTL_DIRECTORY and MLCTL_CONFIG: relative paths would resolve against another directory. */
export function jobEnvironment(own: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  const { MLCTL_DIRECTORY: _directory, MLCTL_CONFIG: _config, ...rest } = own;
  return rest;
}

async function lockJob(
  { records, context: { now } }: Workspace,
  { name }: ScheduledJob,
  onLost: (message: string) => void,
): Promise<HeldLock | undefined> {
  const command = `mlctl schedule: ${name}`;
  try {
    return await records.lock({ job: name, command, waitMs: LOCK_WAIT_MILLISECONDS, now, onLost });
  } catch (error) {
    if (error instanceof MlctlError && error.kind === "busy") return undefined;
    throw error;
  }
}

async function executionsFor(workspace: Workspace, { name }: ScheduledJob, dueAt: Date | null): Promise<Execution[]> {
  if (dueAt === null) return [];
  const due = dueAt.toISOString();
  return (await recentExecutions(workspace, name)).filter(({ dueAt: at }) => at === due);
}

function newExecution(job: ScheduledJob, { trigger, dueAt }: Omit<JobRequest, "stop">, at: Date): Execution {
  return {
    kind: "execution",
    executionId: `${timestamp(at)}_${job.name}`,
    job: job.name,
    command: job.words,
    trigger,
    dueAt: dueAt?.toISOString() ?? null,
    startedAt: at.toISOString(),
    endedAt: null,
    status: "running",
    exitCode: null,
    reason: null,
    seconds: null,
    log: null,
    pid: process.pid,
    host: hostname(),
  };
}

async function runAndRecord(
  job: ScheduledJob,
  request: JobRequest,
  place: JobPlace,
  problem: () => string | null,
): Promise<Execution> {
  const { paths, context } = place.workspace;
  const start = newExecution(job, request, context.now());
  const log = logPath(paths, start.executionId);
  const execution = { ...start, log: toRecordPath(paths.workspace, log) };
  await saveExecution(place.workspace, execution);
  const clock = performance.now();
  const end = await runProgram(job, log, request.stop, place).catch((error: unknown): End => ({
    code: null,
    timedOut: false,
    error: `could not be started: ${messageOf(error)}`,
  }));
  const status = end.timedOut ? "timed_out" : end.code === 0 ? "done" : request.stop.aborted ? "stopped" : "failed";
  const finished: Execution = {
    ...execution,
    status,
    exitCode: end.code,
    reason: end.error ?? problem() ?? (status === "failed" ? lastError(log) : null),
    endedAt: context.now().toISOString(),
    seconds: Math.round(performance.now() - clock) / 1000,
  };
  try {
    await saveExecution(place.workspace, finished);
  } catch (error) {
    if (place.unrecorded === undefined || !isPassing(error, place)) throw error;
    place.unrecorded(finished, error);
  }
  return finished;
}

/** A full disk, or a database that is away. */
export function isPassing(error: unknown, { workspace: { paths } }: Pick<JobPlace, "workspace">): boolean {
  const isAway = paths.shared !== undefined && error instanceof MlctlError && error.kind === "failure";
  return isAway || isDiskFailure(error);
}

async function runProgram(job: ScheduledJob, log: string, stop: AbortSignal, place: JobPlace): Promise<End> {
  const header = `# ${place.workspace.context.now().toISOString()} mlctl ${job.words.join(" ")}\n`;
  const { echo, refusal } = place;
  const descriptor = openLog(log, refusal === undefined ? header : `${header}${errorText(refusal)}`);
  if (refusal !== undefined) {
    closeSync(descriptor);
    return { code: refusal.exitCode, timedOut: false };
  }
  const output = echo === undefined ? descriptor : "pipe";
  const child = spawn(process.execPath, [program, ...job.words, "-c", place.configPath], {
    cwd: place.directory,
    env: { ...jobEnvironment(process.env), ...(place.workspace.trust.all ? { [TRUST_VARIABLE]: "1" } : {}) },
    stdio: ["ignore", output, output],
  });
  for (const stream of [child.stdout, child.stderr]) {
    stream?.on("data", (text: Buffer) => {
      try {
        writeSync(descriptor, text);
      } catch {
        // A full disk: the output is still echoed.
      }
      echo?.(text);
    });
  }
  child.once("close", () => closeSync(descriptor));
  const late = job.timeoutMs === null ? null : AbortSignal.timeout(Math.min(job.timeoutMs, 2 ** 31 - 1));
  const stopped = late === null ? stop : AbortSignal.any([stop, late]);
  let kill: NodeJS.Timeout | undefined;
  const end = (): void => {
    child.kill("SIGTERM");
    kill = setTimeout(() => child.kill("SIGKILL"), KILL_AFTER_MILLISECONDS);
  };
  if (stopped.aborted) end();
  stopped.addEventListener("abort", end, { once: true });
  try {
    // "close", not "exit": after "exit", the last output may not have arrived yet.
    const [code, signal] = (await once(child, "close")) as [number | null, string | null];
    return { code, timedOut: late?.aborted === true, ...(signal !== null && { error: `ended by ${signal}` }) };
  } finally {
    clearTimeout(kill);
    stopped.removeEventListener("abort", end);
  }
}

function openLog(path: string, header: string): number {
  let descriptor: number | undefined;
  try {
    descriptor = openSync(path, "a");
    writeSync(descriptor, header);
    return descriptor;
  } catch (error) {
    if (descriptor !== undefined) closeSync(descriptor);
    throw writeFailure(error, path);
  }
}
