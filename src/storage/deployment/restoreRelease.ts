/** Restores damaged files of the active deployment from any identical copy. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { Deployment } from "../../core/records/deployment.ts";
import { atomicWrite } from "../files/atomicWrite.ts";
import { holdsArtifact } from "../files/artifactOf.ts";
import { isOwnFile } from "../files/isOwnFile.ts";
import { fromRecordPath, type WorkspacePaths } from "../files/workspacePaths.ts";
import { namesIn } from "../files/namesIn.ts";
import { copies } from "./release.ts";

/** True if every file of the release is unchanged. */
export function releaseIsWhole({ workspace }: WorkspacePaths, deployment: Deployment): boolean {
  return copies(deployment).every(
    ([, artifact]) => artifact === null || holdsArtifact(fromRecordPath(workspace, artifact.path), artifact),
  );
}

/** Searches the copies next to deployment.json, then the models and datasets folders. @returns the restored paths */
export function restoreRelease(paths: WorkspacePaths, deployment: Deployment): string[] {
  return copies(deployment).flatMap(([name, artifact]) => {
    if (artifact === null) return [];
    const target = fromRecordPath(paths.workspace, artifact.path);
    // An untrusted deployment.json may name any file.
    if (holdsArtifact(target, artifact) || !isOwnFile(paths, target)) return [];
    const source = sourcesOf(paths, name).find((path) => holdsArtifact(path, artifact));
    if (source === undefined) return [];
    atomicWrite(target, readFileSync(source));
    return [artifact.path];
  });
}

function sourcesOf({ production, models, datasets }: WorkspacePaths, name: string): string[] {
  const inside = [models, datasets].flatMap((folder) => namesIn(folder).map((each) => join(folder, each)));
  return [join(production, name), ...inside];
}
