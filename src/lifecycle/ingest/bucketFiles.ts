/** A bucket as a source: each object below a prefix is a file; a new version of an object replaces the one before. */
import { existsSync, rmSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";
import { MlctlError } from "../../core/errors.ts";
import { glob } from "../../core/text/glob.ts";
import { sha256File, fromRecordPath } from "../../storage/files/workspacePaths.ts";
import type { Bucket, FoundObject } from "../../storage/remote/bucket.ts";
import { requireTable } from "../../storage/remote/tableName.ts";
import type { Session } from "../session.ts";
import type { AskedSource } from "./askedSource.ts";
import { keepArrivals, readNote } from "../sourceNotes.ts";

/** Each object is kept as soon as it is here: after a cut, the next call goes on with the others. */
export async function fromBucket(session: Session, source: AskedSource): Promise<string[]> {
  const { context, config, paths } = session;
  const { openBucket, placeOf } = await import("../../storage/remote/bucket.ts");
  const { name, path: prefix } = placeOf(source.url);
  const bucket = openBucket(name, process.env, context.signal, source.timeout);
  const matches = glob(source.pattern ?? config.ingest.pattern);
  const found = (await bucket.list(prefix)).filter(({ key }) => {
    if (key === prefix) return true;
    const below = prefix === "" ? key : key.slice(prefix.length + 1);
    return (prefix === "" || key.startsWith(`${prefix}/`)) && !key.endsWith("/") && matches(below);
  });
  if (found.length === 0)
    throw new MlctlError("failure", `${source.shown} has no object that matches`, {
      hint: "check the prefix and `pattern`",
    });
  const items = readNote(source)?.items ?? {};
  const fresh = found.filter(({ key, etag }) => {
    const known = items[key];
    return known?.etag !== etag || !existsSync(fromRecordPath(paths.workspace, known.path));
  });
  const files: string[] = [];
  for (const [i, object] of fresh.entries()) {
    context.emit({ type: "progress", stage: "ingest", done: i, total: fresh.length, unit: "files" });
    files.push(...(await fetchObject(session, source, bucket, object)));
  }
  return files;
}

async function fetchObject(session: Session, source: AskedSource, bucket: Bucket, object: FoundObject) {
  const { context } = session;
  const { key, etag } = object;
  const temporary = source.temporary();
  const shown = `s3://${bucket.name}/${key}`;
  try {
    if (!(await tried(source, context.signal, () => bucket.download(object, temporary)))) {
      const message = `${shown} changed while it was read: the next ingest reads it`;
      context.emit({ type: "warning", stage: "ingest", message });
      return [];
    }
    requireTable(temporary, shown);
    const sha256 = await sha256File(temporary);
    return keepArrivals(source, [{ item: key, name: key, temporary, sha256, etag, lastModified: null }], {});
  } finally {
    rmSync(temporary, { force: true });
  }
}

/** The SDK repeats requests, but not a download that was cut off. */
async function tried<T>({ retries, retryDelay }: AskedSource, signal: AbortSignal, work: () => Promise<T>): Promise<T> {
  for (let attempt = 0; ; attempt++) {
    try {
      return await work();
    } catch (error) {
      signal.throwIfAborted();
      if (attempt >= retries) throw error;
      await sleep(retryDelay, undefined, { signal });
    }
  }
}
