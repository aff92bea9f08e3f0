/** Describes a file that mlctl wrote. */
import { statSync } from "node:fs";
import type { Artifact } from "../core/artifact.ts";
import { sha256File } from "./sha256File.ts";
import { fromRecordPath, toRecordPath } from "./workspacePaths.ts";

/** The artifact at `path` (absolute, or relative to the workspace) as records name it. */
export async function artifactOf(workspace: string, path: string): Promise<Artifact> {
  const file = fromRecordPath(workspace, path);
  return { path: toRecordPath(workspace, file), sha256: await sha256File(file), bytes: statSync(file).size };
}
