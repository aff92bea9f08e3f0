/** `mlctl prune`: deletes old files that nothing references. */
import { counted, formatBytes, shortTime } from "../core/text/format.ts";
import type { View } from "../core/view.ts";
import { defineCommand, type Command } from "./command.ts";
import { sharedOptions } from "./globalOptions.ts";
import { inWorkspace } from "./openWorkspaceOf.ts";
import { tableOf } from "./views/tableOf.ts";

export const prune = defineCommand({
  name: "prune",
  group: "Other",
  summary: "delete old datasets, models and reports that nothing references",
  details:
    "`retention` in config.json says what to keep. Never deleted: the production deployment, the newest three deployments and the targets of the next two rollbacks, the records of all deployments, models of kept deployments, models with an alias or a note, models of logged predictions, the newest of each kind, and the datasets of kept models. Also deletes old release copies and records; backups in the workspace only if `retention.backups` is set. The prediction log follows serve.log.retention.",
  options: { dryRun: sharedOptions.dryRun, wait: sharedOptions.wait },
  examples: [
    ["mlctl prune --dry-run", "what would be deleted, with sizes"],
    ["mlctl prune", "delete it"],
    ["mlctl prune --dry-run --json | jq '.kinds[] | {kind, removed, kept}'", "the number of each kind"],
    ["MLCTL_RETENTION_MODELS_KEEP=5 MLCTL_RETENTION_MODELS_DAYS=7 mlctl prune", "keep fewer models, this time"],
  ],
  async run(invocation) {
    const { dryRun } = invocation.options;
    const step = await import("../lifecycle/prune/prune.ts");
    const result = await inWorkspace(invocation, dryRun ? "read" : { write: "prune" }, (session) =>
      step.prune(session, { dryRun }),
    );
    const { items, bytes, kinds } = result;
    if (items.length === 0)
      return { result, view: { title: "nothing to prune: everything is recent or still referenced" } };
    const what = `${counted(items.length, "item")}, ${formatBytes(bytes)}`;
    const chosen = tableOf(items, [
      ["kind", ({ kind }) => kind],
      ["name", ({ id }) => id],
      ["created", ({ createdAt }) => shortTime(createdAt)],
      [{ header: "size", align: "right" }, (item) => formatBytes(item.bytes)],
    ]);
    const found = kinds.filter(({ removed, kept }) => removed + kept > 0);
    const total = tableOf(found, [
      ["kind", ({ kind }) => kind],
      [dryRun ? "to delete" : "deleted", ({ removed }) => removed],
      ["kept", ({ kept }) => kept],
      [{ header: "size", align: "right" }, (kind) => formatBytes(kind.bytes)],
    ]);
    const view: View = {
      title: dryRun ? `would delete ${what}` : `deleted ${what}`,
      tables: [chosen, { title: "total", ...total }],
      ...(dryRun ? { next: "`mlctl prune` deletes them" } : {}),
    };
    return { result, view };
  },
}) satisfies Command;
