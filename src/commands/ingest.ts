/** `mlctl ingest`: reads new files into one clean dataset. */
import { exitCodes, MlctlError } from "../core/errors.ts";
import { counted } from "../core/text/format.ts";
import type { View } from "../core/view.ts";
import type { FetchedSource } from "../lifecycle/ingest/fetchSources.ts";
import type { IngestResult } from "../lifecycle/ingest/ingest.ts";
import type { IngestPlan } from "../lifecycle/ingest/planIngest.ts";
import { defineCommand, sharedOptions, type Command } from "./command.ts";
import { inSession, inWorkspace, openWorkspaceOf, warnOfTerminal, writingOptions } from "./openWorkspaceOf.ts";

export const ingest = defineCommand({
  name: "ingest",
  summary: "read new or changed files into one clean, timestamped dataset",
  details:
    "Sources are the addresses of `ingest.sources`, or those named here: https://… (CSV, JSON, JSON lines, Parquet, also .gz), s3://bucket/prefix, postgres://user@host/database with --query, and - for standard input. What is new there is kept as a file in input_folder_path, whose files are then read; if a source has nothing new, nothing is written. Passwords come from the environment: `${NAME}` in config.json, PGPASSWORD or ~/.pgpass, AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY. Files are identified by content: a renamed file is not new, a changed file is. A file that cannot be read is copied to rejected/ and reported with the reason; the others are ingested.",
  arguments: [
    [
      "[paths...]",
      "files or folders to read instead of input_folder_path; https://…, s3://…, postgres://… or - add to it",
    ],
  ],
  options: {
    query: ["--query <sql>", "the SELECT whose rows are read from postgres://…"],
    watermark: [
      "--watermark <column>",
      "with --query: read only rows above the last value of this column, and add them to the earlier ones",
    ],
    force: ["-f, --force", "read all files again even if none is new"],
    dryRun: sharedOptions.dryRun,
    wait: sharedOptions.wait,
  },
  examples: [
    ["mlctl ingest", "new files in the input folder"],
    ["mlctl ingest --dry-run", "which files are new"],
    ["mlctl ingest drops/2026-11-21.csv.gz", "one file from another folder"],
    ["mlctl ingest https://example.org/feed.json.gz", "a file from the web, if it has changed"],
    ["mlctl ingest s3://bucket/traffic", "the new and changed objects below a prefix"],
    ["psql -c '\\copy orders to stdout csv header' | mlctl ingest -", "what another program writes"],
    [
      'mlctl ingest postgres://ml@db/shop --query "SELECT * FROM orders" --watermark id',
      "the rows of a database that are new since the last time",
    ],
    ["mlctl ingest --json | jq .dataset.rows", "number of rows in the dataset"],
  ],
  async run(invocation) {
    const { options, args } = invocation;
    const { isSource } = await import("../lifecycle/ingest/askedSource.ts");
    const addresses = args.filter(isSource);
    if (options.query !== undefined && !addresses.some((each) => each.startsWith("postgres")))
      throw new MlctlError("usage", "--query needs an address such as postgres://user@host/database");
    if (options.dryRun) {
      const many = addresses.length === 1 ? "" : "es";
      if (addresses.length > 0) throw new MlctlError("usage", `--dry-run asks no source: leave out the address${many}`);
      const step = await import("../lifecycle/ingest/planIngest.ts");
      const { unaskedNote } = await import("../lifecycle/ingest/fetchSources.ts");
      return inWorkspace(invocation, "read", async (session) => {
        const plan = await step.planIngest(session, args, options.force);
        return planOutcome(plan, [...plan.warnings, args.length === 0 && unaskedNote(session)]);
      });
    }
    if (addresses.includes("-")) warnOfTerminal(invocation, "ingest");
    const step = await import("../lifecycle/ingest/ingest.ts");
    const { fetchSources } = await import("../lifecycle/ingest/fetchSources.ts");
    const { inputFolder } = await import("../lifecycle/sourceNotes.ts");
    const { ingestNews } = await import("../lifecycle/monitor/ingestNews.ts");
    const { sendAlerts } = await import("../lifecycle/monitor/monitorAlerts.ts");
    const { query, watermark, force } = options;
    const named = addresses.length === 0 ? undefined : { addresses, query, watermark, stdin: invocation.stdin };
    const workspace = await openWorkspaceOf(invocation);
    const result = await inSession(workspace, writingOptions("ingest", options.wait), async (session) => {
      const paths = args.filter((each) => !isSource(each));
      const sources = paths.length > 0 && named === undefined ? [] : await fetchSources(session, named);
      // What a source has is read as part of the input folder.
      const inputs = paths.length > 0 && named !== undefined ? [...paths, inputFolder(session)] : paths;
      return { ...(await step.ingest(session, { inputs, force })), sources };
    });
    await sendAlerts(workspace, await ingestNews(workspace));
    // The dataset is there, without what a source might have had.
    const exitCode = result.sources.some(({ status }) => status === "failed") ? exitCodes.failure : 0;
    return { result, view: ingestView(result), exitCode };
  },
}) satisfies Command;

function planOutcome({ status, reason, present, fresh }: IngestPlan, warnings: View["notes"]) {
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

function ingestView(result: IngestResult & { readonly sources: readonly FetchedSource[] }): View {
  const { status, reason, dataset, files, rejected, duplicatesRemoved, duplicatesKept, sources } = result;
  const asked = {
    columns: ["source", "status", "files"],
    rows: sources.map(({ source, status: how, files: came }) => [source, how, came.join(", ")]),
  };
  if (status === "nothing_new" || dataset === null) {
    return {
      title: `nothing new: ${reason}`,
      fields: dataset === null ? [] : Object.entries({ dataset: dataset.path, rows: dataset.rows }),
      tables: [asked],
      next: dataset === null ? "put files there" : "`mlctl ingest --force` reads all files again",
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
      duplicatesKept > 0 && ["equal rows kept", duplicatesKept],
      ["rejected files", rejected.length],
    ],
    tables: [
      {
        columns: ["file", "rows", "new"],
        rows: files.map(({ path, rows, isNew }) => [path, rows, isNew ? "yes" : "no"]),
      },
      asked,
    ],
    next: "`mlctl train`",
  };
}
