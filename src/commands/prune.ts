/** `mlctl prune`: takes away what is old and not needed any more. */
import { formatBytes, shortTime } from "../core/text/format.ts";
import type { View } from "../core/view.ts";
import type { PruneResult } from "../lifecycle/prune/prune.ts";
import { defineCommand, type Command } from "./command.ts";
import { sharedOptions } from "./globalOptions.ts";
import { openWorkspaceOf, writingOptions } from "./openWorkspaceOf.ts";

export const prune = defineCommand({
  name: "prune",
  group: "Other",
  summary: "take away old datasets, models, releases, reports and records that nothing needs any more",
  details:
    "What stays is in `retention` of config.json. Never taken away: what is in production, the newest three deployments and what the next two rollbacks go back to, the records of all deployments, models of deployments that stay, models with an alias or a note, the newest of each kind, the data that kept models were trained on, and models that logged predictions were made by. Backups in the workspace stay unless `retention.backups` says otherwise. The prediction log keeps to serve.log.retention by itself.",
  options: { dryRun: sharedOptions.dryRun, wait: sharedOptions.wait },
  examples: [
    ["mlctl prune --dry-run", "what would go, with sizes"],
    ["mlctl prune", "take it away"],
    ["mlctl prune --dry-run --json | jq '.kinds[] | {kind, removed, kept}'", "how many of each kind"],
    ["MLCTL_RETENTION_MODELS_KEEP=5 MLCTL_RETENTION_MODELS_DAYS=7 mlctl prune", "less for once"],
  ],
  async run(invocation) {
    const { dryRun, wait } = invocation.options;
    const workspace = await openWorkspaceOf(invocation);
    const [{ reading, writing }, step] = await Promise.all([
      import("../lifecycle/session.ts"),
      import("../lifecycle/prune/prune.ts"),
    ]);
    const result = dryRun
      ? await reading(workspace, (session) => step.prune(session, { dryRun }))
      : await writing(workspace, writingOptions("prune", wait), (session) => step.prune(session, { dryRun }));
    return { result, view: pruneView(result) };
  },
}) satisfies Command;

export function pruneView({ dryRun, items, bytes, kinds }: PruneResult): View {
  const what = `${items.length} ${items.length === 1 ? "thing" : "things"}, ${formatBytes(bytes)}`;
  if (items.length === 0) return { title: "nothing to prune: all of it is young, recent or needed" };
  const summary = kinds.filter(({ removed, kept }) => removed + kept > 0);
  return {
    title: dryRun ? `would take away ${what}` : `took away ${what}`,
    tables: [
      {
        columns: ["kind", "what", "of", { header: "size", align: "right" }],
        rows: items.map(({ kind, id, createdAt, bytes: size }) => [kind, id, shortTime(createdAt), formatBytes(size)]),
      },
      {
        title: "in all",
        columns: ["kind", dryRun ? "would go" : "went", "stay", { header: "size", align: "right" }],
        rows: summary.map(({ kind, removed, kept, bytes: size }) => [kind, removed, kept, formatBytes(size)]),
      },
    ],
    ...(dryRun ? { next: "`mlctl prune` takes them away" } : {}),
  };
}
