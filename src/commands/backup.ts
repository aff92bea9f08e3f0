/** `mlctl backup` and `mlctl restore`: a workspace in one file, and back. */
import { formatBytes } from "../core/text/format.ts";
import type { BackupResult } from "../lifecycle/backup/backup.ts";
import type { View } from "../core/view.ts";
import { defineCommand, type Command } from "./command.ts";
import { openConfig } from "./openConfig.ts";

export const backup = defineCommand({
  name: "backup",
  group: "Other",
  summary: "store, records and artifacts in one file, while mlctl goes on working",
  details:
    "A .tar.gz with the hash of every file. Needs no lock: what is trained or deployed meanwhile is in it whole or not at all. Input and test files, and the folder of `mlctl watch`, are only in it with --inputs.",
  arguments: [{ name: "[file]", description: "where it goes (default: backup_<time>.tar.gz in the workspace)" }],
  options: {
    inputs: {
      flags: "--inputs",
      type: "boolean",
      description: "also the input folder, the test data and watch.folder",
    },
  },
  examples: [
    ["mlctl backup", "beside config.json"],
    ["mlctl backup /mnt/nas/churn.tar.gz --inputs", "all of it, elsewhere"],
    ["mlctl restore /mnt/nas/churn.tar.gz -C elsewhere", "and back"],
  ],
  async run(invocation) {
    const loaded = await openConfig(invocation);
    const [{ workspaceOf }, step] = await Promise.all([
      import("../config/workspaceOf.ts"),
      import("../lifecycle/backup/backup.ts"),
    ]);
    const options = { configPath: loaded.path, paths: workspaceOf(loaded), output: invocation.args[0] };
    const result = await step.backup({ ...options, inputs: invocation.options.inputs }, invocation.context);
    return { result, view: backupView(result) };
  },
}) satisfies Command;

export function backupView({ path, bytes, files, contentBytes, damaged, sha256 }: BackupResult): View {
  return {
    title: `wrote ${files} files (${formatBytes(contentBytes)}) into ${path} (${formatBytes(bytes)})`,
    fields: [
      ["file", path],
      ["sha256", sha256],
    ],
    notes: damaged.map((name) => `${name} was missing or changed already: \`mlctl verify\``),
    next: `\`mlctl restore ${path} -C <empty folder>\` brings it back`,
  };
}
