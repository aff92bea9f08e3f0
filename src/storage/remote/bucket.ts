/** The few operations on a bucket that are needed; the only importer of the AWS SDK. */
import { CopyObjectCommand, DeleteObjectCommand, GetObjectCommand, HeadObjectCommand } from "@aws-sdk/client-s3";
import { PutObjectCommand, S3Client, paginateListObjectsV2 } from "@aws-sdk/client-s3";
import { createReadStream, createWriteStream, readFileSync, statSync } from "node:fs";
import type { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { MlctlError } from "../../core/errors.ts";
import { bucketAddress } from "../../core/text/bucketAddress.ts";

export interface FoundObject {
  readonly key: string;
  readonly etag: string;
  readonly at: number;
}

export type Bucket = ReturnType<typeof openBucket>;

/** AWS_ENDPOINT_URL_S3, AWS_ENDPOINT_URL and AWS_REGION; credentials are found by the SDK. */
export type BucketEnvironment = Readonly<Record<string, string | undefined>>;

const MAX_IN_MEMORY = 32_000_000;
/** A request to a host that does not respond would wait for ever. */
const IDLE_MS = 60_000;

/** @throws {MlctlError} kind "usage" where an address such as s3://bucket/prefix names no bucket */
export function placeOf(address: string): { readonly name: string; readonly path: string } {
  const place = bucketAddress(address);
  if (place === undefined)
    throw new MlctlError("usage", `${address} names no bucket`, { hint: "such as s3://bucket/prefix" });
  return { name: place.name, path: place.prefix.slice(0, -1) };
}

/**
 * Every method throws MlctlError, kind "failure", where the bucket responds unexpectedly.
 * @param idle longest silence of a connection, in milliseconds
 */
export function openBucket(name: string, environment: BucketEnvironment, signal: AbortSignal, idle = IDLE_MS) {
  const client = clientOf(environment, idle);
  const place = (key: string): string => `s3://${name}/${key}`;
  return {
    name,
    list: (prefix: string) => objectsBelow(client, name, prefix, signal),
    /** Undefined where there is no such object. */
    async head(key: string) {
      const head = client.send(new HeadObjectCommand({ Bucket: name, Key: key }), { abortSignal: signal });
      const object = await found(`cannot look at ${place(key)}`, head);
      return object && { etag: object.ETag ?? "", bytes: object.ContentLength ?? 0 };
    },
    /** False where the object is gone, or another one has its key by now. */
    async download({ key, etag }: { readonly key: string; readonly etag?: string }, path: string): Promise<boolean> {
      const get = client.send(new GetObjectCommand({ Bucket: name, Key: key }), { abortSignal: signal });
      const object = await found(`cannot get ${place(key)}`, get);
      const body = object?.Body as Readable | undefined;
      const isOther = etag !== undefined && object?.ETag !== etag;
      if (isOther) body?.destroy();
      if (body === undefined || isOther) return false;
      await found(`cannot get ${place(key)}`, pipeline(body, createWriteStream(path, { flush: true })));
      return true;
    },
    async upload(path: string, key: string, type: string): Promise<void> {
      const bytes = statSync(path).size;
      // A stream cannot be sent a second time when the connection breaks.
      const Body = bytes > MAX_IN_MEMORY ? createReadStream(path) : readFileSync(path);
      const body = { Body, ContentLength: bytes, ContentType: type };
      await found(`cannot put ${place(key)}`, client.send(new PutObjectCommand({ Bucket: name, Key: key, ...body })));
    },
    /** False where the server does not find the object under its key. */
    async copy({ key, etag }: Pick<FoundObject, "key" | "etag">, to: string): Promise<boolean> {
      const CopySource = `${name}/${key}`.split("/").map(encodeURIComponent).join("/");
      const copy = new CopyObjectCommand({ Bucket: name, Key: to, CopySource, CopySourceIfMatch: etag });
      return (await found(`cannot copy ${place(key)}`, client.send(copy))) !== undefined;
    },
    async remove(key: string): Promise<void> {
      await found(`cannot delete ${place(key)}`, client.send(new DeleteObjectCommand({ Bucket: name, Key: key })));
    },
  };
}

function clientOf(environment: BucketEnvironment, idle: number): S3Client {
  const endpoint = environment["AWS_ENDPOINT_URL_S3"] ?? environment["AWS_ENDPOINT_URL"];
  // The lock file pins the version, so a warning that later ones need a newer Node helps no user.
  process.env["AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED"] ??= "true";
  const region = environment["AWS_REGION"] ?? environment["AWS_DEFAULT_REGION"] ?? "us-east-1";
  return new S3Client({
    region,
    requestHandler: { connectionTimeout: Math.min(idle, 10_000), socketTimeout: idle },
    // Servers other than Amazon's have no domain for each bucket, and not all know the newer checksums.
    ...(endpoint === undefined ? {} : { endpoint, forcePathStyle: true }),
    requestChecksumCalculation: "WHEN_REQUIRED",
    responseChecksumValidation: "WHEN_REQUIRED",
  });
}

/** Undefined where there is no such object; other errors of the service in words. */
async function found<T>(what: string, work: Promise<T>): Promise<T | undefined> {
  try {
    return await work;
  } catch (error) {
    const { name, message, $metadata } = error as Error & { $metadata?: { httpStatusCode?: number } };
    if (name === "NoSuchKey" || (name === "NotFound" && $metadata?.httpStatusCode === 404)) return undefined;
    const hint =
      name === "CredentialsProviderError"
        ? "set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or AWS_PROFILE"
        : name === "NoSuchBucket"
          ? "create the bucket, or correct its name"
          : "AWS_REGION and AWS_ENDPOINT_URL say where the bucket is";
    const reason = `${name === "Error" ? "" : `${name}: `}${message || "no response"}`;
    throw new MlctlError("failure", `${what}: ${reason}`, { hint, cause: error });
  }
}

async function objectsBelow(client: S3Client, name: string, prefix: string, signal: AbortSignal) {
  // Keys may contain characters that XML cannot.
  const query = { Bucket: name, Prefix: prefix, EncodingType: "url" } as const;
  const pages = Array.fromAsync(paginateListObjectsV2({ client }, query, { abortSignal: signal }));
  return ((await found(`cannot list s3://${name}/${prefix}`, pages)) ?? []).flatMap((page) => {
    // As forms encode: a plus is a blank.
    const isCoded = page.EncodingType === "url";
    const decode = (key: string): string => (isCoded ? decodeURIComponent(key.replaceAll("+", " ")) : key);
    return (page.Contents ?? []).flatMap(({ Key, ETag, LastModified }): FoundObject[] =>
      Key === undefined ? [] : [{ key: decode(Key), etag: ETag ?? "", at: LastModified?.getTime() ?? 0 }],
    );
  });
}
