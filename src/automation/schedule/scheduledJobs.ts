/** The jobs of config.json, checked. */
import type { Config, ConfigProblem } from "../../config/schema/schema.ts";
import { MlctlError } from "../../core/errors.ts";
import { suggest } from "../../core/text/suggest.ts";
import { nextTimes, type CronJob } from "./cron.ts";

export interface ScheduledJob extends CronJob {
  /** As on a command line, without the program. */
  readonly words: readonly string[];
  readonly jitterMs: number;
  readonly missed: "run" | "skip";
  /** Null: never. */
  readonly timeoutMs: number | null;
}

/** Commands that make sense unattended, and whether they take the lock and can wait for it. */
const scheduledCommands: Readonly<Record<string, boolean>> = {
  ingest: true,
  train: true,
  tune: true,
  score: true,
  deploy: true,
  diagnose: false,
  report: false,
  fullprocess: true,
  monitor: true,
  labels: false,
  apicalls: true,
  verify: false,
  doctor: false,
  prune: true,
  backup: false,
};

/** Two jobs of the same minute come one after the other instead of one failing. */
const WAIT = "10m";

const unitsInMs: Readonly<Record<string, number>> = { s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000 };

/** @throws {MlctlError} kind "usage" where there is none, or one is wrong */
export function scheduledJobs({ schedule }: Config, now: Date): readonly ScheduledJob[] {
  if (schedule.length === 0) {
    throw new MlctlError("usage", "config.json schedules no job", {
      hint: 'add "schedule": [{ "name": "fullprocess", "cron": "*/10 * * * *" }]; what was installed goes with `mlctl schedule remove`',
    });
  }
  const jobs = schedule.map(jobOf);
  const twice = jobs.find(({ name }, i) => jobs.findIndex((other) => other.name === name) !== i);
  if (twice !== undefined) {
    throw new MlctlError("usage", `schedule: two jobs are called ${JSON.stringify(twice.name)}`, {
      hint: 'give each a name of its own, and the command beside it: { "name": "nightly", "command": "fullprocess", … }',
    });
  }
  for (const job of jobs) requireComing(job, now);
  return jobs;
}

/** Whatever `scheduledJobs` would throw, of every job, with its key. */
export function scheduleProblems({ schedule }: Config, now: Date): ConfigProblem[] {
  return schedule.flatMap((entry, i) => {
    const at = (key: string, check: () => unknown): ConfigProblem[] => {
      try {
        check();
        return [];
      } catch (error) {
        if (!(error instanceof MlctlError)) throw error;
        return [{ path: `schedule.${i}.${key}`, message: [error.message, ...error.details].join("; ") }];
      }
    };
    const { name, cron, timezone } = entry;
    const isNew = schedule.findIndex((other) => other.name === name) === i;
    return [
      ...(isNew ? [] : [{ path: `schedule.${i}.name`, message: `another job is called ${JSON.stringify(name)} too` }]),
      ...at(entry.command === null ? "name" : "command", () => requireCommand(entry)),
      ...at("args", () => requireOwnWorkspace(entry)),
      ...at("cron", () => requireComing({ name, cron, timezone: "UTC" }, now)),
      ...at("timezone", () => nextTimes({ name, cron: "* * * * *", timezone }, 1, now)),
    ];
  });
}

function requireComing(job: CronJob, now: Date): void {
  if (nextTimes(job, 1, now).length > 0) return;
  throw new MlctlError("usage", `schedule "${job.name}": ${JSON.stringify(job.cron)} never comes`, {
    hint: "day, month and weekday must all fit one day",
  });
}

/** @throws {MlctlError} kind "usage" naming the jobs there are */
export function jobNamed(jobs: readonly ScheduledJob[], name: string): ScheduledJob {
  const job = jobs.find((each) => each.name === name);
  if (job !== undefined) return job;
  const names = jobs.map((each) => each.name);
  const near = suggest(name, names);
  throw new MlctlError("usage", `config.json schedules no job ${JSON.stringify(name)}`, {
    hint: near === undefined ? `there is ${names.join(", ")}` : `did you mean ${near}?`,
  });
}

function jobOf(entry: Config["schedule"][number]): ScheduledJob {
  const { name, args, cron, timezone, jitter, missed, timeout } = entry;
  const { verb, takesLock } = requireCommand(entry);
  requireOwnWorkspace(entry);
  const wait = takesLock && !args.some((word) => word.startsWith("--wait")) ? ["--wait", WAIT] : [];
  const timeoutMs = timeout === null ? null : milliseconds(timeout);
  return {
    name,
    cron,
    timezone,
    words: [verb, ...args, ...wait],
    jitterMs: milliseconds(jitter ?? "0s"),
    missed,
    timeoutMs,
  };
}

function requireCommand({ name, command }: Config["schedule"][number]): { verb: string; takesLock: boolean } {
  const verb = command ?? name;
  const takesLock = scheduledCommands[verb];
  if (takesLock === undefined) {
    throw new MlctlError("usage", `schedule: ${JSON.stringify(verb)} is no command that can run unattended`, {
      hint: `use one of ${Object.keys(scheduledCommands).join(", ")}`,
    });
  }
  return { verb, takesLock };
}

function requireOwnWorkspace({ name, args }: Config["schedule"][number]): void {
  const flag = args.find((word) => /^(-[cC]|--config|--directory)/.test(word));
  if (flag === undefined) return;
  throw new MlctlError("usage", `schedule "${name}": args cannot have ${flag}: a job works in its own workspace`, {
    hint: "take it out",
  });
}

/** @param text as the schema of config.json allows it */
function milliseconds(text: string): number {
  return Number(text.slice(0, -1)) * unitsInMs[text.slice(-1)]!;
}
