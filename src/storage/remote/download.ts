/** Downloads the content of an HTTP address into a file, unless it has not changed. */
import { createHash } from "node:crypto";
import { closeSync, openSync, rmSync, writeSync } from "node:fs";
import { posix } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { MlctlError } from "../../core/errors.ts";
import { isDiskFailure, writeFailure } from "../files/atomicWrite.ts";

export interface Version {
  readonly etag: string | null;
  readonly lastModified: string | null;
}

export interface DownloadOptions {
  readonly url: string;
  /** The file to write; it is removed again where the download fails. */
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  /** The version that is here already. */
  readonly known: Version | undefined;
  /** In milliseconds: of one try, or with `idle` of its longest silence. */
  readonly timeout: number;
  readonly idle?: boolean;
  readonly maxBytes: number;
  readonly retries: number;
  readonly retryDelay: number;
  readonly signal: AbortSignal;
  readonly onProgress?: (done: number, total: number | undefined) => void;
  /** What the user may do about a failure. */
  readonly hints: { readonly failure: string; readonly tooLong: string };
}

export interface Download extends Version {
  readonly sha256: string;
  /** The address after redirects, without user and password. */
  readonly url: string;
  readonly link: string;
}

/** Statuses of errors that may be temporary. */
const PASSING = new Set([408, 425, 429, 500, 502, 503, 504]);
const MAX_REDIRECTS = 10;

/**
 * The server is asked with ETag and Last-Modified.
 * @returns null where it has nothing new
 * @throws {MlctlError} kind "failure" where the address cannot be had, "usage" where it is none
 */
export async function download(options: DownloadOptions): Promise<Download | null> {
  const { retries, retryDelay, signal } = options;
  for (let attempt = 0; ; attempt++) {
    try {
      signal.throwIfAborted();
      return await request(options);
    } catch (error) {
      signal.throwIfAborted();
      if (error instanceof MlctlError || attempt >= retries) throw failureOf(error, options);
      await sleep(retryDelay, undefined, { signal });
    }
  }
}

/** @returns null where nothing has changed @throws {Error} what may pass; {MlctlError} what will not */
async function request(options: DownloadOptions): Promise<Download | null> {
  const { url, known, timeout, idle = false } = options;
  const silence = new AbortController();
  const timer = setTimeout(() => silence.abort(new DOMException("", "TimeoutError")), timeout);
  const onData = (): void => void (idle && timer.refresh());
  try {
    const conditions = {
      ...(known?.etag && { "if-none-match": known.etag }),
      ...(known?.lastModified && { "if-modified-since": known.lastModified }),
    };
    const signal = AbortSignal.any([options.signal, silence.signal]);
    const response = await follow(addressOf(url), { ...options.headers, ...conditions }, signal);
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
    const sha256 = await store(response, options, onData);
    const header = (name: string): string | null => response.headers.get(name);
    return {
      sha256,
      url: response.url,
      etag: header("etag"),
      lastModified: header("last-modified"),
      link: header("link") ?? "",
    };
  } finally {
    clearTimeout(timer);
  }
}

/** Headers may have secrets: another server than the one of the address gets none of them. */
async function follow(start: URL, headers: Readonly<Record<string, string>>, signal: AbortSignal): Promise<Response> {
  let url = start;
  for (let redirects = 0; redirects <= MAX_REDIRECTS; redirects++) {
    const { username, password, origin } = url;
    const bare = Object.assign(new URL(url), { username: "", password: "" });
    const sent = { ...authorizationOf(url), ...(origin === start.origin ? headers : {}) };
    const response = await fetch(bare, { headers: sent, signal, redirect: "manual" });
    const location = response.headers.get("location");
    if (location === null || ![301, 302, 303, 307, 308].includes(response.status)) return response;
    await response.body?.cancel();
    const next = addressOf(new URL(location, bare).href);
    url = next.origin === origin && next.username === "" ? Object.assign(next, { username, password }) : next;
  }
  throw new MlctlError("failure", `${shownUrl(start.href)} redirects more than ${MAX_REDIRECTS} times`);
}

async function store(
  response: Response,
  { path, url, maxBytes, onProgress, hints }: DownloadOptions,
  onData: () => void,
): Promise<string> {
  const hash = createHash("sha256");
  // Of a compressed response, the length is not that of the file.
  const length = response.headers.has("content-encoding") ? 0 : Number(response.headers.get("content-length"));
  let bytes = 0;
  let file: number | undefined;
  try {
    file = openSync(path, "w");
    for await (const chunk of response.body as AsyncIterable<Uint8Array>) {
      onData();
      bytes += chunk.length;
      if (bytes > maxBytes)
        throw new MlctlError("failure", `${shownUrl(url)} has more than ${maxBytes} bytes`, { hint: hints.tooLong });
      hash.update(chunk);
      writeSync(file, chunk);
      onProgress?.(bytes, length > 0 ? length : undefined);
    }
  } catch (error) {
    rmSync(path, { force: true });
    throw (error as NodeJS.ErrnoException).path === path || isDiskFailure(error) ? writeFailure(error, path) : error;
  } finally {
    if (file !== undefined) closeSync(file);
  }
  return hash.digest("hex");
}

function addressOf(url: string): URL {
  const address = URL.canParse(url) ? new URL(url) : undefined;
  if (address !== undefined && /^https?:$/.test(address.protocol)) return address;
  throw new MlctlError("usage", `${shownUrl(url)} is no address`, { hint: "such as https://example.org/feed.json" });
}

/** Without what may be secret: a password, and what follows the question mark. */
export function shownUrl(url: string): string {
  return withoutUser(url).replace(/[?#].*$/s, "");
}

export function withoutUser(url: string): string {
  return url.replace(/\/\/[^/?#]*@/, "//");
}

export function lastPart(url: string): string {
  return decoded(posix.basename(addressOf(url).pathname));
}

/** The header for user and password of an address. */
function authorizationOf({ username, password }: URL): Readonly<Record<string, string>> {
  if (username === "" && password === "") return {};
  const pair = `${decoded(username)}:${decoded(password)}`;
  return { authorization: `Basic ${Buffer.from(pair).toString("base64")}` };
}

/** Text with a % that starts no character stays as it is. */
export function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

function failureOf(error: unknown, { url, timeout, idle, hints }: DownloadOptions): Error {
  if (error instanceof MlctlError) return error;
  const { name, message, cause } = error as Error & { cause?: unknown };
  const silence = `${idle === true ? "no data for" : "no complete response in"} ${timeout / 1000} s`;
  const network = cause instanceof Error && cause.message !== "" ? cause.message : message;
  const reason = name === "TimeoutError" ? silence : network;
  const what = message.startsWith(shownUrl(url)) ? message : `${shownUrl(url)} cannot be fetched: ${reason}`;
  return new MlctlError("failure", what, { hint: hints.failure, cause: error });
}
