/** Downloads a wheel from a package index (PEP 503 and PEP 691). Trusts the same certificates as pip. */
import { readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import tls from "node:tls";
import type { Wheel } from "../../estimators/xgboost/engines/native/releases.ts";
import { MlctlError } from "../../core/errors.ts";
import { temporaryPath } from "../../storage/files/temporaryPath.ts";
import { errorCode } from "../../storage/files/writeFailure.ts";
import { download, shownUrl, type DownloadOptions } from "../../storage/remote/download.ts";
import type { PipSettings } from "./pipSettings.ts";

const IDLE_MILLISECONDS = 30_000;
/** Maximum size of a wheel; the largest XGBoost wheel so far is 300 MB. */
const MAX_BYTES = 512 * 1024 * 1024;

type Hooks = Pick<DownloadOptions, "signal" | "onProgress">;

/**
 * @returns the bytes, and their address without user and password
 * @throws {MlctlError} kind "failure", with the address and a hint for machines without a network
 */
export async function downloadWheel(
  { project, filename }: Wheel,
  pip: PipSettings,
  hooks: Hooks,
): Promise<{ readonly bytes: Uint8Array; readonly source: string }> {
  const { indexUrl } = pip;
  try {
    if (!/^https?:\/\//.test(indexUrl) || !URL.canParse(indexUrl)) throw new Error("its address is not valid");
    trustCertificates(pip.certificates);
    const page = new URL(`${indexUrl}/${project}/`);
    const accept = "application/vnd.pypi.simple.v1+json, text/html;q=0.5";
    const { signal } = hooks;
    const listing = await bytesOf(page, { signal }, { accept });
    const href = addressOf(filename, new TextDecoder().decode(listing));
    if (href === undefined) throw new Error(`${shownUrl(page.href)} does not list ${filename}`);
    const file = linked(href, page);
    return { bytes: await bytesOf(file, hooks), source: shownUrl(file.href) };
  } catch (error) {
    hooks.signal.throwIfAborted();
    const { message } = error as Error;
    throw new MlctlError("failure", `${filename} could not be downloaded: ${message}`, {
      cause: error,
      hint: [
        `the index is set by ${pip.source}`,
        ...hintsFor(error, pip),
        `without a network, copy the file here and run \`mlctl engine install --from ${filename}\``,
      ].join("; "),
    });
  }
}

/** A link of the index. It gets the credentials of the index only if it is on the same server, reached in the same way. */
export function linked(href: string, index: URL): URL {
  const url = new URL(href, index);
  if (url.origin !== index.origin || url.username !== "") return url;
  return Object.assign(url, { username: index.username, password: index.password });
}

function addressOf(filename: string, text: string): string | undefined {
  if (text.trimStart().startsWith("{")) {
    const { files } = JSON.parse(text) as { files: readonly { filename: string; url: string }[] };
    return files.find((file) => file.filename === filename)?.url;
  }
  const links = [...text.matchAll(/<a\s[^>]*href=["']([^"']+)["']/gi)].map(([, href]) =>
    href!.replaceAll("&amp;", "&"),
  );
  const encoded = filename.replaceAll("_", "%5F");
  return links.find((href) => [filename, encoded].includes(href.split(/[?#]/)[0]!.split("/").at(-1)!));
}

async function bytesOf(url: URL, hooks: Hooks, headers = {}): Promise<Uint8Array> {
  const path = temporaryPath(join(tmpdir(), "wheel"));
  const limits = { timeout: IDLE_MILLISECONDS, idle: true, maxBytes: MAX_BYTES, retries: 1, retryDelay: 1000 };
  const hints = { failure: "", tooLong: "" };
  try {
    await download({ url: url.href, path, headers, known: undefined, ...limits, ...hooks, hints });
    return readFileSync(path);
  } finally {
    rmSync(path, { force: true });
  }
}

/** Those of Node, of the system and of pip. Node has these functions since 22.19. */
function trustCertificates(file: string | null): void {
  let own: string[];
  try {
    own = file === null ? [] : [readFileSync(file, "utf8")];
  } catch (cause) {
    throw new Error(`the certificates in ${file} cannot be read`, { cause });
  }
  const { getCACertificates: known, setDefaultCACertificates: trust } = tls as Partial<typeof tls>;
  trust?.([...known!("default"), ...known!("system"), ...own]);
}

/** What to change where a download failed. */
export function hintsFor(error: unknown, { ignored }: PipSettings, environment = process.env): string[] {
  const { message, cause } = error as Error;
  const code = errorCode((cause as Error | undefined)?.cause) ?? errorCode(cause) ?? "";
  const isProxied = Object.keys(environment).some((name) => /^https?_proxy$/i.test(name) && environment[name] !== "");
  const hints: readonly (readonly [boolean, string])[] = [
    [ignored.length > 0, `mlctl does not use pip's ${ignored.join(", ")}`],
    [/CERT|SIGNATURE/.test(code), "set PIP_CERT or NODE_EXTRA_CA_CERTS to the file of your network"],
    [/ 401\b/.test(message), "put user and password into the address: mlctl does not use netrc and keyring"],
    [
      isProxied && environment.NODE_USE_ENV_PROXY !== "1",
      "set NODE_USE_ENV_PROXY=1 to use the proxy of the environment (Node 24 or newer)",
    ],
  ];
  return hints.flatMap(([applies, hint]) => (applies ? [hint] : []));
}
