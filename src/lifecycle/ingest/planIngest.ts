/** Which files an ingestion would read, and why; nothing is written here. */
import { existsSync } from "node:fs";
import type { Dataset, RejectedFile } from "../../core/records/dataset.ts";
import { MlctlError } from "../../core/errors.ts";
import { sha256Text } from "../../storage/files/sha256.ts";
import { fromRecordPath } from "../../storage/files/workspacePaths.ts";
import { inputFiles, type InputFile } from "./inputFiles.ts";
import { readingOptions } from "../settings.ts";
import type { Session } from "../session.ts";

export interface IngestPlan {
  /** "nothing_new" reads nothing. */
  readonly status: "ingest" | "nothing_new";
  readonly reason: string;
  readonly ingestSha256: string;
  /** All files that are there now. */
  readonly present: readonly InputFile[];
  /** Those among them whose content was not ingested before. */
  readonly fresh: readonly InputFile[];
  /** What will be read. */
  readonly read: readonly InputFile[];
  /** The dataset whose rows stay although some of its files are gone; null where all files are read again. */
  readonly base: Dataset | null;
  /** What could not be read for the base and is still there: it is not tried again. */
  readonly rejectedBefore: readonly RejectedFile[];
  readonly warnings: readonly string[];
}

/**
 * New is what has new content: a renamed file is known, a changed one is new.
 * @param inputs files or folders to read instead of the input folder
 * @throws {MlctlError} kind "notReady" when there is nothing to read at all
 */
export async function planIngest(session: Session, inputs: readonly string[], force: boolean): Promise<IngestPlan> {
  const { config, store } = session;
  const previous = store.latestDataset(config.input_folder_path);
  const { files: present, leftOut } = await inputFiles(session, inputs);
  if (present.length === 0 && (previous === undefined || inputs.length > 0)) throw noInput(session, inputs, leftOut);
  const ingestSha256 = sha256Text(JSON.stringify([readingOptions(config), config.ingest.dedupe]));
  const common = { ingestSha256, present };
  if (previous === undefined)
    return { ...common, ...everything("no data was ingested from here before", present), warnings: leftOut };
  const settingsChanged = previous.ingestSha256 !== ingestSha256;
  const known = new Set([...previous.files, ...(settingsChanged ? [] : previous.rejected)].map(({ sha256 }) => sha256));
  const fresh = present.filter(({ sha256 }) => !known.has(sha256));
  const gone = vanished(previous, present);
  const removal = !config.ingest.accumulate && gone > 0;
  if (fresh.length === 0 && !settingsChanged && !removal && !force) {
    return {
      ...common,
      status: "nothing_new",
      reason: "no new or changed file",
      fresh,
      read: [],
      base: null,
      rejectedBefore: [],
      warnings: leftOut,
    };
  }
  const reason = [
    ...(fresh.length > 0 ? [`${fresh.length} new or changed ${fresh.length === 1 ? "file" : "files"}`] : []),
    ...(settingsChanged ? ["the ingest settings changed"] : []),
    ...(removal ? [`${gone} earlier ${gone === 1 ? "file is" : "files are"} gone`] : []),
  ].join(", ");
  const choice = withEarlierRows(
    { workspace: session.paths.workspace, previous, present, fresh, gone, settingsChanged },
    config.ingest.accumulate,
  );
  if (choice.read.length === 0 && choice.base === null) throw noInput(session, inputs, leftOut);
  return { ...common, ...choice, warnings: [...leftOut, ...choice.warnings], reason: reason || "forced" };
}

type Choice = Pick<IngestPlan, "status" | "reason" | "fresh" | "read" | "base" | "rejectedBefore" | "warnings">;

function everything(reason: string, present: readonly InputFile[]): Choice {
  return { status: "ingest", reason, fresh: present, read: present, base: null, rejectedBefore: [], warnings: [] };
}

interface Situation {
  readonly workspace: string;
  readonly previous: Dataset;
  readonly present: readonly InputFile[];
  readonly fresh: readonly InputFile[];
  readonly gone: number;
  readonly settingsChanged: boolean;
}

/** Rows of files that are gone stand only in the previous dataset: then it is the base, else all files are read again. */
function withEarlierRows(situation: Situation, accumulate: boolean): Choice {
  const { workspace, previous, present, fresh, gone, settingsChanged } = situation;
  const all = { ...everything("", present), fresh };
  if (!accumulate || gone === 0) return all;
  const earlier = gone === 1 ? "1 earlier file is" : `${gone} earlier files are`;
  if (settingsChanged) {
    return {
      ...all,
      warnings: [`${earlier} gone and cannot be read with the changed settings: their rows are left out`],
    };
  }
  const paths = new Set(previous.files.map(({ path }) => path));
  const changed = fresh.filter(({ path }) => paths.has(path));
  const warnings =
    changed.length === 0
      ? []
      : [`${earlier} gone, so rows of earlier versions of ${changed.map(({ path }) => path).join(", ")} stay too`];
  return { ...all, read: fresh, base: previous, rejectedBefore: stillThere(workspace, previous, fresh), warnings };
}

/** Looked for on disk: files named on the command line are not all that the input folder holds. */
function stillThere(workspace: string, { rejected }: Dataset, read: readonly InputFile[]): RejectedFile[] {
  const again = new Set(read.flatMap(({ path, sha256 }) => [path, sha256]));
  return rejected.filter(
    ({ path, sha256 }) => !again.has(path) && !again.has(sha256) && existsSync(fromRecordPath(workspace, path)),
  );
}

/** Files of the previous dataset whose content is not there any more, under no name; a changed file is not gone. */
function vanished(previous: Dataset, present: readonly InputFile[]): number {
  const contents = new Set(present.map(({ sha256 }) => sha256));
  const paths = new Set(present.map(({ path }) => path));
  return previous.files.filter(({ sha256, path }) => !contents.has(sha256) && !paths.has(path)).length;
}

function noInput({ config }: Session, inputs: readonly string[], leftOut: readonly string[]): MlctlError {
  const where = inputs.length === 0 ? config.input_folder_path : inputs.join(", ");
  if (leftOut.length > 0) {
    return new MlctlError("data", `${where} holds no file that can be read`, {
      details: leftOut,
      hint: "give mlctl the right to read the files, or copy them there",
    });
  }
  return new MlctlError("notReady", `${where} holds no file that fits ${config.ingest.pattern}`, {
    hint: 'put files there, or set "ingest.pattern" in config.json',
  });
}
