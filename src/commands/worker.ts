/** `mlctl worker`: does work of other commands of a shared workspace. */
import { availableParallelism } from "node:os";
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
  },
  examples: [
    ["mlctl worker", "until Ctrl-C"],
    ["mlctl worker --threads 8 --idle 10m", "of a job in a cluster"],
    ["mlctl workers", "who lives, and what each does"],
  ],
  async run(invocation) {
    const { threads = availableParallelism(), idle } = invocation.options;
    if (threads < 1) throw new MlctlError("usage", `--threads is ${threads}, must be at least 1`);
    const workspace = await openWorkspaceOf(invocation);
    const { worker: work } = await import("../lifecycle/workers/worker.ts");
    const result = await work(workspace, { threads, idle });
    const { tasks, failed } = result;
    return { result, view: { title: `did ${counted(tasks, "task")}${failed === 0 ? "" : `, ${failed} failed`}` } };
  },
}) satisfies Command;
