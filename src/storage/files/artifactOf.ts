import { readFileSync, statSync } from "node:fs";
import type { Artifact } from "../../core/records/artifact.ts";
import { sha256File, sha256Text } from "./sha256.ts";
import { fromRecordPath, toRecordPath } from "./workspacePaths.ts";

/** The artifact of the file at `path`, which is absolute or relative to the workspace. */
export async function artifactOf(workspace: string, path: string): Promise<Artifact> {
  const file = fromRecordPath(workspace, path);
  return { path: toRecordPath(workspace, file), sha256: await sha256File(file), bytes: statSync(file).size };
}

/** True if the file has the size and checksum of the artifact. The size is checked first, because it is cheap. */
export function holdsArtifact(path: string, { sha256, bytes }: Artifact): boolean {
  const stat = statSync(path, { throwIfNoEntry: false });
  return stat?.isFile() === true && stat.size === bytes && sha256Text(readFileSync(path)) === sha256;
}
