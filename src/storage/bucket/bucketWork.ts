/** The bytes of offered work in the bucket of a workspace. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { BucketAddress } from "../../core/text/bucketAddress.ts";
import type { WorkBytes } from "../records/work.ts";
import type { Bucket } from "../remote/bucket.ts";

export function bucketOfWorkBytes({ name, prefix }: BucketAddress, signal: AbortSignal): WorkBytes {
  const open = async (until = new AbortController().signal): Promise<Bucket> =>
    (await import("../remote/bucket.ts")).openBucket(name, process.env, until);
  /** The last two parts of its name: SHA-256 and a random part. */
  const keyOf = (offer: string): string => `${prefix}work/${offer.split("/").slice(-2).join("-")}`;
  return {
    put: (offer, bytes) =>
      inFile(async (path) => {
        writeFileSync(path, bytes);
        await (await open(signal)).upload(path, keyOf(offer), "application/octet-stream");
      }),
    get: (offer) =>
      inFile(async (path) =>
        (await (await open(signal)).download({ key: keyOf(offer) }, path)) ? readFileSync(path) : undefined,
      ),
    // Also after Ctrl-C.
    remove: async (offer) => (await open()).remove(keyOf(offer)),
  };
}

async function inFile<T>(work: (path: string) => Promise<T>): Promise<T> {
  const folder = mkdtempSync(join(tmpdir(), "mlctl-work-"));
  try {
    return await work(join(folder, "bytes"));
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
