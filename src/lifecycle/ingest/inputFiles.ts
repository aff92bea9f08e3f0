/** Finds the input files of an ingestion, and the files that had to be skipped. */
import { accessSync, constants, lstatSync, statSync } from "node:fs";
import { resolve } from "node:path";
import { MlctlError } from "../../core/errors.ts";
import type { Artifact } from "../../core/records/lineage.ts";
import { findInputFiles } from "../../data/findInputFiles.ts";
import { sha256File, toRecordPath } from "../../storage/files/workspacePaths.ts";
import { errorCode } from "../../storage/files/atomicWrite.ts";
import type { Session } from "../session.ts";
import { otherPlaces } from "../workspace.ts";
import { arrivalPlace, inputFolder, sourceFiles } from "../sourceNotes.ts";

export interface InputFile extends Artifact {
  readonly absolute: string;
}

export async function inputFiles(session: Session, inputs: readonly string[]) {
  const found = await foundFiles(session, inputs);
  const files = await Array.fromAsync(found.files, async (file): Promise<InputFile> => {
    return { ...file, sha256: await sha256File(file.absolute), bytes: statSync(file.absolute).size };
  });
  return { ...found, files };
}

/**
 * Finds the input files without hashing them.
 * @param inputs files or folders to read instead of the input folder
 * @returns `skipped`: messages about files that match the pattern but cannot be read; `replaced`: paths, as in records, of
 *   what newer versions from the same source replaced
 * @throws {MlctlError} kind "notReady" if one of them does not exist
 */
export async function foundFiles(session: Session, inputs: readonly string[]) {
  const { config, paths } = session;
  const others = otherPlaces(session, inputs.length === 0 ? "test_data_path" : undefined);
  const roots = inputs.length === 0 ? [inputFolder(session)] : inputs.map((input) => resolve(input));
  const sources = sourceFiles(arrivalPlace(session, "train"));
  const files = new Map<string, Pick<InputFile, "path" | "absolute">>();
  const skipped: string[] = [];
  const onLeftOut = (path: string, reason: string): void =>
    void skipped.push(`skipped ${toRecordPath(paths.workspace, path)}: ${reason}`);
  const isCurrent = (path: string): boolean => !sources.replaced.has(path);
  for (const root of roots) {
    const found = isFolder(root, toRecordPath(paths.workspace, root), inputs.length > 0)
      ? (await findInputFiles(root, config.ingest.pattern, onLeftOut, others)).filter(isCurrent)
      : [root];
    // The pattern chooses among files whose names people gave.
    const fetched = root === inputFolder(session) ? sources.current : [];
    for (const absolute of new Set([...found, ...fetched])) {
      const path = toRecordPath(paths.workspace, absolute);
      if (files.has(path)) continue;
      if (isReadable(absolute)) files.set(path, { path, absolute });
      else skipped.push(`skipped ${path}: no permission to read it`);
    }
  }
  const replaced = new Set([...sources.replaced].map((path) => toRecordPath(paths.workspace, path)));
  return { files: [...files.values()], skipped, replaced };
}

function isFolder(root: string, shown: string, named: boolean): boolean {
  try {
    return statSync(root).isDirectory();
  } catch (cause) {
    if (lstatSync(root, { throwIfNoEntry: false }) !== undefined) {
      throw new MlctlError("data", `${shown} is a broken link`, { cause, hint: "fix the link" });
    }
    const hint = named ? "check the path" : 'put files there, or set "input_folder_path" in config.json';
    throw new MlctlError("notReady", `${shown} does not exist`, { cause, hint });
  }
}

function isReadable(absolute: string): boolean {
  try {
    accessSync(absolute, constants.R_OK);
    return true;
  } catch (error) {
    if (errorCode(error) === "EACCES") return false;
    throw error;
  }
}
