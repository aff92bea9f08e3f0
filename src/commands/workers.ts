/** `mlctl workers`: who helps in a shared workspace. */
import { counted } from "../core/text/format.ts";
import { defineCommand, type Command } from "./command.ts";
import { openWorkspaceOf } from "./openWorkspaceOf.ts";
import { tableOf } from "./views/tableOf.ts";

export const workers = defineCommand({
  name: "workers",
  group: "Improve",
  summary: "list the workers of a shared workspace, and what each does",
  details:
    "A worker is listed while its connection to the database lives. One with another version than this machine gets nothing of what is started here.",
  examples: [
    ["mlctl workers", "host, process, threads and tasks of each"],
    ["mlctl workers --json | jq '[.workers[].threads] | add'", "number of threads that help"],
  ],
  async run(invocation) {
    const workspace = await openWorkspaceOf(invocation);
    const { livingWorkers } = await import("../lifecycle/workers/workers.ts");
    const result = await livingWorkers(workspace);
    const table = tableOf(result.workers, [
      ["host", ({ host }) => host],
      ["pid", ({ pid }) => pid],
      ["threads", ({ threads }) => threads],
      ["version", ({ version, helps }) => (helps ? version : `${version}, other than here`)],
      ["since", ({ since }) => since],
      [{ header: "does", overflow: "wrap" }, ({ tasks }) => tasks.join(", ")],
    ]);
    const view = {
      title: `${counted(result.workers.length, "worker")}; this machine has ${result.version}`,
      tables: [table],
      ...(result.workers.length === 0 && { next: "`mlctl worker` on this or another machine" }),
    };
    return { result, view };
  },
}) satisfies Command;
