/** ingest: reads new or changed files into one dated dataset. Unreadable files are quarantined with the reason. */
import { readFileSync, realpathSync, rmSync } from "node:fs";
import { basename, dirname, join, sep } from "node:path";
import { atLine, counted, timestamp } from "../../core/text/format.ts";
import type { Dataset, RejectedFile, SourceFile } from "../../core/records/lineage.ts";
import { MlctlError } from "../../core/errors.ts";
import { ingestFiles, type IngestedTable } from "../../data/files/ingestFiles.ts";
import { artifactOf, fromRecordPath, toRecordPath } from "../../storage/files/workspacePaths.ts";
import { atomicWrite, commitFile, ensureFolder, temporaryPath, writeFailure } from "../../storage/files/atomicWrite.ts";
import { saveRecord } from "../../storage/store/saveRecord.ts";
import { planIngest, rejection, type IngestPlan } from "./planIngest.ts";
import { keyColumns, readingOptions, unknownNames } from "../settings.ts";
import { ingestedFilesPath, ingestedFilesText } from "../datasets.ts";
import type { Session } from "../session.ts";

export interface IngestOptions {
  readonly inputs?: readonly string[];
  readonly force?: boolean;
}

/** @throws {MlctlError} kind "data" if no file can be read or the data violates `expect`; then only the quarantine is written */
export async function ingest(session: Session, options: IngestOptions = {}) {
  const { context, store, config } = session;
  const start = performance.now();
  const plan = await planIngest(session, options.inputs ?? [], options.force ?? false);
  for (const message of plan.warnings) context.emit({ type: "warning", stage: "ingest", message });
  const { status, reason } = plan;
  if (status === "nothing_new") {
    const latest = store.latestDataset(config.input_folder_path);
    const seconds = (performance.now() - start) / 1000;
    const nothing = { files: [], duplicatesRemoved: 0, duplicatesKept: 0, rejected: [], notes: [] };
    return { status, reason, dataset: latest === undefined ? null : summary(latest), ...nothing, seconds };
  }
  const reading = `reading ${counted(plan.read.length, "file")}: ${reason}`;
  context.emit({ type: "stage", stage: "ingest", message: reading });
  const stamp = timestamp(context.now());
  const path = join(session.paths.datasets, `finaldata_${stamp}.csv`);
  ensureFolder(session.paths.datasets);
  const table = await readInto(session, plan, path);
  const rejected = [...plan.rejectedBefore, ...quarantine(session, plan, table)];
  // If no file could be read, the error lists them all, so there is no warning for each.
  const warned = table.rows === 0 && table.files.length === 0 ? [] : rejected.map(rejection);
  const keys = keyColumns(config).filter((key) => table.columns.some(({ name }) => name === key));
  const unknown = table.rows === 0 ? [] : unknownNames(table.columns, config);
  const notes = [...table.notes, ...unknown, ...duplicatesNote(table, keys)];
  for (const message of [...warned, ...notes]) context.emit({ type: "warning", stage: "ingest", message });
  if (table.rows === 0) throw nothingLeft(table, rejected);
  const { rows, columns, duplicatesRemoved, duplicatesKept } = table;
  const dataset: Dataset = {
    kind: "dataset",
    datasetId: stamp,
    createdAt: context.now().toISOString(),
    artifact: await artifactOf(session.paths.workspace, path),
    rows,
    columns,
    inputFolder: config.input_folder_path,
    files: sourceFiles(plan, table),
    rejected,
    duplicatesRemoved,
    ingestSha256: plan.ingestSha256,
    seconds: (performance.now() - start) / 1000,
  };
  atomicWrite(ingestedFilesPath(session, dataset), ingestedFilesText(dataset));
  await saveRecord(session, dataset);
  const fresh = new Set(plan.fresh.map((file) => file.path));
  return {
    status: "ingested" as const,
    reason,
    dataset: summary(dataset),
    files: dataset.files.map((file) => ({ path: file.path, rows: file.rows, isNew: fresh.has(file.path) })),
    duplicatesRemoved,
    duplicatesKept,
    rejected,
    notes: [...plan.warnings, ...notes],
    seconds: dataset.seconds,
  };
}

export type IngestResult = Awaited<ReturnType<typeof ingest>>;

