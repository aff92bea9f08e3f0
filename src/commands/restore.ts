/** `mlctl restore`: a workspace out of a backup. */
import { basename } from "node:path";
import type { View } from "../core/view.ts";
import type { RestoreResult } from "../lifecycle/backup/restore.ts";
import { defineCommand, type Command } from "./command.ts";
import { sharedOptions } from "./globalOptions.ts";

export const restore = defineCommand({
  name: "restore",
  group: "Other",
  summary: "a workspace out of a backup, checked byte for byte",
  details:
    "Into this folder, or that of -C; one that holds something is refused without --force. Nothing is put in its place before every file fits its hash.",
  arguments: [{ name: "<file>", description: "what `mlctl backup` wrote" }],
  excessHint: "name the folder with -C: `mlctl restore backup.tar.gz -C restored`",
  options: {
    force: { ...sharedOptions.force, description: "replace the workspace that is there" },
    wait: sharedOptions.wait,
  },
  examples: [
    ["mlctl restore backup.tar.gz -C restored", "into a new folder"],
    ["mlctl restore backup.tar.gz --force", "in the place of this workspace"],
  ],
  async run(invocation) {
    const { args, options, global, environment, context } = invocation;
    const step = await import("../lifecycle/backup/restore.ts");
    const { resolve } = await import("node:path");
    const archive = resolve(args[0]!);
    const { force, wait = 0 } = options;
    const request = { archive, folder: global.directory, force, environment, waitMs: wait };
    const result = await step.restore(request, context);
    return { result, view: restoreView(result) };
  },
}) satisfies Command;

export function restoreView({ folder, config, files, createdAt, records, damaged }: RestoreResult): View {
  const name = basename(config);
  const named = name === "config.json" ? "" : `-c ${/\s/.test(name) ? JSON.stringify(name) : name} `;
  return {
    title: `restored ${files} files of ${createdAt} into ${folder}: ${records} records`,
    fields: [["folder", folder]],
    notes: damaged.map((path) => `${path} was damaged when the backup was made`),
    next: `\`mlctl ${named}doctor\`, then \`mlctl ${named}schedule install\` where jobs are to run here`,
  };
}
