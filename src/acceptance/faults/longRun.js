/** Lives through weeks of the schedule of a workspace in minutes: each due job runs as the daemon runs it, only the clock is ahead. Usage: node --expose-gc longRun.js FOLDER EXECUTIONS LOOKS */
import { readdirSync, statSync } from "node:fs";
import { join } from "node:path";
import { timesAfter } from "../../../dist/automation/schedule/cron.js";
import { executeJob } from "../../../dist/automation/schedule/executeJob.js";
import { scheduledJobs } from "../../../dist/automation/schedule/scheduledJobs.js";
import { loadConfig } from "../../../dist/config/loadConfig.js";
import { openWorkspace } from "../../../dist/lifecycle/workspace.js";

const [directory, executions, looks] = [process.argv[2], Number(process.argv[3]), Number(process.argv[4])];
const configPath = join(directory, "config.json");
let now = new Date("2026-01-01T00:00:00Z");
const { signal } = new AbortController();
const loaded = await loadConfig({ directory, environment: {} });
const workspace = openWorkspace(loaded, { now: () => now, signal, emit() {} });
const jobs = scheduledJobs(loaded.config, now).map((job) => {
  const times = timesAfter(job, now);
  return { job, times, due: times.next().value };
});

const outcomes = {};
for (let done = 1; done <= executions; done++) {
  const next = jobs.reduce((first, each) => (each.due < first.due ? each : first));
  now = next.due;
  const request = { trigger: "schedule", dueAt: next.due, stop: signal };
  const execution = await executeJob(next.job, request, { workspace, configPath, directory });
  const outcome = `${next.job.name} ${execution.status ?? execution}`;
  outcomes[outcome] = (outcomes[outcome] ?? 0) + 1;
  next.due = next.times.next().value;
  if (done % Math.floor(executions / looks) === 0) process.stdout.write(`${JSON.stringify(look(done))}\n`);
}

function look(done) {
  globalThis.gc();
  const { heapUsed, rss } = process.memoryUsage();
  const schedule = join(directory, "models", "schedule");
  return {
    done,
    day: now.toISOString(),
    heapBytes: heapUsed,
    rssBytes: rss,
    openFiles: readdirSync("/proc/self/fd").length,
    records: readdirSync(schedule).filter((name) => name.startsWith("execution_")).length,
    logs: readdirSync(join(schedule, "logs")).length,
    files: readdirSync(directory, { recursive: true }).length,
    databaseBytes: statSync(join(directory, "mlctl.db")).size,
    outcomes,
  };
}
