/** Paths of the records, artifacts and index of a workspace, and checksums of its files. */
import { isAbsolute, relative, resolve, sep, basename, dirname, join } from "node:path";
import { existsSync, realpathSync, createReadStream, readFileSync, statSync } from "node:fs";
import { createHash, hash } from "node:crypto";
import type { BucketAddress } from "../../core/text/bucketAddress.ts";
import type { DatabaseAddress } from "../../core/databaseAddress.ts";
import type { Artifact } from "../../core/records/lineage.ts";
import { MlctlError } from "../../core/errors.ts";

/** All paths are absolute. */
export interface WorkspacePaths {
  /** The folder of config.json; paths in records are relative to it. */
  readonly workspace: string;
  /** output_folder_path: datasets. */
  readonly datasets: string;
  /** output_model_path: runs, models, scores, aliases. */
  readonly models: string;
  /** prod_deployment_path. */
  readonly production: string;
  /** Where the prediction log and, without `shared`, the index and the lock are. */
  readonly database: string;
  /** The SQLite index. That of a shared workspace belongs to one machine, because SQLite is not safe on a network drive. */
  readonly index: string;
  /** The address of the Postgres database that has the records; undefined: they are files in these folders. */
  readonly shared?: DatabaseAddress | undefined;
  /** Where the bytes of artifacts are kept beside the folders; only with `shared`. */
  readonly bucket?: BucketAddress | undefined;
}

/** A path as records store it: relative to the workspace, with forward slashes on every operating system. */
export function toRecordPath(workspace: string, path: string): string {
  const fromWorkspace = relative(workspace, resolve(workspace, path));
  // On Windows, there is no relative path to another drive.
  return (isAbsolute(fromWorkspace) ? resolve(path) : fromWorkspace).split(sep).join("/");
}

export function fromRecordPath(workspace: string, recordPath: string): string {
  return resolve(workspace, recordPath);
}

/** @param path absolute; links in its folder are resolved, the file itself may be a link */
export function isOwnFile({ datasets, models, production }: WorkspacePaths, path: string): boolean {
  const folder = realPath(dirname(path));
  return [datasets, models, production].map(realPath).some((own) => `${folder}${sep}`.startsWith(`${own}${sep}`));
}

function realPath(folder: string): string {
  if (existsSync(folder)) return realpathSync(folder);
  const parent = dirname(folder);
  return parent === folder ? folder : join(realPath(parent), basename(folder));
}

const CHUNK_BYTES = 1 << 20;

/** Streams a large file, in chunks of one megabyte. @returns 64 hexadecimal digits */
export async function sha256File(path: string): Promise<string> {
  const stat = statSync(path, { throwIfNoEntry: false });
  // A stream takes a millisecond and its chunk, which thousands of small files need not pay.
  if (stat?.isFile() === true && stat.size < CHUNK_BYTES) return sha256Text(readFileSync(path));
  const sha256 = createHash("sha256");
  for await (const chunk of createReadStream(path, { highWaterMark: CHUNK_BYTES })) sha256.update(chunk as Buffer);
  return sha256.digest("hex");
}

/** A string is hashed as UTF-8. @returns 64 hexadecimal digits */
export function sha256Text(content: string | Uint8Array): string {
  return hash("sha256", content);
}

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

/** @throws {MlctlError} kind "usage" with the config key of the path */
export function requireKinds({ workspace, datasets, models, production, database }: WorkspacePaths): void {
  const places = [
    ["output_folder_path", datasets, "a folder"],
    ["output_model_path", models, "a folder"],
    ["prod_deployment_path", production, "a folder"],
    ["database", database, "a file"],
  ] as const;
  for (const [key, path, kind] of places) {
    const stat = statSync(path, { throwIfNoEntry: false });
    if (stat === undefined || stat.isDirectory() === (kind === "a folder")) continue;
    const found = stat.isDirectory() ? "a folder" : "a file";
    throw new MlctlError("usage", `${toRecordPath(workspace, path)} is ${found}, not ${kind}`, {
      hint: `move it away, or set "${key}" in config.json`,
    });
  }
}
