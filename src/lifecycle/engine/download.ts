/** Downloads a wheel from a package index (PEP 503 and PEP 691). Trusts the same certificates as pip. */
import { readFileSync } from "node:fs";
import { get as getPlain, type IncomingMessage } from "node:http";
import { Agent, get as getSecure, type AgentOptions } from "node:https";
import { rootCertificates } from "node:tls";
import { MlctlError } from "../../core/errors.ts";
import type { PipSettings } from "./pipSettings.ts";
import type { Wheel } from "./releases.ts";

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
    const file = new URL(href, listing.url);
    // Send credentials only to the index itself, not to another host that it links to.
    if (file.host === page.host && file.username === "") {
      file.username = page.username;
      file.password = page.password;
    }
    const { response } = await request(file, "*/*");
    return { bytes: await bytesOf(response, options.onProgress), url: shown(file) };
  } catch (error) {
    options.signal.throwIfAborted();
    const reason = error instanceof Error ? error.message || String(error) : String(error);
    throw new MlctlError("failure", `${wheel.filename} could not be downloaded from ${shown(address)}: ${reason}`, {
      cause: error,
      hint: `the index is set by ${pip.source}; without a network, copy the file here and run \`mlctl engine install --from ${wheel.filename}\``,
    });
  }
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

function opener({ certificates }: PipSettings, signal: AbortSignal): Request {
  const ca = certificates === null ? {} : { ca: [...rootCertificates, certificatesIn(certificates)] };
  // Node 24.5 and later use HTTPS_PROXY and NO_PROXY with `proxyEnv`, which the types of Node 22 lack.
  const settings: AgentOptions & { proxyEnv: NodeJS.ProcessEnv } = { ...ca, proxyEnv: process.env };
  const agent = new Agent(settings);
  const open = (url: URL, accept: string): Promise<IncomingMessage> =>
    new Promise((resolve, reject) => {
      const headers = { accept, ...authorization(url) };
      const common = { headers, signal, timeout: IDLE_MILLISECONDS };
      const request = url.protocol === "http:" ? getPlain(url, common) : getSecure(url, { ...common, agent });
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
        url = new URL(headers.location, url);
        continue;
      }
      if (statusCode === 200) return { response, url };
      response.resume();
      throw new Error(`HTTP ${statusCode}`);
    }
    throw new Error(`more than ${MAX_REDIRECTS} redirects`);
  };
}

function certificatesIn(path: string): string {
  try {
    return readFileSync(path, "utf8");
  } catch (cause) {
    throw new Error(`the certificates in ${path} cannot be read`, { cause });
  }
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
function shown(url: URL | string): string {
  if (!URL.canParse(String(url))) return String(url);
  const clean = new URL(url);
  clean.username = "";
  clean.password = "";
  return clean.href;
}
