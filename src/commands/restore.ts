/** `mlctl restore`: restores a workspace from a backup. */
import { basename, resolve } from "node:path";
import type { View } from "../core/view.ts";
import { defineCommand, type Command } from "./command.ts";
import { sharedOptions } from "./globalOptions.ts";

export const restore = defineCommand({
  name: "restore",
  group: "Other",
  summary: "restore a workspace from a backup, verifying every file",
  details:
    "Restores into the current folder, or that of -C; without --force, the folder must be empty. No file is put in place before every file matches its checksum.",
  arguments: [{ name: "<file>", description: "archive written by `mlctl backup`" }],
  excessHint: "give the folder with -C: `mlctl restore backup.tar.gz -C restored`",
  options: {
    force: { ...sharedOptions.force, description: "replace the existing workspace" },
    wait: sharedOptions.wait,
  },
  examples: [
    ["mlctl restore backup.tar.gz -C restored", "into a new folder"],
    ["mlctl restore backup.tar.gz --force", "replace this workspace"],
  ],
  async run(invocation) {
    const { args, options, global, environment, context } = invocation;
    const step = await import("../lifecycle/backup/restore.ts");
    const { force, wait: waitMs = 0 } = options;
    const request = { archive: resolve(args[0]!), folder: global.directory, force, environment, waitMs };
    const result = await step.restore(request, context);
    const { folder, config, files, createdAt, records, damaged } = result;
    const name = basename(config);
    const named = name === "config.json" ? "" : `-c ${/\s/.test(name) ? JSON.stringify(name) : name} `;
    const view: View = {
      title: `restored ${files} files from ${createdAt} to ${folder}: ${records} records`,
      fields: [["folder", folder]],
      notes: damaged.map((path) => `${path} was damaged when the backup was made`),
      next: `run \`mlctl ${named}doctor\`, then \`mlctl ${named}schedule install\` if jobs should run here`,
    };
    return { result, view };
  },
}) satisfies Command;
