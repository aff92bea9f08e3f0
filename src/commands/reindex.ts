/** `mlctl reindex`: rebuilds the store from the record files. */
import { defineCommand, type Command } from "./command.ts";
import { sharedOptions } from "./globalOptions.ts";
import { openWorkspaceOf, writingOptions } from "./openWorkspaceOf.ts";

export const reindex = defineCommand({
  name: "reindex",
  group: "Inspect",
  summary: "rebuild the SQLite store from the record files",
  details:
    "The record files are the source of truth, and the store is an index of them: use this after a copy, a merge or damage. A damaged store is moved away, not deleted.",
  options: { wait: sharedOptions.wait },
  examples: [
    ["mlctl reindex", "after the store was damaged or deleted"],
    ["rsync -a cluster:/srv/churn/ . && mlctl reindex", "a workspace from another machine"],
  ],
  async run(invocation) {
    const workspace = await openWorkspaceOf(invocation);
    const step = await import("../lifecycle/health/reindex.ts");
    const result = await step.reindex(workspace, writingOptions("reindex", invocation.options.wait));
    const notes = result.problems.map(({ path, error }) => `${path}: ${error.message}`);
    const moved = result.setAside === null ? [] : [`the damaged store was moved to ${result.setAside}`];
    const view = { title: `indexed ${result.records} records`, notes: [...moved, ...notes] };
    return { result: { ...result, problems: notes }, view };
  },
}) satisfies Command;
