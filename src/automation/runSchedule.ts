/** The daemon behind `mlctl schedule run`: starts the jobs of config.json at their times, each in a process of its own. */
import { spawn } from "node:child_process";
import { fileURLToPath } from "node:url";
import type { Config } from "../config/schema.ts";
import type { Context } from "../core/context.ts";
import { exitCodes, MlctlError } from "../core/errors.ts";
import { onSchedule, type CronJob } from "./cron.ts";

/** Commands that make sense unattended; the name of a job is the command it runs. */
const scheduledCommands = [
  "ingest",
  "train",
  "score",
  "deploy",
  "diagnose",
  "report",
  "fullprocess",
  "verify",
] as const;

export interface RunScheduleOptions {
  readonly config: Config;
  /** The configuration's path, absolute. */
  readonly configPath: string;
  /** The folder that jobs run in. */
  readonly directory: string;
  readonly context: Context;
}

/**
 * Runs until the signal stops it; jobs that are running then are asked to stop and waited for.
 * @throws {MlctlError} kind "usage" when there is no job, or one is wrong
 */
export async function runSchedule(options: RunScheduleOptions): Promise<{ readonly executions: number }> {
  const { config, context } = options;
  const jobs = checkedJobs(config);
  const running = new Set<Promise<void>>();
  let executions = 0;
  const stops = jobs.map((job) =>
    onSchedule(job, async () => {
      executions++;
      const execution = execute(job, options);
      running.add(execution);
      await execution.finally(() => running.delete(execution));
    }),
  );
  context.emit({
    type: "stage",
    stage: "schedule",
    message: `${jobs.length} ${jobs.length === 1 ? "job" : "jobs"}; end with Ctrl-C`,
  });
  await new Promise<void>((resolve) => {
    if (context.signal.aborted) resolve();
    context.signal.addEventListener("abort", () => resolve(), { once: true });
  });
  await Promise.all(stops.map((stop) => stop()));
  await Promise.all(running);
  return { executions };
}

/** @throws {MlctlError} kind "usage" */
export function checkedJobs({ schedule }: Config): readonly CronJob[] {
  if (schedule.length === 0) {
    throw new MlctlError("usage", "config.json schedules no job", {
      hint: 'add "schedule": [{ "name": "fullprocess", "cron": "*/10 * * * *" }]',
    });
  }
  const known = new Set<string>(scheduledCommands);
  const stranger = schedule.find(({ name }) => !known.has(name));
  if (stranger === undefined) return schedule;
  throw new MlctlError("usage", `schedule: ${JSON.stringify(stranger.name)} is no command that can run unattended`, {
    hint: `use one of ${scheduledCommands.join(", ")}`,
  });
}

/** A failed job is told and does not end the others: the next time may be better. */
function execute({ name }: CronJob, { configPath, directory, context }: RunScheduleOptions): Promise<void> {
  const stage = `schedule ${name}`;
  const start = performance.now();
  context.emit({ type: "stage", stage, message: `started ${context.now().toISOString()}` });
  const program = fileURLToPath(new URL("../../bin/mlctl.js", import.meta.url));
  const child = spawn(process.execPath, [program, name, "-q", "-c", configPath], {
    cwd: directory,
    env: jobEnvironment(process.env),
    stdio: ["ignore", "ignore", "inherit"],
  });
  const stop = (): boolean => child.kill("SIGTERM");
  context.signal.addEventListener("abort", stop, { once: true });
  return new Promise((resolve) => {
    const ended = (outcome: string, isFine: boolean): void => {
      context.signal.removeEventListener("abort", stop);
      const message = `${outcome} after ${((performance.now() - start) / 1000).toFixed(1)} s`;
      context.emit({ type: isFine ? "stage" : "warning", stage, message });
      resolve();
    };
    child.once("error", (error) => ended(`could not be started: ${error.message}`, false));
    child.once("exit", (code, signal) => ended(outcomeText(code, signal), code === 0));
  });
}

/** Without what `-c` and the working folder say already: relative to another folder it would lead elsewhere. */
export function jobEnvironment(own: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  const { MLCTL_DIRECTORY: _directory, MLCTL_CONFIG: _config, ...rest } = own;
  return rest;
}

function outcomeText(code: number | null, signal: string | null): string {
  const kind = Object.entries(exitCodes).find(([, value]) => value === code)?.[0];
  if (code === 0) return "done";
  return signal === null ? `ended with ${code}${kind === undefined ? "" : ` (${kind})`}` : `ended by ${signal}`;
}
