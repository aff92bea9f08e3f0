/** An S3-compatible bucket as a source of drops: the same folders as prefixes. */
import { existsSync, renameSync, rmSync } from "node:fs";
import { join } from "node:path";
import { ensureFolder } from "../../storage/files/atomicWrite.ts";
import { openBucket, placeOf, type Bucket, type BucketEnvironment } from "../../storage/remote/bucket.ts";
import type { Claim } from "./dropClaims.ts";
import { isTemporary, nameBehind, siblingNames, stemOf } from "./dropNames.ts";
import type { DropSource, Outcome, ReadyDrops } from "./dropResult.ts";

interface BucketSourceOptions {
  readonly address: string;
  readonly folder: string;
  readonly matches?: ((path: string) => boolean) | undefined;
  readonly signal: AbortSignal;
  readonly environment: BucketEnvironment;
}

export function bucketSource({ address, folder, matches, signal, environment }: BucketSourceOptions): DropSource {
  const { name: bucketName, path } = placeOf(address);
  const prefix = path === "" ? "" : `${path}/`;
  const bucket = openBucket(bucketName, environment, signal);
  for (const name of ["processing", "logs"]) ensureFolder(join(folder, name));
  const inputs = `${prefix}input/`;
  return {
    name: `s3://${bucketName}/${prefix}`,
    async ready(): Promise<ReadyDrops> {
      const drops = (await bucket.list(inputs))
        .map(({ key, etag, at }) => ({ given: key.slice(inputs.length), etag, at }))
        .filter(({ given }) => given !== "" && !given.endsWith("/") && !isTemporary(given))
        .filter(({ given }) => matches?.(given) ?? true)
        .toSorted((a, b) => a.at - b.at || (a.given < b.given ? -1 : 1));
      // An object appears whole: nothing is still arriving.
      return { drops: drops.map(({ given, etag }) => ({ given, etag })), arriving: 0, undecided: 0 };
    },
    async isTaken(name) {
      const names = new Set(siblingNames(name));
      for (const status of ["processed", "errored"]) {
        const start = `${prefix}${status}/`;
        const found = await bucket.list(start + stemOf(name));
        if (found.some(({ key }) => names.has(key.slice(start.length)))) return true;
      }
      return false;
    },
    isErrored: async (name) => (await bucket.head(`${prefix}errored/${name}`)) !== undefined,
    async fetch(claim) {
      const part = `${claim.original}.part`;
      const object = { key: `${inputs}${claim.given}`, etag: claim.etag ?? "" };
      if (!(await bucket.download(object, part))) return false;
      renameSync(part, claim.original);
      return true;
    },
    publish: (claim, outcome, log) => publish(bucket, claim, { outcome, log, prefix }),
    logPath: (name) => join(folder, "logs", nameBehind(name, ".log")),
  };
}

/** Results, log, the dropped object under its new key; its old key goes last. All of it may be done again. */
async function publish(
  bucket: Bucket,
  claim: Claim,
  { outcome, log, prefix }: { readonly outcome: Outcome; readonly log: string; readonly prefix: string },
): Promise<ReadonlyMap<string, string>> {
  const places = new Map<string, string>();
  for (const { from, to } of outcome.moves) {
    const path = join(claim.folder, from);
    const key = `${prefix}${outcome.status}/${to}`;
    if (path === claim.original) {
      await bucket.upload(log, `${prefix}logs/${nameBehind(claim.name, ".log")}`, "text/plain");
      await moveObject(bucket, claim, { from: `${prefix}input/${claim.given}`, to: key });
    } else if (existsSync(path)) await bucket.upload(path, key, "text/csv");
    places.set(from, to);
  }
  rmSync(claim.original, { force: true });
  return places;
}

/** Only the object that was read: one that was uploaded under its key since is the next drop. */
async function moveObject(
  bucket: Bucket,
  { etag = "", original }: Claim,
  { from, to }: { readonly from: string; readonly to: string },
): Promise<void> {
  if ((await bucket.head(from))?.etag !== etag) {
    // After a crash the object may be there already.
    const isThere = !existsSync(original) || (await bucket.head(to)) !== undefined;
    if (!isThere) await bucket.upload(original, to, "application/octet-stream");
    return;
  }
  // Not every server reads the escapes in the name of a copy's source as Amazon's does.
  if (!(await bucket.copy({ key: from, etag }, to))) await bucket.upload(original, to, "application/octet-stream");
  await bucket.remove(from);
}
