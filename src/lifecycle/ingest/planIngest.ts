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
  const previous = store.latestDataset(config.input_folder_path);
  const found = await inputFiles(session, inputs);
  const { present: files, copies } = withoutCopies(found.files);
  const skipped = [...found.skipped, ...copies];
  const ingestSha256 = settingsSha256(session, config.ingest.dedupe);
  const common = { ingestSha256, present: files };
  if (files.length === 0 && (previous === undefined || inputs.length > 0)) {
    const isEmpty = inputs.length === 0 && readdirSync(inputFolder(session)).every((name) => name.startsWith("."));
    if (!isEmpty || force) throw noInput(session, inputs, skipped);
    // A scheduled job has nothing to do yet.
    const nothing = everything(`${config.input_folder_path} is empty`, []);
    return { ...common, ...nothing, status: "nothing_new" };
  }
  if (previous === undefined)
    return { ...common, ...everything("no earlier dataset for this input folder", files), warnings: skipped };
  const settingsChanged = previous.ingestSha256 !== ingestSha256;
  const known = new Set([...previous.files, ...(settingsChanged ? [] : previous.rejected)].map(({ sha256 }) => sha256));
  const fresh = files.filter(({ sha256 }) => !known.has(sha256));
  const isReplaced = ({ path }: { readonly path: string }): boolean => found.replaced.has(path);
  const gone = removedCount(previous, files, isReplaced);
  const withdrawn = fresh.length === 0 ? previous.files.filter(isReplaced).length : 0;
  const removal = !config.ingest.accumulate && gone > 0;
  if (fresh.length === 0 && withdrawn === 0 && !settingsChanged && !removal && !force) {
    const nothing = { ...everything("no new or changed files", []), status: "nothing_new" as const };
    const lost = inputs.length === 0 ? lostFiles(session, previous, files) : null;
    // Each time, until somebody looks: a month is missing.
    const left = inputs.length > 0 ? [] : rejections(session.paths.workspace, previous);
    return { ...common, ...nothing, warnings: [...skipped, ...left, ...(lost === null ? [] : [lost])] };
  }
  const reason = reasonsOf([
    fresh.length > 0 && counted(fresh.length, "new or changed file"),
    withdrawn > 0 && `${counted(withdrawn, "file")} no longer in ${withdrawn === 1 ? "its" : "their"} source`,
    settingsChanged && "the ingest settings changed",
    removal && `${gone} earlier ${gone === 1 ? "file was" : "files were"} removed`,
  ]).join(", ");
  // Datasets of earlier versions have another default of dedupe.
  const readingChanged = !(["first", "last", false] as const).some(
    (dedupe) => settingsSha256(session, dedupe) === previous.ingestSha256,
  );
  const choice = withEarlierRows(session, { previous, present: files, fresh, gone, readingChanged, isReplaced });
  if (choice.read.length === 0 && choice.base === null) throw noInput(session, inputs, skipped);
  return { ...common, ...choice, warnings: [...skipped, ...choice.warnings], reason: reason || "forced" };
}

type Choice = Omit<IngestPlan, "ingestSha256" | "present">;

function everything(reason: string, present: readonly InputFile[]): Choice {
  return { status: "ingest", reason, fresh: present, read: present, base: null, rejectedBefore: [], warnings: [] };
}

interface Situation extends Pick<IngestPlan, "present" | "fresh"> {
  readonly previous: Dataset;
  readonly gone: number;
  /** The settings changed in more than dedupe, so the rows of removed files would be read in another way now. */
  readonly readingChanged: boolean;
  readonly isReplaced: (file: { readonly path: string }) => boolean;
}

function settingsSha256({ config }: Pick<Session, "config">, dedupe: Session["config"]["ingest"]["dedupe"]): string {
  // Only if it is not the default, so that datasets of earlier versions count as read with the same settings.
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

/** Rows of removed files exist only in the previous dataset: if there are any, it is the base; else all files are read. */
function withEarlierRows({ paths: { workspace }, config }: Session, situation: Situation): Choice {
  const { previous, present, fresh, gone, readingChanged, isReplaced } = situation;
  const all = { ...everything("", present), fresh };
  if (!config.ingest.accumulate || gone === 0) return all;
  const removed = gone === 1 ? "1 earlier file was removed" : `${gone} earlier files were removed`;
  if (readingChanged) {
    const lost = `${gone === 1 ? "its" : "their"} rows are dropped`;
    return { ...all, warnings: [`${removed} and cannot be read again with the changed settings: ${lost}`] };
  }
  const paths = new Set(previous.files.map(({ path }) => path));
  const changed = [...fresh.filter(({ path }) => paths.has(path)), ...previous.files.filter(isReplaced)];
  const twice = config.ingest.dedupe === false ? '; "ingest": { "dedupe": "first" } removes those that come twice' : "";
  const versions = changed.map(({ path }) => path).join(", ");
  const kept = `${removed}, so rows of earlier versions of ${versions} are kept too${twice}`;
  const warnings = changed.length === 0 ? [] : [kept];
  const again = new Set(fresh.flatMap(({ path, sha256 }) => [path, sha256]));
  // Checks the disk, because `fresh` may hold only the files named on the command line.
  const there = rejectedFiles(workspace, previous);
  const rejectedBefore = there.filter(({ path, sha256 }) => !again.has(path) && !again.has(sha256));
  return { ...all, read: fresh, base: previous, rejectedBefore, warnings };
}

/** What the dataset rejected and nobody has taken away. */
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
function removedCount(previous: Dataset, present: readonly InputFile[], isReplaced: Situation["isReplaced"]): number {
  const contents = new Set(present.map(({ sha256 }) => sha256));
  const paths = new Set(present.map(({ path }) => path));
  return previous.files.filter((file) => !contents.has(file.sha256) && !paths.has(file.path) && !isReplaced(file))
    .length;
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
