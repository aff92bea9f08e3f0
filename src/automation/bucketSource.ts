/** An S3-compatible bucket as a source of drops; the only importer of the AWS SDK. */
import {
  CopyObjectCommand,
  DeleteObjectCommand,
  GetObjectCommand,
  HeadObjectCommand,
  ListObjectsV2Command,
  PutObjectCommand,
  S3Client,
} from "@aws-sdk/client-s3";
import { createReadStream, createWriteStream, existsSync, renameSync, rmSync, statSync } from "node:fs";
import { join } from "node:path";
import type { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { MlctlError } from "../core/errors.ts";
import { ensureFolder } from "../storage/commitFile.ts";
import { writeFailure } from "../storage/writeFailure.ts";
import type { Claim } from "./dropClaims.ts";
import { isTemporary, nameBehind, siblingNames, stemOf } from "./dropNames.ts";
import type { DropSource, Outcome, ReadyDrops } from "./dropSource.ts";

export interface BucketSourceOptions {
  /** s3://bucket/prefix */
  readonly address: string;
  /** Absolute; files are worked on in its `processing`, logs are kept in its `logs`. */
  readonly folder: string;
  readonly matches?: (path: string) => boolean;
  readonly signal: AbortSignal;
  /** AWS_ENDPOINT_URL_S3, AWS_ENDPOINT_URL and AWS_REGION; credentials are found by the SDK. */
  readonly environment: Readonly<Record<string, string | undefined>>;
}

interface Bucket {
  readonly client: S3Client;
  readonly bucket: string;
  /** "" or ending in a slash. */
  readonly prefix: string;
  readonly signal: AbortSignal;
}

/** @throws {MlctlError} kind "usage" where the address names no bucket */
export function bucketSource({ address, folder, matches, signal, environment }: BucketSourceOptions): DropSource {
  const { bucket, prefix } = placeOf(address);
  const place: Bucket = { client: clientOf(environment), bucket, prefix, signal };
  for (const name of ["processing", "logs"]) ensureFolder(join(folder, name));
  const inputs = `${prefix}input/`;
  return {
    name: `s3://${bucket}/${prefix}`,
    async ready(): Promise<ReadyDrops> {
      const objects = await objectsBelow(place, inputs);
      const drops = objects
        .map(({ key, etag, at }) => ({ given: key.slice(inputs.length), etag, at }))
        .filter(({ given }) => given !== "" && !given.endsWith("/") && !isTemporary(given))
        .filter(({ given }) => matches?.(given) ?? true)
        .toSorted((a, b) => a.at - b.at || (a.given < b.given ? -1 : 1));
      // An object appears whole: nothing is still arriving.
      return { drops: drops.map(({ given, etag }) => ({ given, etag })), arriving: 0 };
    },
    async isTaken(name) {
      const names = new Set(siblingNames(name));
      for (const status of ["processed", "errored"]) {
        const start = `${prefix}${status}/`;
        const found = await objectsBelow(place, start + stemOf(name));
        if (found.some(({ key }) => names.has(key.slice(start.length)))) return true;
      }
      return false;
    },
    fetch: (claim) => download(place, claim, `${inputs}${claim.given}`),
    publish: (claim, outcome, log) => publish(place, claim, { outcome, log, key: `${inputs}${claim.given}` }),
    logPath: (name) => join(folder, "logs", nameBehind(name, ".log")),
  };
}

function placeOf(address: string): { bucket: string; prefix: string } {
  const [, bucket, path] = /^s3:\/\/([a-z0-9][a-z0-9.-]{1,61}[a-z0-9])(?:\/(.*))?$/s.exec(address) ?? [];
  if (bucket === undefined) {
    throw new MlctlError("usage", `${address} names no bucket`, { hint: "such as s3://bucket/prefix" });
  }
  const prefix = (path ?? "").replace(/^\/+|\/+$/g, "");
  return { bucket, prefix: prefix === "" ? "" : `${prefix}/` };
}

function clientOf(environment: BucketSourceOptions["environment"]): S3Client {
  const endpoint = environment["AWS_ENDPOINT_URL_S3"] ?? environment["AWS_ENDPOINT_URL"];
  const region = environment["AWS_REGION"] ?? environment["AWS_DEFAULT_REGION"] ?? "us-east-1";
  return new S3Client({
    region,
    // Servers other than Amazon's have no domain for each bucket, and not all know the newer checksums.
    ...(endpoint === undefined ? {} : { endpoint, forcePathStyle: true }),
    requestChecksumCalculation: "WHEN_REQUIRED",
    responseChecksumValidation: "WHEN_REQUIRED",
  });
}

/** Errors of the service in words; they may pass, and are tried again. */
async function told<T>(what: string, work: Promise<T>): Promise<T> {
  try {
    return await work;
  } catch (error) {
    if (isMissing(error)) throw error;
    const { name, message } = error as Error;
    const hint =
      name === "CredentialsProviderError"
        ? "set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or AWS_PROFILE"
        : name === "NoSuchBucket"
          ? "create the bucket, or correct watch.source"
          : "AWS_REGION and AWS_ENDPOINT_URL say where the bucket is";
    throw new MlctlError("failure", `${what}: ${name === "Error" ? "" : `${name}: `}${message || "no answer"}`, {
      hint,
      cause: error,
    });
  }
}

function statusOf(error: unknown): number | undefined {
  return (error as { $metadata?: { httpStatusCode?: number } }).$metadata?.httpStatusCode;
}

function isMissing(error: unknown): boolean {
  const { name } = error as Error;
  return name === "NoSuchKey" || (name === "NotFound" && statusOf(error) === 404);
}

interface FoundObject {
  readonly key: string;
  readonly etag: string;
  readonly at: number;
}

async function objectsBelow({ client, bucket, signal }: Bucket, prefix: string): Promise<FoundObject[]> {
  const found: FoundObject[] = [];
  for (let token: string | undefined; ;) {
    // Keys may hold signs that XML cannot.
    const command = new ListObjectsV2Command({
      Bucket: bucket,
      Prefix: prefix,
      EncodingType: "url",
      ContinuationToken: token,
    });
    const page = await told(`cannot list s3://${bucket}/${prefix}`, client.send(command, { abortSignal: signal }));
    const decode = page.EncodingType === "url" ? decodedKey : (key: string) => key;
    for (const { Key, ETag, LastModified } of page.Contents ?? []) {
      if (Key !== undefined) found.push({ key: decode(Key), etag: ETag ?? "", at: LastModified?.getTime() ?? 0 });
    }
    token = page.NextContinuationToken;
    if (page.IsTruncated !== true || token === undefined) return found;
  }
}

/** As forms encode: a plus is a blank. */
function decodedKey(key: string): string {
  return decodeURIComponent(key.replaceAll("+", " "));
}

/** False where the object is gone, or another one has its key by now. */
async function download({ client, bucket, signal }: Bucket, claim: Claim, key: string): Promise<boolean> {
  const part = `${claim.original}.part`;
  try {
    const command = new GetObjectCommand({ Bucket: bucket, Key: key });
    const { Body, ETag } = await told(
      `cannot get s3://${bucket}/${key}`,
      client.send(command, { abortSignal: signal }),
    );
    if (ETag !== claim.etag) {
      (Body as Readable).destroy();
      return false;
    }
    await pipeline(Body as Readable, createWriteStream(part, { flush: true })).catch((error: unknown) => {
      throw writeFailure(error, part);
    });
    renameSync(part, claim.original);
    return true;
  } catch (error) {
    rmSync(part, { force: true });
    if (isMissing(error)) return false;
    throw error;
  }
}

interface Publishing {
  readonly outcome: Outcome;
  readonly log: string;
  /** Of the dropped object. */
  readonly key: string;
}

/** Results, log, the dropped object under its new key; its old key goes last. All of it may be done again. */
async function publish(
  place: Bucket,
  claim: Claim,
  { outcome, log, key }: Publishing,
): Promise<ReadonlyMap<string, string>> {
  const { prefix } = place;
  const target = `${prefix}${outcome.status}/`;
  const places = new Map<string, string>();
  for (const { from, to } of outcome.moves) {
    const path = join(claim.folder, from);
    if (path === claim.original) {
      await upload(place, log, { key: `${prefix}logs/${nameBehind(claim.name, ".log")}`, type: "text/plain" });
      await moveObject(place, claim, { from: key, to: target + to });
    } else if (existsSync(path)) await upload(place, path, { key: target + to, type: "text/csv" });
    places.set(from, to);
  }
  rmSync(claim.original, { force: true });
  return places;
}

async function upload({ client, bucket }: Bucket, path: string, { key, type }: { key: string; type: string }) {
  const command = new PutObjectCommand({
    Bucket: bucket,
    Key: key,
    Body: createReadStream(path),
    ContentLength: statSync(path).size,
    ContentType: type,
  });
  await told(`cannot put s3://${bucket}/${key}`, client.send(command));
}

/** The very object that was read: one that has come under its key since is the next drop. */
async function moveObject(
  place: Bucket,
  claim: Claim,
  { from, to }: { readonly from: string; readonly to: string },
): Promise<void> {
  const { client, bucket } = place;
  const etag = await etagOf(place, from);
  if (etag === claim.etag) {
    const CopySource = `${bucket}/${from}`.split("/").map(encodeURIComponent).join("/");
    const copy = new CopyObjectCommand({ Bucket: bucket, Key: to, CopySource, CopySourceIfMatch: claim.etag });
    await told(`cannot copy s3://${bucket}/${from}`, client.send(copy));
    const remove = new DeleteObjectCommand({ Bucket: bucket, Key: from });
    await told(`cannot delete s3://${bucket}/${from}`, client.send(remove));
  } else if (existsSync(claim.original)) {
    if ((await etagOf(place, to)) === undefined)
      await upload(place, claim.original, { key: to, type: "application/octet-stream" });
  }
}

async function etagOf({ client, bucket }: Bucket, key: string): Promise<string | undefined> {
  try {
    return (await client.send(new HeadObjectCommand({ Bucket: bucket, Key: key }))).ETag;
  } catch (error) {
    if (isMissing(error) || statusOf(error) === 404) return undefined;
    throw new MlctlError("failure", `cannot look at s3://${bucket}/${key}: ${(error as Error).message}`, {
      cause: error,
    });
  }
}
