/** Downloads a wheel from a package index (PEP 503 and PEP 691). Trusts the same certificates as pip. */
import { readFileSync } from "node:fs";
import http, { type IncomingMessage } from "node:http";
import https from "node:https";
import tls from "node:tls";
import type { Wheel } from "../../estimators/xgboost/engines/native/releases.ts";
import { MlctlError } from "../../core/errors.ts";
import { errorCode } from "../../storage/files/writeFailure.ts";
import { authorizationOf, decoded } from "../../storage/remote/download.ts";
import type { PipSettings } from "./pipSettings.ts";

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
        ...hintsFor(error, pip),
        `without a network, copy the file here and run \`mlctl engine install --from ${wheel.filename}\``,
      ].join("; "),
    });
  }
}

/** A link. It gets the credentials of the index only if it is on the same server, reached in the same way. */
export function linked(href: string, { from, index }: { from: URL; index: URL }): URL {
  const url = new URL(href, from);
  if (url.origin !== index.origin || url.username !== "") return url;
  return Object.assign(url, { username: index.username, password: index.password });
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
  return links.find((href) => decoded(href.split(/[?#]/)[0]!).endsWith(`/${filename}`) || href.startsWith(filename));
}

type Request = (url: URL, accept: string) => Promise<{ response: IncomingMessage; url: URL }>;

/** With the certificates of Node, of the system and of pip, and pip's proxy, else that of the environment. */
export function agentsFor({ certificates, proxy }: PipSettings): { http: http.Agent; https: https.Agent } {
  const proxyUrl = proxy === null || proxy.includes("://") ? proxy : `http://${proxy}`;
  const proxyEnv = proxyUrl === null ? process.env : { http_proxy: proxyUrl, https_proxy: proxyUrl };
  const own = certificates === null ? [] : [certificatesIn(certificates)];
  // An own list replaces Node's, which contains NODE_EXTRA_CA_CERTS. Node has this function since 22.15.
  const list = tls.getCACertificates as typeof tls.getCACertificates | undefined;
  const known = list === undefined ? tls.rootCertificates : [...list("default"), ...list("system")];
  const ca = list === undefined && certificates === null ? {} : { ca: [...known, ...own] };
  // Node 22.21 and 24.5 know the option proxyEnv, which the types of Node 22 lack.
  return { http: new http.Agent({ proxyEnv } as object), https: new https.Agent({ proxyEnv, ...ca } as object) };
}

/** What to change where a download failed. @param canProxy whether this Node uses proxies */
export function hintsFor(
  error: unknown,
  { proxy, ignored }: PipSettings,
  { environment = process.env, canProxy = process.allowedNodeEnvironmentFlags.has("--use-env-proxy") } = {},
): string[] {
  const named = Object.entries(environment).some(([name, value]) => /^https?_proxy$/i.test(name) && value !== "");
  const hints: readonly (readonly [boolean, string])[] = [
    [ignored.length > 0, `mlctl does not use pip's ${ignored.join(", ")}`],
    [/CERT|SIGNATURE/.test(errorCode(error) ?? ""), "set PIP_CERT or NODE_EXTRA_CA_CERTS to the file of your network"],
    [reasonOf(error) === "HTTP 401", "put user and password into the address: mlctl does not use netrc and keyring"],
    [(proxy !== null || named) && !canProxy, `Node ${process.versions.node} uses no proxy: Node 24.5 or newer does`],
  ];
  return hints.flatMap(([applies, hint]) => (applies ? [hint] : []));
}

function certificatesIn(path: string): string {
  try {
    return readFileSync(path, "utf8");
  } catch (cause) {
    throw new Error(`the certificates in ${path} cannot be read`, { cause });
  }
}

function opener(pip: PipSettings, signal: AbortSignal): Request {
  const agents = agentsFor(pip);
  const open = (url: URL, accept: string): Promise<IncomingMessage> =>
    new Promise((resolve, reject) => {
      const headers = { accept, ...authorizationOf(url) };
      // Node would decode user and password, and fail where they have a bare %.
      const bare = Object.assign(new URL(url), { username: "", password: "" });
      const common = { headers, signal, timeout: IDLE_MILLISECONDS };
      const request =
        url.protocol === "http:"
          ? http.get(bare, { ...common, agent: agents.http })
          : https.get(bare, { ...common, agent: agents.https });
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
