/** Where the ranks of a training read their rows and leave checkpoints: a folder that all reach, or a bucket. */
import { createHash } from "node:crypto";
import { closeSync, fstatSync, openSync, readSync, renameSync, rmSync } from "node:fs";
import { writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { bucketAddress } from "../../core/text/bucketAddress.ts";
import { MILLISECONDS_A_DAY } from "../../core/text/format.ts";
import { ensureFolder, temporaryPath, errorCode, writeFailure } from "../../storage/files/atomicWrite.ts";

export interface JobPlace {
  /** Absolute path of a folder, or s3://bucket/prefix. */
  readonly address: string;
  /** Readers see all of it or nothing. */
  put(name: string, ...chunks: readonly Uint8Array[]): Promise<void>;
  get(name: string): Promise<Uint8Array<ArrayBuffer> | undefined>;
  /** One object, or everything. */
  remove(name?: string): Promise<void>;
}

export async function openPlace(address: string, signal: AbortSignal): Promise<JobPlace> {
  if (address.startsWith("s3://")) return bucketPlace(address, signal);
  const folder = address;
  return {
    address: folder,
    async put(name, ...chunks) {
      ensureFolder(folder);
      const path = join(folder, name);
      const temporary = temporaryPath(path);
      await write(temporary, chunks);
      renameSync(temporary, path);
    },
    get: async (name) => read(join(folder, name)),
    remove: async (name = "") => rmSync(join(folder, name), { recursive: true, force: true }),
  };
}

async function bucketPlace(address: string, signal: AbortSignal): Promise<JobPlace> {
  const { openBucket } = await import("../../storage/remote/bucket.ts");
  const { name: bucketName, prefix } = bucketAddress(address)!;
  const bucket = openBucket(bucketName, process.env, signal);
  return {
    address,
    put: (name, ...chunks) =>
      inFile(name, async (path) => {
        await write(path, chunks);
        await bucket.upload(path, `${prefix}${name}`, "application/octet-stream");
      }),
    get: (name) =>
      inFile(name, async (path) =>
        (await bucket.download({ key: `${prefix}${name}` }, path)) ? read(path) : undefined,
      ),
    async remove(name) {
      if (name !== undefined) return bucket.remove(`${prefix}${name}`);
      // An interrupted command is not interrupted again, and those of killed ones go as well.
      const own = openBucket(bucketName, process.env, new AbortController().signal);
      const all = prefix.slice(0, -basename(prefix).length - 1);
      const stale = Date.now() - MILLISECONDS_A_DAY;
      for (const { key, at } of await own.list(all)) if (key.startsWith(prefix) || at < stale) await own.remove(key);
    },
  };
}

async function inFile<T>(name: string, use: (path: string) => Promise<T>): Promise<T> {
  const path = temporaryPath(join(tmpdir(), name));
  return use(path).finally(() => rmSync(path, { force: true }));
}

/** One call of Node.js takes less than 2 GiB. */
const LARGEST_CHUNK = 2 ** 30;

export function sha256Of(...all: readonly Uint8Array[]): string {
  const hash = createHash("sha256");
  for (const bytes of all) {
    for (let at = 0; at < bytes.length; at += LARGEST_CHUNK) hash.update(bytes.subarray(at, at + LARGEST_CHUNK));
  }
  return hash.digest("hex");
}

async function write(path: string, chunks: readonly Uint8Array[]): Promise<void> {
  await writeFile(path, chunks, { mode: 0o600 }).catch((error: unknown) => {
    throw writeFailure(error, path);
  });
}

function read(path: string): Uint8Array<ArrayBuffer> | undefined {
  let file: number | undefined;
  try {
    file = openSync(path, "r");
    const bytes = new Uint8Array(fstatSync(file).size);
    for (let at = 0, count = 1; count > 0; at += count) count = readSync(file, bytes.subarray(at, at + LARGEST_CHUNK));
    return bytes;
  } catch (error) {
    if (errorCode(error) === "ENOENT") return undefined;
    throw error;
  } finally {
    if (file !== undefined) closeSync(file);
  }
}
