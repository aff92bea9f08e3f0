/** Decides which files an ingestion reads, and why. Writes nothing. */
import { existsSync, readdirSync } from "node:fs";
import type { Dataset, RejectedFile } from "../../core/records/lineage.ts";
import { MlctlError } from "../../core/errors.ts";
import { counted, present as reasonsOf, atLine } from "../../core/text/format.ts";
import { sha256Text, fromRecordPath } from "../../storage/files/workspacePaths.ts";
import { inputFiles, type InputFile } from "./inputFiles.ts";
import { readingOptions } from "../settings.ts";
import { inputFolder } from "../sourceNotes.ts";
import type { Session } from "../session.ts";

export interface IngestPlan {
  readonly status: "ingest" | "nothing_new";
  readonly reason: string;
  readonly ingestSha256: string;
  readonly present: readonly InputFile[];
  /** Present files whose content was not ingested before. */
  readonly fresh: readonly InputFile[];
  readonly read: readonly InputFile[];
  /** The dataset whose rows are kept because some of its files were removed; null if all files are read again. */
  readonly base: Dataset | null;
  /** Files that were rejected for the base and still exist. They are not read again. */
  readonly rejectedBefore: readonly RejectedFile[];
  readonly warnings: readonly string[];
}

/**
 * A file is new if its content is new: a renamed file is known, a changed one is new.
 * @param inputs files or folders to read instead of the input folder
 * @throws {MlctlError} kind "notReady" if there is nothing to read
 */
export async function planIngest(session: Session, inputs: readonly string[], force: boolean): Promise<IngestPlan> {
  const { config, store } = session;
  const { accumulate, dedupe } = config.ingest;
  const previous = store.latestDataset(config.input_folder_path);
  const found = await inputFiles(session, inputs);
  const { present, copies } = withoutCopies(found.files);
  const skipped = [...found.skipped, ...copies];
  const ingestSha256 = settingsSha256(session, dedupe);
  const common = { ingestSha256, present, base: null, rejectedBefore: [] };
  const all = { ...common, status: "ingest" as const, fresh: present, read: present, warnings: skipped };
  const nothing = { ...common, status: "nothing_new" as const, fresh: [], read: [] };
  if (present.length === 0 && (previous === undefined || inputs.length > 0)) {
    const isEmpty = inputs.length === 0 && readdirSync(inputFolder(session)).every((name) => name.startsWith("."));
    if (!isEmpty || force) throw noInput(session, inputs, skipped);
    // A scheduled job has nothing to do yet.
    return { ...nothing, reason: `${config.input_folder_path} is empty`, warnings: [] };
  }
  if (previous === undefined) return { ...all, reason: "no earlier dataset for this input folder" };
  const settingsChanged = previous.ingestSha256 !== ingestSha256;
  const known = new Set([...previous.files, ...(settingsChanged ? [] : previous.rejected)].map(({ sha256 }) => sha256));
  const fresh = present.filter(({ sha256 }) => !known.has(sha256));
  const replaced = previous.files.filter(({ path }) => found.replaced.has(path));
  const gone = removedCount(previous, present, found.replaced);
  const withdrawn = fresh.length === 0 ? replaced.length : 0;
  const removal = !accumulate && gone > 0;
  if (fresh.length === 0 && withdrawn === 0 && !settingsChanged && !removal && !force) {
    const lost = inputs.length === 0 ? lostFiles(session, previous, present) : null;
    // Each time, until somebody looks: a month is missing.
    const left = inputs.length > 0 ? [] : rejections(session.paths.workspace, previous);
    return { ...nothing, reason: "no new or changed files", warnings: reasonsOf([...skipped, ...left, lost]) };
  }
  const removed = gone === 1 ? "1 earlier file was removed" : `${gone} earlier files were removed`;
  const reasons = reasonsOf([
    fresh.length > 0 && counted(fresh.length, "new or changed file"),
    withdrawn > 0 && `${counted(withdrawn, "file")} no longer in ${withdrawn === 1 ? "its" : "their"} source`,
    settingsChanged && "the ingest settings changed",
    removal && removed,
  ]);
  const reason = reasons.join(", ") || "forced";
  if (accumulate && gone > 0 && wasReadAlike(session, previous)) {
    // Rows of removed files exist only in the previous dataset.
    const paths = new Set(previous.files.map(({ path }) => path));
    const versions = [...fresh.filter(({ path }) => paths.has(path)), ...replaced].map(({ path }) => path).join(", ");
    const twice = dedupe === false ? '; "ingest": { "dedupe": "first" } removes those that come twice' : "";
    const kept = versions !== "" && `${removed}, so rows of earlier versions of ${versions} are kept too${twice}`;
    const again = new Set(fresh.flatMap(({ path, sha256 }) => [path, sha256]));
    // Checks the disk, because `fresh` may hold only the files named on the command line.
    const there = rejectedFiles(session.paths.workspace, previous);
    const rejectedBefore = there.filter(({ path, sha256 }) => !again.has(path) && !again.has(sha256));
    const warnings = reasonsOf([...skipped, kept]);
    return { ...all, fresh, read: fresh, base: previous, rejectedBefore, warnings, reason };
  }
  if (present.length === 0) throw noInput(session, inputs, skipped);
  const dropped = `${removed} and cannot be read again with the changed settings: ${gone === 1 ? "its" : "their"} rows are dropped`;
  return { ...all, fresh, reason, warnings: reasonsOf([...skipped, accumulate && gone > 0 && dropped]) };
}

