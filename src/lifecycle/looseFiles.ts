/** Stamped files in the folders of models and datasets that no record names. */
import { readdirSync, statSync } from "node:fs";
import { join } from "node:path";
import { timeOfStamp } from "../core/format.ts";
import { toRecordPath, type WorkspacePaths } from "../storage/files/workspacePaths.ts";

export interface LooseFile {
  readonly name: string;
  /** Relative to the workspace. */
  readonly path: string;
  readonly createdAt: string;
}

/** "20261121T134652753Z" */
const STAMP = /_(\d{8}T\d{9}Z)(?:_\d+)?\.[a-z]+$/;

/** @param named by records, relative to the workspace */
export function looseFiles(paths: WorkspacePaths, named: ReadonlySet<string>): LooseFile[] {
  return [paths.models, paths.datasets].flatMap((folder) =>
    namesIn(folder).flatMap((name) => {
      const stamp = STAMP.exec(name)?.[1];
      const path = toRecordPath(paths.workspace, join(folder, name));
      return stamp === undefined || named.has(path) ? [] : [{ name, path, createdAt: timeOfStamp(stamp) }];
    }),
  );
}

function namesIn(folder: string): string[] {
  return statSync(folder, { throwIfNoEntry: false })?.isDirectory() === true ? readdirSync(folder) : [];
}
