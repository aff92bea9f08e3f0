/** Files as a source: one at an HTTP address, the pages of a feed, or the objects of a bucket; each is kept as it came. */
import { existsSync, readFileSync, rmSync } from "node:fs";
import { gunzipSync } from "node:zlib";
import { setTimeout as sleep } from "node:timers/promises";
import { valueAt } from "../../config/jsonPath.ts";
import { MlctlError } from "../../core/errors.ts";
import { parseExactJson } from "../../core/json.ts";
import { fromRecordPath, sha256File } from "../../storage/files/workspacePaths.ts";
import { download, lastPart, shownUrl, type Download } from "../../storage/remote/download.ts";
import { requireTable } from "../../storage/remote/tableName.ts";
import type { Session } from "../session.ts";
import { keepArrivals, readNote, type Arrival } from "../sourceNotes.ts";
import { glob } from "../../core/text/glob.ts";
import type { Bucket, FoundObject } from "../../storage/remote/bucket.ts";
import type { AskedSource } from "./askedSource.ts";

/** The pages are kept when all have come, so that a feed is never read half old and half new. */
export async function fromAddress(session: Session, source: AskedSource): Promise<string[]> {
  const arrivals: Arrival[] = [];
  const seen = new Set<string>();
  try {
    for (let url: string | undefined = source.url; url !== undefined;) {
      if (seen.has(url)) throw failure(source, `names an earlier page as the one after page ${seen.size}`);
      seen.add(url);
      const temporary = source.temporary();
      const page: Download | null = await fetchPage(session, source, url, temporary);
      if (page === null) return [];
      const { sha256, etag, lastModified } = page;
      arrivals.push({ item: String(seen.size), name: lastPart(source.url), temporary, sha256, etag, lastModified });
      requireTable(temporary, source.shown);
      url = nextAddress(session, source, { url, temporary, page });
    }
    return keepArrivals(source, arrivals, { all: true });
  } finally {
    for (const { temporary } of arrivals) rmSync(temporary, { force: true });
  }
}

/** Of pages, the first says nothing about the others: all are asked for without ETag. */
async function fetchPage(session: Session, source: AskedSource, url: string, temporary: string) {
  const { context, paths } = session;
  const before = source.paging === null ? readNote(source)?.items["1"] : undefined;
  const isThere = before !== undefined && existsSync(fromRecordPath(paths.workspace, before.path));
  const { etag = null, lastModified = null } = before ?? {};
  const { timeout, retries, retryDelay } = source;
  const limits = { timeout, retries, retryDelay, idle: true, maxBytes: Infinity, signal: context.signal };
  return download({
    ...limits,
    url,
    path: temporary,
    // Headers may have secrets: a page on another server gets none.
    headers: new URL(url).origin === new URL(source.url).origin ? source.headers : {},
    known: isThere ? { etag, lastModified } : undefined,
    onProgress(done, total) {
      const known = total === undefined ? {} : { total };
      context.emit({ type: "progress", stage: "ingest", done, unit: "bytes", ...known });
    },
    hints: { failure: "run the command again; what came before is kept", tooLong: "" },
  });
}

function nextAddress(
  { context }: Session,
  source: AskedSource,
  { url, temporary, page }: { url: string; temporary: string; page: Download },
): string | undefined {
  const { paging } = source;
  const linked = /<([^>]*)>[^,]*;\s*rel="?next"?/i.exec(page.link)?.[1];
  if (paging === null || paging === "link") {
    if (linked === undefined) return undefined;
    if (paging === "link") return resolved(source, linked, url);
    const message = `${source.shown} has further pages, which are not read: { "url": …, "paging": "link" } in ingest.sources reads them`;
    context.emit({ type: "warning", stage: "ingest", message });
    return undefined;
  }
  const path = "next" in paging ? paging.next : paging.cursor;
  let content: unknown;
  try {
    const bytes = readFileSync(temporary);
    content = parseExactJson((bytes[0] === 0x1f ? gunzipSync(bytes) : bytes).toString("utf8"));
  } catch (cause) {
    throw failure(source, "sent a page that is not JSON, so the next one cannot be found", cause);
  }
  const value = valueAt(content, path.split("."));
  if (value === null || value === undefined || value === "" || value === false) return undefined;
  if (typeof value !== "string" && typeof value !== "number")
    throw failure(source, `sent a page whose ${path} is neither a string nor a number`);
  if ("next" in paging) return resolved(source, String(value), url);
  const next = new URL(source.url);
  next.searchParams.set(paging.parameter, String(value));
  return next.href;
}

function resolved(source: AskedSource, next: string, url: string): string {
  if (URL.canParse(next, url)) return new URL(next, url).href;
  throw failure(source, `names ${shownUrl(next)} as the next page, which is no address`);
}

function failure({ shown }: AskedSource, message: string, cause?: unknown): MlctlError {
  return new MlctlError("failure", `${shown} ${message}`, { hint: "check `paging` of the source", cause });
}

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
