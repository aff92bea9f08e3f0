/** `mlctl worker`: does work of other commands of a shared workspace. */
import { availableParallelism } from "node:os";
import { dirname } from "node:path";
import { MlctlError } from "../core/errors.ts";
import { counted } from "../core/text/format.ts";
import { defineCommand, type Command } from "./command.ts";
import { openWorkspaceOf } from "./openWorkspaceOf.ts";

export const worker = defineCommand({
  name: "worker",
  group: "Improve",
  summary: "do fits of `mlctl tune` that runs on another machine",
  details:
    "The workspace has to be shared (`mlctl share postgres://…`); a folder with the same `database` and `artifacts` in config.json is enough. A command offers its work to all workers of the workspace and also works itself, so that workers may come and go: the result is the same. A worker with another version of mlctl, Node.js or libxgboost gets nothing. What a worker that is killed was doing is done by others.",
  options: {
    threads: { flags: "--threads <count>", type: "integer", description: "number of threads (default: one per core)" },
    idle: { flags: "--idle <time>", type: "duration", description: "end after this long without work, e.g. 10m" },
    print: {
      flags: "--print <launcher>",
      choices: ["kubernetes", "deployment", "slurm", "command"],
      description:
        "print what starts workers instead: a Kubernetes Job or Deployment, a Slurm job array, a command for workers.launch",
    },
    count: {
      flags: "--count <number>",
      type: "integer",
      setting: "workers.count",
      description: "number of workers that --print starts",
    },
  },
  examples: [
    ["mlctl worker", "until Ctrl-C"],
    ["mlctl worker --threads 8 --idle 10m", "of a job in a cluster"],
    ["mlctl worker --print slurm --count 8 | sbatch", "eight of them as a Slurm job array"],
    ["mlctl worker --print kubernetes --threads 4 | kubectl apply -f -", "as an Indexed Job of Kubernetes"],
  ],
  async run(invocation) {
    const { idle, print } = invocation.options;
    const { threads = print === undefined ? availableParallelism() : 1 } = invocation.options;
    if (threads < 1) throw new MlctlError("usage", `--threads is ${threads}, must be at least 1`);
    const workspace = await openWorkspaceOf(invocation);
    if (print !== undefined) {
      const { workerFile } = await import("../automation/workers/workerFiles.ts");
      const { config, configPath } = workspace;
      const how = { config, directory: dirname(configPath), count: config.workers.count, threads };
      return { text: workerFile(print, { ...how, idle: `${(idle ?? 600_000) / 1000}s` }) };
    }
    const { worker: work } = await import("../lifecycle/workers/worker.ts");
    const result = await work(workspace, { threads, idle });
    const { tasks, failed } = result;
    return { result, view: { title: `did ${counted(tasks, "task")}${failed === 0 ? "" : `, ${failed} failed`}` } };
  },
}) satisfies Command;
