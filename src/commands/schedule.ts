/** `mlctl schedule next | run`: the jobs of config.json, at their times. */
import { MlctlError } from "../core/errors.ts";
import type { View } from "../core/view.ts";
import { defineCommand, type Command } from "./command.ts";
import { openConfig } from "./openConfig.ts";

const next = defineCommand({
  name: "next",
  group: "Watch",
  summary: "show when each job runs next",
  options: { count: { flags: "--count <times>", type: "integer", description: "times a job", default: 5 } },
  examples: [
    ["mlctl schedule next", "the next five times of each job"],
    ["mlctl schedule next --count 1 --json", "only the next one"],
  ],
  async run(invocation) {
    const { config } = await openConfig(invocation);
    const { count } = invocation.options;
    if (count < 1) throw new MlctlError("usage", `--count ${count}: at least one time is shown`, { hint: "--count 5" });
    const [{ checkedJobs }, { nextTimes }] = await Promise.all([
      import("../automation/runSchedule.ts"),
      import("../automation/cron.ts"),
    ]);
    const jobs = checkedJobs(config).map((job) => ({
      ...job,
      next: nextTimes(job, count).map((time) => time.toISOString()),
    }));
    return { result: { jobs }, view: nextView(jobs) };
  },
}) satisfies Command;

const run = defineCommand({
  name: "run",
  group: "Watch",
  summary: "stay and run each job at its times, until Ctrl-C",
  details:
    "Each job runs in a process of its own and never twice at once; a failed one is told and tried again at its next time.",
  examples: [
    ["mlctl schedule run", "in a terminal"],
    ["nohup mlctl schedule run 2>> schedule.log &", "in the background, with a log"],
  ],
  async run(invocation) {
    const { config, path, directory } = await openConfig(invocation);
    const { runSchedule } = await import("../automation/runSchedule.ts");
    const result = await runSchedule({ config, configPath: path, directory, context: invocation.context });
    return { result, view: { title: `stopped after ${result.executions} executions` } };
  },
}) satisfies Command;

export const schedule = defineCommand({
  name: "schedule",
  group: "Watch",
  summary: "run commands at the times that config.json names",
  subcommands: [next, run],
  examples: [
    ["mlctl schedule next", "when what runs"],
    ["mlctl schedule run", "run it"],
  ],
}) satisfies Command;

interface JobTimes {
  readonly name: string;
  readonly cron: string;
  readonly timezone: string;
  readonly next: readonly string[];
}

function nextView(jobs: readonly JobTimes[]): View {
  const rows = jobs.flatMap(({ name, cron, timezone, next: times }) =>
    times.map((time) => [name, time, cron, timezone]),
  );
  return { tables: [{ columns: ["job", "next", "cron", "time zone"], rows }] };
}
