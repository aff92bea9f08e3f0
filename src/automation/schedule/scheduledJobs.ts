/** Reads and checks the jobs of config.json. */
import { milliseconds } from "../../core/text/format.ts";
import { wordWithoutSecret } from "../../config/recordableConfig.ts";
import { jobNamePattern } from "../../config/schema/operationSchema.ts";
import type { Config, ConfigProblem } from "../../config/schema/schema.ts";
import { attempt, MlctlError } from "../../core/errors.ts";
import { suggest } from "../../core/text/suggest.ts";
import { nextTimes, type CronJob } from "./cron.ts";

export interface ScheduledJob extends CronJob {
  readonly words: readonly string[];
  readonly jitterMs: number;
  readonly missed: "run" | "skip";
  readonly timeoutMs: number | null;
}

const scheduledCommands =
  "ingest train tune score deploy diagnose report fullprocess monitor watch labels apicalls verify doctor prune backup".split(
    " ",
  );
const lockingCommands = new Set("ingest train tune score deploy fullprocess monitor apicalls prune backup".split(" "));

/** Default of --wait: two jobs in the same minute run one after the other, instead of one failing. */
const WAIT = "10m";

/** @throws {MlctlError} kind "usage" if there are no jobs or one is invalid */
export function scheduledJobs({ schedule }: Config, now: Date): readonly ScheduledJob[] {
  if (schedule.length === 0) {
    throw new MlctlError("usage", "config.json has no scheduled jobs", {
      hint: 'add "schedule": [{ "name": "fullprocess", "cron": "*/10 * * * *" }]; to uninstall earlier jobs, run `mlctl schedule remove`',
    });
  }
  const jobs = schedule.map(jobOf);
  const duplicate = jobs.find(({ name }, i) => jobs.findIndex((other) => other.name === name) !== i);
  if (duplicate !== undefined) {
    throw new MlctlError("usage", `schedule: two jobs have the name ${JSON.stringify(duplicate.name)}`, {
      hint: 'give each job its own name and set its command: { "name": "nightly", "command": "fullprocess", … }',
    });
  }
  for (const job of jobs) requireNextTime(job, now);
  return jobs;
}

export function scheduleProblems({ schedule }: Config, now: Date): ConfigProblem[] {
  return schedule.flatMap((entry, i) => {
    const at = (key: string, check: () => unknown): ConfigProblem[] =>
      attempt(
        () => (check(), []),
        ({ message, details }) => [{ path: `schedule.${i}.${key}`, message: [message, ...details].join("; ") }],
      );
    const { name, cron, timezone } = entry;
    const isNew = schedule.findIndex((other) => other.name === name) === i;
    return [
      ...(isNew ? [] : [{ path: `schedule.${i}.name`, message: `another job has the name ${JSON.stringify(name)}` }]),
      ...at(entry.command === null ? "name" : "command", () => requireCommand(entry)),
      ...at("args", () => requireHarmlessArgs(entry)),
      ...at("cron", () => requireNextTime({ name, cron, timezone: "UTC" }, now)),
      ...at("timezone", () => nextTimes({ name, cron: "* * * * *", timezone }, 1, now)),
    ];
  });
}

function requireNextTime(job: CronJob, now: Date): void {
  if (nextTimes(job, 1, now).length > 0) return;
  throw new MlctlError("usage", `schedule "${job.name}": ${JSON.stringify(job.cron)} matches no date`, {
    hint: "a date must match the day, the month and the weekday",
  });
}

export function jobNamed(jobs: readonly ScheduledJob[], name: string): ScheduledJob {
  const job = jobs.find((each) => each.name === name);
  if (job !== undefined) return job;
  const names = jobs.map((each) => each.name);
  const near = suggest(name, names);
  const hint = near === undefined ? `jobs: ${names.join(", ")}` : `did you mean ${near}?`;
  throw new MlctlError("usage", `config.json has no scheduled job ${JSON.stringify(name)}`, { hint });
}

/**
 * A job that cannot be read, due now: another scheduler still starts it.
 * @throws `error`, why it cannot be read, if this is no name of a job: its record would be elsewhere
 */
export function lostJob(name: string, error: MlctlError): ScheduledJob {
  if (!jobNamePattern.test(name)) throw error;
  return { name, cron: "* * * * *", timezone: "UTC", words: [name], jitterMs: 0, missed: "run", timeoutMs: null };
}

function jobOf(entry: Config["schedule"][number]): ScheduledJob {
  const { name, args, cron, timezone, jitter, missed, timeout } = entry;
  const { verb, takesLock } = requireCommand(entry);
  requireHarmlessArgs(entry);
  const wait = takesLock && !args.some((word) => word.startsWith("--wait")) ? ["--wait", WAIT] : [];
  const timeoutMs = timeout === null ? null : milliseconds(timeout);
  const words = [verb, ...args, ...wait];
  return { name, cron, timezone, words, jitterMs: milliseconds(jitter ?? "0s"), missed, timeoutMs };
}

function requireCommand({ name, command, args }: Config["schedule"][number]): { verb: string; takesLock: boolean } {
  const verb = command ?? name;
  if (verb === "watch" && !args.includes("--once"))
    throw new MlctlError("usage", `schedule "${name}": watch without --once never ends`, {
      hint: 'add "--once" to args',
    });
  if (scheduledCommands.includes(verb)) return { verb, takesLock: lockingCommands.has(verb) };
  throw new MlctlError("usage", `schedule: ${JSON.stringify(verb)} is not a command that can run unattended`, {
    hint: `use one of ${scheduledCommands.join(", ")}`,
  });
}

function requireHarmlessArgs({ name, args }: Config["schedule"][number]): void {
  const isSecret = args.some((word, i) => wordWithoutSecret(word, args[i - 1] ?? "") !== word);
  if (isSecret) {
    throw new MlctlError("usage", `schedule "${name}": args contain a secret, which the process list would show`, {
      hint: 'remove it from args; the token of `apicalls` is "serve": { "token": "${NAME}" }',
    });
  }
  const flag = args.find((word) => /^(-[cC]|--config|--directory)/.test(word));
  if (flag === undefined) return;
  const message = `schedule "${name}": args must not contain ${flag}: a job always uses its own workspace`;
  throw new MlctlError("usage", message, { hint: `remove ${flag} from args` });
}
