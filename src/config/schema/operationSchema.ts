/** The sections `schedule` and `retention` of config.json: what runs unattended, and what is kept of it. */
import { z } from "zod";

export function scheduleSchema() {
  return z.array(
    z.strictObject({
      name: z
        .string()
        .regex(/^[A-Za-z0-9][A-Za-z0-9_-]{0,59}$/, "letters, digits, - and _, at most 60")
        .describe("what the job is called; without `command` also the command to run, e.g. fullprocess"),
      command: z.string().min(1).nullable().default(null).describe("the command to run; null: the one of that name"),
      args: z.array(z.string()).default([]).describe('further words of the command, such as ["--fail-on", "drift"]'),
      cron: z
        .string()
        .regex(/^\s*\S+(\s+\S+){4,5}\s*$/, "five or six cron fields, such as */10 * * * *")
        .describe("when: minute hour day month weekday"),
      timezone: z.string().min(1).default("UTC").describe("time zone of the fields"),
      jitter: length(
        "0s",
        "start so much later at most, the same for the same time, so that not all jobs start at once",
      ),
      missed: z
        .enum(["run", "skip"])
        .default("run")
        .describe("times that passed while nothing was running: run once for all of them, or skip them"),
      timeout: length(null, "stop a run that takes longer; null: never"),
    }),
  );
}

/** `mlctl prune` keeps what is among the newest `keep` or younger than `days`; null: that rule keeps nothing. */
export function retentionSchema() {
  return z.strictObject({
    datasets: kept(10, 90, "datasets with their rejected files"),
    models: kept(20, 90, "trainings: their runs, models and scores"),
    deployments: kept(
      20,
      400,
      "copies that earlier deployments have of their models, by when they left production; their records stay; never what is in production, the newest three, and what the next two rollbacks go back to",
    ),
    reports: kept(20, 90, "reports, their pictures and recorded API answers"),
    monitoring: kept(400, 400, "what monitoring found"),
    trials: kept(20, 90, "trials of searches"),
    executions: kept(1000, null, "runs of scheduled jobs with their logs; the scheduler itself sees to it"),
    backups: kept(null, null, "archives that `mlctl backup` left in the workspace, named by it; never the newest"),
    after_fullprocess: z.boolean().default(false).describe("prune at the end of each fullprocess that trained"),
  });
}

function kept(keep: number | null, days: number | null, description: string) {
  return z
    .strictObject({
      keep: z.number().int().min(1).nullable().default(keep).describe("the newest so many stay"),
      days: z.number().gt(0).nullable().default(days).describe("what is younger stays"),
    })
    .prefault({})
    .describe(`${description}; both null: all stay`);
}

function length<Fallback extends string | null>(fallback: Fallback, description: string) {
  return z
    .string()
    .regex(/^\d+(\.\d+)?[smhd]$/, "a time such as 30s, 10m or 2h")
    .nullable()
    .default(fallback)
    .describe(description);
}
