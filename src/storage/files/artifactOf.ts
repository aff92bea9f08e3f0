/** Describes a file that mlctl wrote. */
import { readFileSync, statSync } from "node:fs";
import type { Artifact } from "../../core/records/artifact.ts";
import { sha256File, sha256Text } from "./sha256.ts";
import { fromRecordPath, toRecordPath } from "./workspacePaths.ts";

/** The artifact at `path` (absolute, or relative to the workspace) as records name it. */
export async function artifactOf(workspace: string, path: string): Promise<Artifact> {
  const file = fromRecordPath(workspace, path);
  return { path: toRecordPath(workspace, file), sha256: await sha256File(file), bytes: statSync(file).size };
}

/** False where there is no file, or it cannot be read; most others are told by their size alone. */
export function holdsArtifact(path: string, { sha256, bytes }: Artifact): boolean {
  const stat = statSync(path, { throwIfNoEntry: false });
  return stat?.isFile() === true && stat.size === bytes && sha256Text(readFileSync(path)) === sha256;
}
