/** Downloads a wheel from a package index (PEP 503 and PEP 691). Trusts the same certificates as pip. */
import { get as getPlain, type IncomingMessage } from "node:http";
import { get as getSecure } from "node:https";
import type { Wheel } from "../../estimators/xgboost/engines/native/releases.ts";
import { MlctlError } from "../../core/errors.ts";
import { errorCode } from "../../storage/files/writeFailure.ts";
import { networkAgents, networkHints } from "./network.ts";
import type { PipSettings } from "./pipSettings.ts";

/** Maximum time without data. */
const IDLE_MILLISECONDS = 30_000;
const MAX_REDIRECTS = 5;
/** Maximum size of a wheel; the largest XGBoost wheel so far is 300 MB. */
const MAX_BYTES = 512 * 1024 * 1024;

export interface DownloadOptions {
  readonly signal: AbortSignal;
  readonly onProgress: (done: number, total: number | undefined) => void;
}

export interface Download {
  readonly bytes: Uint8Array;
  /** Address without user and password. */
  readonly url: string;
}

/** @throws {MlctlError} kind "failure", with the address and a hint for machines without a network */
export async function downloadWheel(wheel: Wheel, pip: PipSettings, options: DownloadOptions): Promise<Download> {
  const address = `${pip.indexUrl}/${wheel.project}/`;
  try {
    const request = opener(pip, options.signal);
    const page = new URL(address);
    const listing = await request(page, "application/vnd.pypi.simple.v1+json, text/html;q=0.5");
    const text = new TextDecoder().decode(await bytesOf(listing.response, () => {}));
    const href = addressOf(wheel.filename, text, listing.response.headers["content-type"] ?? "");
    if (href === undefined) throw new Error(`the index does not list ${wheel.filename}`);
    const file = linked(href, { from: listing.url, index: page });
    const { response } = await request(file, "*/*");
    return { bytes: await bytesOf(response, options.onProgress), url: shown(file) };
  } catch (error) {
    options.signal.throwIfAborted();
    const reason = withoutCredentials(reasonOf(error));
    throw new MlctlError("failure", `${wheel.filename} could not be downloaded from ${shown(address)}: ${reason}`, {
      cause: error,
      hint: [
        `the index is set by ${pip.source}`,
        ...networkHints(error, pip),
        `without a network, copy the file here and run \`mlctl engine install --from ${wheel.filename}\``,
      ].join("; "),
    });
  }
}

/** An address that has the credentials of the index only if it is on the same server, reached in the same way. */
export function linked(href: string, { from, index }: { from: URL; index: URL }): URL {
  const url = new URL(href, from);
  if (url.origin === index.origin && url.username === "")
    [url.username, url.password] = [index.username, index.password];
  return url;
}

/** All addresses of a host were tried if it is an AggregateError, whose message is empty. */
export function reasonOf(error: unknown): string {
  if (error instanceof AggregateError && error.errors.length > 0) return reasonOf(error.errors[0]);
  return error instanceof Error ? error.message || (errorCode(error) ?? error.name) : String(error);
}

function addressOf(filename: string, text: string, type: string): string | undefined {
  if (type.includes("json")) {
    const { files } = JSON.parse(text) as { files: readonly { filename: string; url: string }[] };
    return files.find((file) => file.filename === filename)?.url;
  }
  const links = [...text.matchAll(/<a\s[^>]*href=["']([^"']+)["']/gi)].map(([, href]) =>
    href!.replaceAll("&amp;", "&"),
  );
  return links.find(
    (href) => decodeURIComponent(href.split(/[?#]/)[0]!).endsWith(`/${filename}`) || href.startsWith(filename),
  );
}

type Request = (url: URL, accept: string) => Promise<{ response: IncomingMessage; url: URL }>;

function opener(pip: PipSettings, signal: AbortSignal): Request {
  const { http, https } = networkAgents(pip);
  const open = (url: URL, accept: string): Promise<IncomingMessage> =>
    new Promise((resolve, reject) => {
      const headers = { accept, ...authorization(url) };
      const common = { headers, signal, timeout: IDLE_MILLISECONDS };
      const request =
        url.protocol === "http:"
          ? getPlain(url, { ...common, agent: http })
          : getSecure(url, { ...common, agent: https });
      request.on("timeout", () => request.destroy(new Error(`no data received for ${IDLE_MILLISECONDS / 1000} s`)));
      request.on("response", resolve).on("error", reject);
    });
  return async (start, accept) => {
    let url = start;
    for (let redirects = 0; redirects <= MAX_REDIRECTS; redirects++) {
      const response = await open(url, accept);
      const { statusCode = 0, headers } = response;
      if (statusCode >= 300 && statusCode < 400 && headers.location !== undefined) {
        response.resume();
        url = linked(headers.location, { from: url, index: url });
        continue;
      }
      if (statusCode === 200) return { response, url };
      response.resume();
      throw new Error(`HTTP ${statusCode}`);
    }
    throw new Error(`more than ${MAX_REDIRECTS} redirects`);
  };
}

function authorization({ username, password }: URL): { authorization?: string } {
  if (username === "" && password === "") return {};
  const pair = `${decodeURIComponent(username)}:${decodeURIComponent(password)}`;
  return { authorization: `Basic ${Buffer.from(pair).toString("base64")}` };
}

async function bytesOf(response: IncomingMessage, onProgress: DownloadOptions["onProgress"]): Promise<Uint8Array> {
  const length = Number(response.headers["content-length"]);
  const total = Number.isInteger(length) && length > 0 ? length : undefined;
  const chunks: Buffer[] = [];
  let done = 0;
  for await (const chunk of response as AsyncIterable<Buffer>) {
    chunks.push(chunk);
    done += chunk.length;
    if (done > MAX_BYTES) throw new Error(`the file is larger than ${MAX_BYTES} bytes`);
    onProgress(done, total);
  }
  if (total !== undefined && done !== total) throw new Error(`the connection closed after ${done} of ${total} bytes`);
  return Buffer.concat(chunks);
}

/** The address without user and password. */
export function shown(url: URL | string): string {
  if (!URL.canParse(String(url))) return String(url).replace(/^.*@/s, "…@");
  const clean = new URL(url);
  if (!/^https?:$/.test(clean.protocol)) return withoutCredentials(clean.href);
  clean.username = "";
  clean.password = "";
  return clean.href;
}

/** For messages that may contain an address. */
function withoutCredentials(text: string): string {
  return text.replace(/\S*@/g, "…@");
}
