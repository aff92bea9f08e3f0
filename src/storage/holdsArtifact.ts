/** Whether a file has the very bytes that a record names. */
import { readFileSync, statSync } from "node:fs";
import type { Artifact } from "../core/artifact.ts";
import { sha256Text } from "./sha256Text.ts";

/** False where there is no file, or it cannot be read; most others are told by their size alone. */
export function holdsArtifact(path: string, { sha256, bytes }: Artifact): boolean {
  const stat = statSync(path, { throwIfNoEntry: false });
  return stat?.isFile() === true && stat.size === bytes && sha256Text(readFileSync(path)) === sha256;
}
