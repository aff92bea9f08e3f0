/** Brings a file from an HTTP address into a folder when it has changed since the last time. */
import { createHash } from "node:crypto";
import { closeSync, existsSync, openSync, readFileSync, renameSync, rmSync, writeSync } from "node:fs";
import { join, posix } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { MlctlError } from "../../core/errors.ts";
import { atomicWrite } from "../../storage/files/atomicWrite.ts";
import { ensureFolder, syncFolder } from "../../storage/files/commitFile.ts";
import { isDiskFailure, writeFailure } from "../../storage/files/writeFailure.ts";

export interface FetchUrlOptions {
  readonly url: string;
  /** Absolute; the file appears there whole, under the name that it has in the address. */
  readonly folder: string;
  /** Where it is remembered what was fetched. */
  readonly statePath: string;
  readonly headers: Readonly<Record<string, string>>;
  /** Of one try, in milliseconds. */
  readonly timeout: number;
  readonly maxBytes: number;
  readonly retries: number;
  readonly retryDelay: number;
  readonly signal: AbortSignal;
  /** The name that is free for a file of this name. */
  readonly freeName: (name: string) => string;
}

interface FetchState {
  /** Without credentials. */
  readonly url: string;
  readonly etag: string | null;
  readonly lastModified: string | null;
  readonly sha256: string;
  readonly name: string;
  /** Fetched, and perhaps not yet under its name. */
  readonly pending: boolean;
}

/** Statuses of servers that may do better in a moment. */
const PASSING = new Set([408, 425, 429, 500, 502, 503, 504]);

/**
 * The server is asked with ETag and Last-Modified, and equal bytes are no news either. Killed at any moment, the next
 * call goes on where this one ended: no version is lost, and none comes twice.
 * @returns the name of the file in the folder; null if nothing is new
 * @throws {MlctlError} kind "failure" where the address cannot be had, "usage" where it is none
 */
export async function fetchUrl(options: FetchUrlOptions): Promise<string | null> {
  const { folder, statePath } = options;
  const before = readState(options);
  const waiting = join(folder, waitingName(options.url));
  if (before?.pending === true) {
    const arrived = arrive(waiting, join(folder, before.name));
    saveState(statePath, { ...before, pending: false });
    if (arrived) return before.name;
  }
  ensureFolder(folder);
  const response = await respond(options, before);
  if (response === null) return null;
  const { sha256, etag, lastModified, name } = response;
  const state = { url: shownUrl(options.url), etag, lastModified, sha256, name: options.freeName(name), pending: true };
  if (before?.sha256 === sha256) {
    rmSync(response.path, { force: true });
    saveState(statePath, { ...state, name: before.name, pending: false });
    return null;
  }
  renameSync(response.path, waiting);
  saveState(statePath, state);
  arrive(waiting, join(folder, state.name));
  saveState(statePath, { ...state, pending: false });
  return state.name;
}

/** Hidden, so that nobody takes it before it is whole. */
function waitingName(url: string): string {
  return `.fetched-${createHash("sha256").update(url).digest("hex").slice(0, 16)}`;
}

function arrive(waiting: string, path: string): boolean {
  if (!existsSync(waiting)) return false;
  renameSync(waiting, path);
  syncFolder(join(path, ".."));
  return true;
}