/** Writes the dataset to a temporary file and renames it. An error leaves no file behind. */
async function readInto(session: Session, { base, read, fresh }: IngestPlan, path: string): Promise<IngestedTable> {
  const { config, records, context, store } = session;
  const { workspace } = session.paths;
  const temporary = temporaryPath(path);
  const { expect, dedupe, other_columns, select } = config.ingest;
  if (base !== null) await records.fetch(base, [base.artifact]);
  const previous = base && { path: fromRecordPath(workspace, base.artifact.path), columns: base.columns };
  const limits = Object.entries(expect.columns).map(([name, { missing_share: missingShare, ...more }]) => {
    return [name, { ...more, missingShare }] as const;
  });
  const computed = new Set(Object.keys(select).map((name) => name.toLowerCase()));
  const last = store
    .latestDataset(config.input_folder_path)
    ?.columns.map(({ name, type }) => [name.toLowerCase(), type] as const);
  const files = read.map(({ absolute }) => absolute);
  try {
    const table = await ingestFiles(files, {
      ...readingOptions(config),
      nameOf: (file) => toRecordPath(workspace, file),
      output: temporary,
      dedupe,
      ...(other_columns === "reject" && {
        alike: { target: computed.has(config.target.toLowerCase()) ? null : config.target },
      }),
      ...(previous && { previous }),
      ...(last && {
        last: {
          types: new Map(last.filter(([name]) => !computed.has(name))),
          fresh: new Set(fresh.map(({ absolute }) => absolute)),
        },
      }),
      expect: { minRows: expect.min_rows, columns: Object.fromEntries(limits) },
      signal: context.signal,
      onFile: (done, total) => context.emit({ type: "progress", stage: "ingest", done, total, unit: "files" }),
    });
    if (table.rows > 0) commitFile(temporary, path);
    return table;
  } catch (error) {
    throw writeFailure(error, path);
  } finally {
    rmSync(temporary, { force: true });
  }
}

/**
 * Copies unreadable files to rejected/. The copy is named by its hash, so that a retry does not copy it again. Of a file
 * outside the workspace (perhaps behind a link), only the path and reason are recorded.
 */
function quarantine(session: Session, plan: IngestPlan, table: IngestedTable): RejectedFile[] {
  const { workspace, datasets } = session.paths;
  return table.rejected.map(({ path, reason, line, hint }) => {
    const { sha256, bytes, path: recorded } = plan.read.find(({ absolute }) => absolute === path)!;
    const full = hint === undefined ? reason : `${reason} (${hint})`;
    const file = { path: recorded, sha256, bytes, reason: full, ...(line === undefined ? {} : { line }) };
    if (!realpathSync(path).startsWith(join(realpathSync(workspace), sep))) return file;
    const copy = join(datasets, "rejected", `${sha256.slice(0, 12)}_${basename(path)}`);
    atomicWrite(copy, readFileSync(path));
    atomicWrite(`${copy}.reason.txt`, `${described(file)}\n`);
    return { ...file, copy: toRecordPath(workspace, copy) };
  });
}

function sourceFiles(plan: IngestPlan, table: IngestedTable): SourceFile[] {
  const byPath = new Map(plan.read.map((file) => [file.absolute, file]));
  const read = table.files.map(({ path: absolute, rows }) => {
    const { path, sha256, bytes } = byPath.get(absolute)!;
    return { path, sha256, bytes, rows };
  });
  return [...(plan.base?.files ?? []), ...read];
}

function nothingLeft(table: IngestedTable, rejected: readonly RejectedFile[]): MlctlError {
  if (table.files.length > 0) {
    return new MlctlError("data", "no rows are left", { hint: "check ingest.where in config.json" });
  }
  const copy = rejected.find((file) => file.copy !== undefined)?.copy;
  return new MlctlError("data", "no input file could be read", {
    details: rejected.map(described),
    hint: copy === undefined ? "fix the files" : `fix the files; copies are in ${dirname(copy)}`,
  });
}

/** With an id or a time, equal rows are most often one row that came twice; without, they may be frequencies. */
function duplicatesNote({ rows, duplicatesKept }: IngestedTable, keys: readonly string[]): string[] {
  if (duplicatesKept === 0) return [];
  const kept =
    keys.length > 0
      ? `, also in ${keys.join(", ")}, and are kept`
      : " and are kept, because without an id they may be different cases";
  const remove = '"ingest": { "dedupe": "first" } removes them';
  return [`${duplicatesKept} of ${rows} rows equal an earlier row${kept}: ${remove}`];
}

function described({ path, line, reason }: Pick<RejectedFile, "path" | "line" | "reason">): string {
  return atLine(path, line, reason);
}

function summary({ artifact, rows, columns }: Dataset) {
  return { path: artifact.path, rows, columns: columns.length, sha256: artifact.sha256 };
}
