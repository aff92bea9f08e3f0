/** An HTTP address as a source: one file, or the pages of a feed, each kept as it came. */
import { existsSync, readFileSync, rmSync } from "node:fs";
import { gunzipSync } from "node:zlib";
import { valueAt } from "../../config/jsonPath.ts";
import { MlctlError } from "../../core/errors.ts";
import { parseExactJson } from "../../core/json.ts";
import { fromRecordPath } from "../../storage/files/workspacePaths.ts";
import { download, lastPart, shownUrl, type Download } from "../../storage/remote/download.ts";
import { requireTable } from "../../storage/remote/tableName.ts";
import type { Session } from "../session.ts";
import type { AskedSource } from "./askedSource.ts";
import { keepArrivals, readNote, type Arrival } from "../sourceNotes.ts";

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
