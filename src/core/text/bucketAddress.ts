/** An address in an S3-compatible bucket: s3://bucket/prefix. */

export interface BucketAddress {
  readonly name: string;
  /** Ends with a slash, or is empty. */
  readonly prefix: string;
}

/** Undefined if the text names no bucket. */
export function bucketAddress(text: string): BucketAddress | undefined {
  const [, name, path] = /^s3:\/\/([a-z0-9][a-z0-9.-]{1,61}[a-z0-9])(?:\/(.*))?$/s.exec(text) ?? [];
  if (name === undefined) return undefined;
  const prefix = (path ?? "").replace(/^\/+|\/+$/g, "");
  return { name, prefix: prefix === "" ? "" : `${prefix}/` };
}