/** Undefined before the first time, and where the note is damaged: then it is fetched again. */
function readState({ statePath, url }: FetchUrlOptions): FetchState | undefined {
  if (!existsSync(statePath)) return undefined;
  try {
    const state = JSON.parse(readFileSync(statePath, "utf8")) as FetchState;
    // The name of the file has a hash of the whole address; earlier versions wrote it in full.
    return [url, shownUrl(url)].includes(state.url) && typeof state.name === "string" ? state : undefined;
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}

function saveState(path: string, state: FetchState): void {
  atomicWrite(path, `${JSON.stringify(state, null, 2)}\n`);
}

type Download = Pick<FetchState, "sha256" | "etag" | "lastModified" | "name"> & { readonly path: string };

async function respond(options: FetchUrlOptions, before: FetchState | undefined): Promise<Download | null> {
  const { retries, retryDelay, signal } = options;
  for (let attempt = 0; ; attempt++) {
    try {
      signal.throwIfAborted();
      return await request(options, before, AbortSignal.any([signal, AbortSignal.timeout(options.timeout)]));
    } catch (error) {
      signal.throwIfAborted();
      if (error instanceof MlctlError || attempt >= retries) throw failureOf(error, options);
      await sleep(retryDelay, undefined, { signal });
    }
  }
}

type Before = FetchState | undefined;

/** @returns null where nothing has changed @throws {Error} what may pass; {MlctlError} what will not */
async function request(options: FetchUrlOptions, before: Before, stop: AbortSignal): Promise<Download | null> {
  const { url, headers } = options;
  const conditions = {
    ...(before?.etag && { "if-none-match": before.etag }),
    ...(before?.lastModified && { "if-modified-since": before.lastModified }),
  };
  const response = await fetch(addressOf(url), { headers: { ...headers, ...conditions }, signal: stop });
  if (response.status === 304) {
    await response.body?.cancel();
    return null;
  }
  if (!response.ok || response.body === null) {
    await response.body?.cancel();
    const message = `${shownUrl(url)} responded ${response.status} ${response.statusText}`.trimEnd();
    if (PASSING.has(response.status)) throw new Error(message);
    throw new MlctlError("failure", message, { hint: "check the address, and what may be asked of it" });
  }
  const { path, sha256 } = await store(response.body, options);
  const name = nameOf(url, response.headers.get("content-type") ?? "");
  const [newEtag, newTime] = [response.headers.get("etag"), response.headers.get("last-modified")];
  return { path, sha256, etag: newEtag, lastModified: newTime, name };
}

async function store(
  body: AsyncIterable<Uint8Array>,
  { folder, url, maxBytes }: FetchUrlOptions,
): Promise<{ path: string; sha256: string }> {
  const path = join(folder, `${waitingName(url)}.part`);
  const hash = createHash("sha256");
  let bytes = 0;
  let file: number | undefined;
  try {
    file = openSync(path, "w");
    for await (const chunk of body) {
      bytes += chunk.length;
      const hint = "a larger `watch.download.max_bytes` takes it";
      if (bytes > maxBytes)
        throw new MlctlError("failure", `${shownUrl(url)} has more than ${maxBytes} bytes`, { hint });
      hash.update(chunk);
      writeSync(file, chunk);
    }
  } catch (error) {
    rmSync(path, { force: true });
    throw (error as NodeJS.ErrnoException).path === path || isDiskFailure(error) ? writeFailure(error, path) : error;
  } finally {
    if (file !== undefined) closeSync(file);
  }
  return { path, sha256: hash.digest("hex") };
}

function addressOf(url: string): URL {
  const address = URL.canParse(url) ? new URL(url) : undefined;
  if (address !== undefined && /^https?:$/.test(address.protocol)) return address;
  throw new MlctlError("usage", `${shownUrl(url)} is no address`, { hint: "such as https://example.org/feed.json" });
}

/** Without what may be secret: a password, and what follows the question mark. */
export function shownUrl(url: string): string {
  return url.replace(/\/\/[^/@]*@/, "//").replace(/[?#].*$/s, "");
}

/** The last part of the path; the ending by the content where the address has none. */
function nameOf(url: string, contentType: string): string {
  const last = decoded(posix.basename(addressOf(url).pathname));
  const safe = last.replace(/[^\p{L}\p{N}._ -]+/gu, "_").replace(/^\.+/, "") || "download";
  if (/\.(csv|tsv|txt|json|jsonl|ndjson|parquet)(\.gz)?$/i.test(safe)) return safe;
  const ending = /json/.test(contentType) ? "json" : /parquet/.test(contentType) ? "parquet" : "csv";
  return `${safe}.${ending}`;
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

function failureOf(error: unknown, { url, timeout }: FetchUrlOptions): Error {
  if (error instanceof MlctlError) return error;
  const { name, message, cause } = error as Error & { cause?: unknown };
  const reason =
    name === "TimeoutError"
      ? `no complete response in ${timeout / 1000} s`
      : cause instanceof Error && cause.message !== ""
        ? cause.message
        : message;
  const what = message.startsWith(shownUrl(url)) ? message : `${shownUrl(url)} cannot be fetched: ${reason}`;
  return new MlctlError("failure", what, { hint: "it is tried again at the next look", cause: error });
}
