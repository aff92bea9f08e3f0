/** `mlctl ingest`: reads new files into one clean dataset. */
import { counted } from "../core/text/format.ts";
import type { View } from "../core/view.ts";
import type { IngestResult } from "../lifecycle/ingest/ingest.ts";
import type { IngestPlan } from "../lifecycle/ingest/planIngest.ts";
import { defineCommand, type Command } from "./command.ts";
import { sharedOptions } from "./globalOptions.ts";
import { inWorkspace } from "./openWorkspaceOf.ts";

export const ingest = defineCommand({
  name: "ingest",
  group: "Lifecycle",
  summary: "read new or changed files into one clean, timestamped dataset",
  details:
    "Files are identified by content: a renamed file is not new, a changed file is. A file that cannot be read is copied to rejected/ and reported with the reason; the others are ingested.",
  arguments: [{ name: "[paths...]", description: "files or folders to read instead of input_folder_path" }],
  options: {
    force: { ...sharedOptions.force, description: "read all files again even if none is new" },
    dryRun: sharedOptions.dryRun,
    wait: sharedOptions.wait,
  },
  examples: [
    ["mlctl ingest", "new files in the input folder"],
    ["mlctl ingest --dry-run", "which files are new"],
    ["mlctl ingest drops/2026-11-21.csv.gz", "one file from another folder"],
    ["mlctl ingest --json | jq .dataset.rows", "number of rows in the dataset"],
  ],
  async run(invocation) {
    const { options, args } = invocation;
    if (options.dryRun) {
      const step = await import("../lifecycle/ingest/planIngest.ts");
      const plan = await inWorkspace(invocation, "read", (session) => step.planIngest(session, args, options.force));
      return planOutcome(plan);
    }
    const step = await import("../lifecycle/ingest/ingest.ts");
    const result = await inWorkspace(invocation, { write: "ingest" }, (session) =>
      step.ingest(session, { inputs: args, force: options.force }),
    );
    return { result, view: ingestView(result) };
  },
}) satisfies Command;

function planOutcome({ status, reason, present, fresh, warnings }: IngestPlan) {
  const isNew = new Set(fresh.map(({ path }) => path));
  const files = present.map(({ path, sha256, bytes }) => ({ path, sha256, bytes, isNew: isNew.has(path) }));
  const rows = files.map((file) => [file.path, file.bytes, file.isNew ? "yes" : "no"]);
  const view: View = {
    title: status === "ingest" ? `would ingest: ${reason}` : `nothing to ingest: ${reason}`,
    tables: [{ columns: ["file", "bytes", "new"], rows }],
    notes: warnings,
  };
  return { result: { status, reason, files, dryRun: true }, view };
}

function ingestView(result: IngestResult): View {
  const { status, reason, dataset, files, rejected, duplicatesRemoved, duplicatesKept } = result;
  if (status === "nothing_new" || dataset === null) {
    return {
      title: `nothing new: ${reason}`,
      fields: dataset === null ? [] : Object.entries({ dataset: dataset.path, rows: dataset.rows }),
      next: "`mlctl ingest --force` reads all files again",
    };
  }
  // In a pipe, the title is all that is printed of these numbers.
  const removed = duplicatesRemoved === 0 ? "" : `, ${duplicatesRemoved} duplicates removed`;
  return {
    title: `ingested ${dataset.rows} rows from ${counted(files.length, "file")} (${reason})${removed}`,
    fields: [
      ["dataset", dataset.path],
      ["rows", dataset.rows],
      ["columns", dataset.columns],
      ["duplicates removed", duplicatesRemoved],
      ...(duplicatesKept === 0 ? [] : [["equal rows kept", duplicatesKept] as const]),
      ["rejected files", rejected.length],
    ],
    tables: [
      {
        columns: ["file", "rows", "new"],
        rows: files.map(({ path, rows, isNew }) => [path, rows, isNew ? "yes" : "no"]),
      },
    ],
    next: "`mlctl train`",
  };
}
