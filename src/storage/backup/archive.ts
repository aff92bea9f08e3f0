/** Writes files to a .tgz archive and unpacks them; unpacking never writes outside the target folder. */
import { createHash } from "node:crypto";
import { createReadStream, createWriteStream, fstatSync, mkdirSync, openSync, rmSync, statfsSync } from "node:fs";
import { dirname, join } from "node:path";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { createGunzip, createGzip } from "node:zlib";
import { extract, pack, type Pack } from "tar-stream";
import { MlctlError } from "../../core/errors.ts";
import { gigabytes } from "../../core/memoryLimit.ts";
import { commitFile, ensureFolder, PRIVATE, temporaryPath, errorCode, writeFailure } from "../files/atomicWrite.ts";

export interface ArchivedFile {
  readonly name: string;
  readonly bytes: number;
  readonly sha256: string;
}

interface WriteArchiveOptions {
  /** Absolute paths; a file that is gone is left out. */
  readonly files: readonly { readonly name: string; readonly path: string }[];
  /** Content of manifest.json, which comes last. */
  readonly manifest: (files: readonly ArchivedFile[]) => string;
  readonly modifiedAt: Date;
  readonly onFile: (done: number) => void;
}

/** Atomic. @throws {MlctlError} kind "failure" if a file became shorter meanwhile, or the disk is full */
export async function writeArchive(path: string, options: WriteArchiveOptions): Promise<ArchivedFile[]> {
  ensureFolder(dirname(path));
  const temporary = temporaryPath(path);
  const tar = pack();
  try {
    const written = pipeline(Readable.from(tar), createGzip(), newFile(temporary, PRIVATE));
    const filled = fill(tar, options);
    // If filling fails, the writer must end too.
    filled.catch((error: unknown) => tar.destroy(error as Error));
    const [files] = await Promise.all([filled, written]);
    commitFile(temporary, path);
    return files;
  } catch (error) {
    tar.destroy();
    rmSync(temporary, { force: true });
    if (error instanceof Error && error.message === "Size mismatch") {
      throw new MlctlError("failure", "a file became shorter while it was copied", {
        hint: "run the command again when no other program writes to the workspace",
        cause: error,
      });
    }
    throw writeFailure(error, path);
  }
}

async function fill(tar: Pack, { files, manifest, modifiedAt, onFile }: WriteArchiveOptions): Promise<ArchivedFile[]> {
  const archived: ArchivedFile[] = [];
  for (const [i, { name, path }] of files.entries()) {
    onFile(i + 1);
    const opened = openedFile(path);
    if (opened === undefined) continue;
    const sink = tar.entry({ name, size: opened.size, mtime: modifiedAt, mode: PRIVATE });
    archived.push({ name, ...(await copyHashed(opened.content, sink as unknown as NodeJS.WritableStream)) });
  }
  tar.entry({ name: "manifest.json", mtime: modifiedAt, mode: PRIVATE }, manifest(archived));
  tar.finalize();
  return archived;
}

/** What is appended to the file from now on belongs to the next backup. @returns undefined if the file is gone */
function openedFile(path: string): { size: number; content: Readable } | undefined {
  try {
    const fd = openSync(path, "r");
    const { size } = fstatSync(fd);
    // A limit of 0 bytes would mean the whole file.
    return { size, content: createReadStream(path, { fd, end: Math.max(size, 1) - 1 }) };
  } catch (error) {
    if (errorCode(error) === "ENOENT") return undefined;
    const message = `cannot read ${path}: ${errorCode(error) ?? String(error)}`;
    throw new MlctlError("failure", message, { hint: "check its permissions", cause: error });
  }
}

/**
 * Unpacks into a new folder.
 * @param accepts whether a name is allowed; any other name is an error
 * @throws {MlctlError} kind "data" if the archive is incomplete, or contains a link or a path outside the folder
 */
export async function readArchive(
  path: string,
  folder: string,
  accepts: (name: string) => boolean,
): Promise<ArchivedFile[]> {
  const files = new Map<string, ArchivedFile>();
  let unpackedBytes = 0;
  // A small archive can unpack to a thousand times its size: it must not fill the disk.
  const { bavail, bsize } = statfsSync(folder);
  const free = bavail * bsize;
  const tar = extract();
  const unpacked = pipeline(createReadStream(path), createGunzip(), tar as unknown as NodeJS.WritableStream);
  // The loop below throws the same error.
  unpacked.catch(() => {});
  try {
    for await (const entry of tar) {
      const { name, type, size = 0 } = entry.header;
      unpackedBytes += size;
      if (unpackedBytes > free) {
        const message = `${path} unpacks to ${gigabytes(unpackedBytes)} or more, and ${gigabytes(free)} are free`;
        const hint = "free some space, or restore to another disk; nothing was changed";
        throw new MlctlError("failure", message, { hint });
      }
      if (type !== "file" || !isPlain(name) || !accepts(name) || files.has(name)) {
        const found = `${JSON.stringify(name)} (${String(type)})`;
        throw notABackup(path, `it contains ${found}, which is never part of a backup`);
      }
      const target = join(folder, name);
      mkdirSync(dirname(target), { recursive: true });
      const sink = newFile(target, name.includes("/") ? undefined : PRIVATE);
      files.set(name, { name, ...(await copyHashed(entry as AsyncIterable<Buffer>, sink)) });
    }
    await unpacked;
    return [...files.values()];
  } catch (error) {
    tar.destroy();
    throw asArchiveError(error, path);
  }
}

async function copyHashed(
  source: AsyncIterable<Buffer>,
  target: NodeJS.WritableStream,
): Promise<{ bytes: number; sha256: string }> {
  const hash = createHash("sha256");
  let bytes = 0;
  await pipeline(
    source,
    async function* (chunks: AsyncIterable<Buffer>) {
      for await (const chunk of chunks) {
        hash.update(chunk);
        bytes += chunk.length;
        yield chunk;
      }
    },
    target,
  );
  return { bytes, sha256: hash.digest("hex") };
}

/**
 * Opens the file before returning: a stream that opens its file later may do so after the archive was found damaged, and
 * create the file in a folder that is being removed. Flushed to disk, because the original may be deleted next.
 */
function newFile(path: string, mode?: number): NodeJS.WritableStream {
  return createWriteStream(path, { fd: openSync(path, "wx", mode), flush: true });
}

/** True for a relative path that stays inside its folder on every operating system. */
function isPlain(name: string): boolean {
  const parts = name.split("/");
  return !/[\\:\p{Cc}]/u.test(name) && parts.every((part) => part !== "" && part !== "." && part !== "..");
}

function asArchiveError(error: unknown, path: string): unknown {
  if (error instanceof MlctlError) return error;
  const code = errorCode(error) ?? "";
  if (["ENOENT", "EACCES", "EISDIR"].includes(code)) {
    const hint = "give the path of a file that `mlctl backup` wrote";
    return new MlctlError("usage", `cannot read ${path}: ${code}`, { hint, cause: error });
  }
  if (["ENOSPC", "EROFS", "EDQUOT"].includes(code)) return writeFailure(error, path);
  return notABackup(path, "it is truncated, damaged or not a .tgz file", error);
}

export function notABackup(path: string, reason: string, cause?: unknown): MlctlError {
  return new MlctlError("data", `${path} is not an mlctl backup: ${reason}`, {
    hint: "use another copy of it; nothing was changed",
    cause,
  });
}
