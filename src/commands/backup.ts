/** `mlctl backup`: saves a workspace in one archive. */
import { workspaceOf } from "../config/workspaceOf.ts";
import { formatBytes } from "../core/text/format.ts";
import type { View } from "../core/view.ts";
import { defineCommand, type Command } from "./command.ts";
import { openConfig } from "./openWorkspaceOf.ts";

export const backup = defineCommand({
  name: "backup",
  group: "Other",
  summary: "save store, records and artifacts in one archive while mlctl keeps working",
  details:
    "Writes a .tar.gz with the checksum of every file. Takes no lock: a training or deployment that runs meanwhile is included completely or not at all. Input files, test data and the folder of `mlctl watch` are included only with --inputs.",
  arguments: [{ name: "[file]", description: "archive to write (default: backup_<time>.tar.gz in the workspace)" }],
  options: { inputs: { flags: "--inputs", description: "include the input folder, the test data and watch.folder" } },
  examples: [
    ["mlctl backup", "into the workspace"],
    ["mlctl backup /mnt/nas/churn.tar.gz --inputs", "with all data, to another disk"],
    ["mlctl restore /mnt/nas/churn.tar.gz -C elsewhere", "restore it"],
  ],
  async run(invocation) {
    const loaded = await openConfig(invocation);
    const step = await import("../lifecycle/backup/backup.ts");
    const options = { configPath: loaded.path, paths: workspaceOf(loaded), output: invocation.args[0] };
    const result = await step.backup({ ...options, inputs: invocation.options.inputs }, invocation.context);
    const { path, bytes, files, contentBytes, damaged, sha256 } = result;
    const missing = damaged.map((name) => `${name} was already missing or changed: run \`mlctl verify\``);
    const bases = loaded.bases.map((base) => `config.json extends ${base}, which is not in the backup: keep a copy`);
    const view: View = {
      title: `wrote ${files} files (${formatBytes(contentBytes)}) to ${path} (${formatBytes(bytes)})`,
      fields: Object.entries({ file: path, sha256 }),
      notes: [...loaded.plainSecrets, ...bases, ...missing],
      next: `\`mlctl restore ${path} -C <empty folder>\` restores it`,
    };
    return { result, view };
  },
}) satisfies Command;
