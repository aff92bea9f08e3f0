/** The `schedule`, `retention` and `limits` sections of config.json. */
import { z } from "zod";
import { DEFAULT_MEMORY, memoryPattern } from "../../core/memoryLimit.ts";
import { choice, duration, flag, httpHeaders, matching, orNull, secret, section, text, whole } from "./values.ts";

export const jobNamePattern = /^[A-Za-z0-9][A-Za-z0-9_-]{0,59}$/;

export function scheduleSchema() {
  return z.array(
    z.strictObject({
      name: matching(jobNamePattern, "letters, digits, - and _, at most 60").describe(
        "name of the job; without `command` also the command to run, e.g. fullprocess",
      ),
      command: orNull(text()).describe("command to run; null: the job's name"),
      args: secret(z.array(z.string()), "arguments")
        .default([])
        .describe('arguments of the command, such as ["--fail-on", "drift"]'),
      cron: matching(/^\s*\S+(\s+\S+){4,5}\s*$/, "five or six cron fields, such as */10 * * * *").describe(
        "when to run: minute hour day month weekday",
      ),
      timezone: text().default("UTC").describe("time zone of cron"),
      jitter: duration("10m")
        .nullable()
        .default("0s")
        .describe("maximum random delay, so that not all jobs start at once; a given time always gets the same delay"),
      missed: choice(["run", "skip"], "run").describe(
        "times missed while the scheduler was not running: run once for all of them, or skip them",
      ),
      timeout: orNull(duration("2h")).describe("stop a run that takes longer than this; null: never"),
    }),
  );
}

export function limitsSchema() {
  return z.strictObject({
    memory: matching(memoryPattern, "a size such as 4GB or 600MB, or a share of the memory such as 50%")
      .refine((size) => !/^([1-4]?\d?\d(\.\d+)?)MB$/.test(size), "at least 500MB: SQL needs blocks of 256 MB")
      .default(DEFAULT_MEMORY)
      .describe(
        "maximum memory of a process of mlctl that reads data, runs SQL or trains: 4GB, or a share of the memory of the machine or container; SQL spills to disk before it is reached, and what needs more fails",
      ),
  });
}

export function workersSchema() {
  return z.strictObject({
    launch: orNull(text()).describe(
      "shell command by which `tune`, `train` and `reproduce` start workers: run once for each {index} from 1 to `count`, as `ssh node{index} mlctl worker -C /data/churn`, or once if it has no {index}, as `mlctl worker --print slurm` with its output to sbatch; gets SIGTERM when the command ends; null: none",
    ),
    count: whole(1).default(4).describe("number of workers to start"),
  });
}

/** A rule that is null keeps nothing; both null keep all. */
export function retentionSchema() {
  return z.strictObject({
    datasets: kept(10, 90, "datasets and their rejected files"),
    models: kept(20, 90, "trainings: their runs, models and scores"),
    deployments: kept(
      20,
      400,
      "model copies of earlier deployments, by the time they left production (their records are kept); never deletes the deployed model, the newest three, or the targets of the next two rollbacks",
    ),
    reports: kept(20, 90, "reports, their images and recorded API responses"),
    monitoring: kept(400, 400, "monitoring results"),
    trials: kept(20, 90, "trials of hyperparameter searches"),
    executions: kept(1000, null, "runs of scheduled jobs and their logs; the scheduler prunes them itself"),
  });
}

function kept(keep: number | null, days: number | null, description: string) {
  return section(`${description}; both null: keep all`, {
    keep: whole(1).nullable().default(keep).describe("number of newest ones to keep"),
    days: z.number().gt(0).nullable().default(days).describe("keep what is younger than this number of days"),
  });
}

export function watchSchema() {
  return z.strictObject({
    folder: text()
      .default("drops")
      .describe("contains input, processing, processed, errored and logs (relative to this file)"),
    source: orNull(secret(text(), "credentials")).describe(
      "further source of files: https://… is downloaded when it changes, s3://bucket/prefix has the same folders as prefixes; null: only the folder",
    ),
    pattern: orNull(text()).describe(
      "files to process; others are left in place; null: all files, and those that are not a table are moved to errored",
    ),
    poll: duration("5s").default("5s").describe("interval between checks for new files"),
    settle: duration("2s")
      .default("2s")
      .describe(
        "how long size and time of a file must be unchanged before it is read, because it may still be uploading",
      ),
    retries: whole(0).max(100).default(3).describe("number of retries after a failure not caused by the file"),
    retry_delay: duration("5s").default("5s").describe("wait before each retry"),
    response_key: orNull(text()).describe("column name of the predictions; null: serve.response_key, else prediction"),
    guard: flag(false).describe(
      "write rows that differ from the training rows to a separate file; false: a row that cannot be read is an error",
    ),
    monitor: flag(true).describe("monitor drift, quality and performance of each file, with history and alerts"),
    log: flag(false).describe("write every prediction to the prediction log, and its id to the output row"),
    download: section("settings for downloads from source", {
      poll: duration("10m").default("10m").describe("interval between requests to the address of source"),
      timeout: duration("60s").default("60s").describe("timeout of a download"),
      max_bytes: whole(1).default(1_073_741_824).describe("maximum size of a download"),
      headers: httpHeaders(),
    }),
  });
}