/** With the same settings, but perhaps another one of dedupe: else the rows of removed files would be read in another way now. */
function wasReadAlike(session: Session, { ingestSha256 }: Dataset): boolean {
  return (["first", "last", false] as const).some((dedupe) => settingsSha256(session, dedupe) === ingestSha256);
}

function settingsSha256({ config }: Pick<Session, "config">, dedupe: Session["config"]["ingest"]["dedupe"]): string {
  const filled = config.ingest.other_columns === "fill" ? ["fill"] : [];
  return sha256Text(JSON.stringify([readingOptions(config), dedupe, ...filled]));
}

/** Of files with the same content, the first; dedupe would not tell their rows from rows that are equal in one file. */
function withoutCopies(files: readonly InputFile[]): { present: InputFile[]; copies: string[] } {
  const groups = [...Map.groupBy(files, ({ sha256 }) => sha256).values()];
  return {
    present: groups.map(([first]) => first!),
    copies: groups.flatMap(([first, ...others]) =>
      others.map(({ path }) => `skipped ${path}: it has the same content as ${first!.path}`),
    ),
  };
}

/** Files that the dataset rejected and that are still there. */
export function rejectedFiles(workspace: string, { rejected }: Pick<Dataset, "rejected">): RejectedFile[] {
  return rejected.filter(({ path }) => existsSync(fromRecordPath(workspace, path)));
}

/** "a.csv was rejected, line 3: …" for each of these. */
export function rejections(workspace: string, dataset: Pick<Dataset, "rejected">): string[] {
  return rejectedFiles(workspace, dataset).map(rejection);
}

export function rejection({ path, line, reason }: Pick<RejectedFile, "path" | "line" | "reason">): string {
  return atLine(`${path} was rejected`, line, reason);
}

/** A message if no file is left of those that the dataset was read from. Renamed ones are present. */
export function lostFiles(
  { paths: { workspace }, config }: Pick<Session, "paths" | "config">,
  { files, rejected }: Dataset,
  present: readonly Pick<InputFile, "path">[],
): string | null {
  const isLost =
    files.length > 0 &&
    present.every(({ path }) => rejected.some((each) => each.path === path)) &&
    files.every(({ path }) => !existsSync(fromRecordPath(workspace, path)));
  if (!isLost) return null;
  const all =
    files.length === 1 ? "the file of the last dataset is" : `all ${files.length} files of the last dataset are`;
  return `${all} gone from ${config.input_folder_path}`;
}

/** Number of files of the previous dataset that were removed. Renamed, changed and replaced files do not count. */
function removedCount(previous: Dataset, present: readonly InputFile[], replaced: ReadonlySet<string>): number {
  const contents = new Set(present.map(({ sha256 }) => sha256));
  const paths = new Set(present.map(({ path }) => path));
  const isKnown = (path: string): boolean => paths.has(path) || replaced.has(path);
  return previous.files.filter(({ path, sha256 }) => !contents.has(sha256) && !isKnown(path)).length;
}

function noInput({ config }: Session, inputs: readonly string[], skipped: readonly string[]): MlctlError {
  const where = inputs.length === 0 ? config.input_folder_path : inputs.join(", ");
  if (skipped.length > 0) {
    return new MlctlError("data", `${where} has no readable file`, {
      details: skipped,
      hint: "grant read permission on the files, or copy them there",
    });
  }
  return new MlctlError("notReady", `${where} has no file that matches ${config.ingest.pattern}`, {
    hint: 'put files there, or set "ingest.pattern" in config.json',
  });
}
