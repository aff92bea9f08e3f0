/** `mlctl reindex`: the store anew from the folders. */
import { defineCommand, type Command } from "./command.ts";
import { sharedOptions } from "./globalOptions.ts";
import { openWorkspaceOf, writingOptions } from "./openWorkspaceOf.ts";

export const reindex = defineCommand({
  name: "reindex",
  group: "Look back",
  summary: "build the SQLite store anew from the records in the folders",
  details:
    "The folders are the truth, the store is an index: after a copy, a merge or damage this gives the same content again. A damaged store is set aside, not deleted.",
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
    const setAside = result.setAside === null ? [] : [`the damaged store stands in ${result.setAside}`];
    return {
      result: { ...result, problems: notes },
      view: { title: `indexed ${result.records} records`, notes: [...setAside, ...notes] },
    };
  },
}) satisfies Command;
