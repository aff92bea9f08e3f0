/** Downloads a wheel from the package index of pip (PEP 503 and PEP 691), and extracts the library from it. */
import http from "node:http";
import tls from "node:tls";
import { readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { unzipSync } from "fflate";
import { MlctlError } from "../../core/errors.ts";
import { userFolder, type Environment } from "../../core/userFolder.ts";
import type { Wheel } from "../../estimators/xgboost/engines/native/releases.ts";
import { decoded, download, shownUrl, type DownloadOptions } from "../../storage/remote/download.ts";

interface Setting {
  readonly value: string;
  readonly setBy: string;
}

const PYPI = "https://pypi.org/simple";

/** The largest XGBoost wheel so far is 300 MB. */
const LIMITS = { timeout: 30_000, idle: true, retries: 1, retryDelay: 1000, maxBytes: 512 * 1024 * 1024 };

/**
 * @param folder for temporary files
 * @returns `source`: the address without user and password
 * @throws {MlctlError} kind "failure", with the address and a hint for machines without a network
 */
export async function downloadWheel(
  wheel: Wheel,
  folder: string,
  { signal, onProgress }: Pick<DownloadOptions, "signal" | "onProgress">,
) {
  const { value: url, setBy } = pipSetting("index-url") ?? { value: PYPI, setBy: "pip's default" };
  const isPlain = url.startsWith("http:");
  const secure = proxyFor("https");
  // Node.js would use it for https too, if that has none.
  const plain = isPlain || secure ? proxyFor("http") : undefined;
  const certificates = pipSetting("cert") ?? variable("SSL_CERT_FILE");
  const index = `${url.replace(/\/+$/, "")}/${wheel.project}/`;
  const network = [
    `the index is set by ${setBy} (index-url)`,
    `the proxy by ${(isPlain ? plain : secure)?.setBy ?? "nothing"} (PIP_PROXY, pip.conf, ${isPlain ? "HTTP" : "HTTPS"}_PROXY)`,
    `certificates by ${certificates?.setBy ?? "nothing"} (PIP_CERT, pip.conf, SSL_CERT_FILE)`,
  ].join(", ");
  const older = knowsProxies(http) ? "" : " (this Node.js: only with NODE_USE_ENV_PROXY=1, NODE_EXTRA_CA_CERTS)";
  const hint = `${network}${older}; without a network, copy the file here and run \`mlctl engine install --from ${wheel.filename}\``;
  let undo: (() => void) | undefined;
  const common = { ...LIMITS, signal, known: undefined, hints: { failure: hint, tooLong: hint } };
  const [listing, path] = [join(folder, "index"), join(folder, "wheel")];
  try {
    undo = useNetworkOfPip([plain, secure], certificates);
    const headers = { accept: "application/vnd.pypi.simple.v1+json, text/html;q=0.5" };
    const { url: base } = (await download({ ...common, url: index, path: listing, headers }))!;
    const href = addressOf(wheel.filename, readFileSync(listing, "utf8"));
    if (href === undefined) throw new Error(`the index does not list ${wheel.filename}`);
    const file = linked(href, base, new URL(index));
    await download({ ...common, url: file, path, headers: {}, ...(onProgress && { onProgress }) });
    return { bytes: readFileSync(path), source: shownUrl(file) };
  } catch (error) {
    signal.throwIfAborted();
    const message = `${wheel.filename} could not be downloaded from ${shownUrl(index)}: ${(error as Error).message}`;
    throw new MlctlError("failure", message, { cause: error, hint });
  } finally {
    undo?.();
    for (const each of [listing, path]) rmSync(each, { force: true });
  }
}

/** A setting of pip: of its variable, else of the last of its configuration files that has it. */
export function pipSetting(
  name: "index-url" | "proxy" | "cert",
  environment: Environment = process.env,
): Setting | undefined {
  const setBy = `PIP_${name.replace("-", "_").toUpperCase()}`;
  const given = environment[setBy];
  if (given) return { value: given, setBy };
  const { PIP_CONFIG_FILE = "", VIRTUAL_ENV, APPDATA } = environment;
  const user = userFolder("XDG_CONFIG_HOME", ".config", environment);
  const folders = ["/etc", "/etc/xdg/pip", user && join(user, "pip"), APPDATA && join(APPDATA, "pip"), VIRTUAL_ENV];
  const file = process.platform === "win32" ? "pip.ini" : "pip.conf";
  const paths = [...folders.flatMap((folder) => (folder ? [join(folder, file)] : [])), PIP_CONFIG_FILE];
  const line = new RegExp(`^[ \\t]*${name.replace("-", "[-_]")}[ \\t]*[=:][ \\t]*(\\S.*?)\\s*$`, "im");
  for (const path of paths.toReversed()) {
    const value = line.exec(textOf(path))?.[1];
    if (value !== undefined) return { value, setBy: path };
  }
  return undefined;
}

/** Node's fetch then goes through the proxy and trusts the certificates that pip would. @returns undoes it */
function useNetworkOfPip(proxies: readonly (Setting | undefined)[], certificates: Setting | undefined): () => void {
  const [plain, secure] = proxies.map((proxy) => proxy && proxy.value.replace(/^(?!.*:\/\/)/, "http://"));
  const own = { http_proxy: plain, HTTP_PROXY: plain, https_proxy: secure, HTTPS_PROXY: secure };
  if (!knowsProxies(http)) return () => {};
  const trusted = tls.getCACertificates();
  if (certificates) tls.setDefaultCACertificates([...trusted, readFileSync(certificates.value, "utf8")]);
  const direct = http.setGlobalProxyFromEnv({ ...process.env, ...own });
  return () => {
    direct();
    tls.setDefaultCACertificates(trusted);
  };
}

/** Node.js 24.14 and later; those also take further certificates. */
function knowsProxies(module: object): module is { setGlobalProxyFromEnv: (environment: object) => () => void } {
  return "setGlobalProxyFromEnv" in module;
}

function proxyFor(scheme: "http" | "https"): Setting | undefined {
  return pipSetting("proxy") ?? variable(`${scheme}_proxy`, `${scheme.toUpperCase()}_PROXY`);
}

function variable(...names: readonly string[]): Setting | undefined {
  const setBy = names.find((name) => process.env[name]);
  return setBy === undefined ? undefined : { value: process.env[setBy]!, setBy };
}

function textOf(path: string): string {
  try {
    return readFileSync(path, "utf8");
  } catch {
    return "";
  }
}

function addressOf(filename: string, text: string): string | undefined {
  if (text.trimStart().startsWith("{")) {
    const { files } = JSON.parse(text) as { files: readonly { filename: string; url: string }[] };
    return files.find((file) => file.filename === filename)?.url;
  }
  const links = [...text.matchAll(/<a\s[^>]*href=["']([^"']+)["']/gi)].map(([, href]) =>
    href!.replaceAll("&amp;", "&"),
  );
  return links.find((href) => decoded(href.split(/[?#]/)[0]!).endsWith(`/${filename}`) || href.startsWith(filename));
}

/** Gets the user and password of the index if it is on the same server. */
function linked(href: string, base: string, { origin, username, password }: URL): string {
  const url = new URL(href, base);
  return url.origin !== origin || url.username !== "" ? url.href : Object.assign(url, { username, password }).href;
}

/** The folder of the library, and the OpenMP library of the wheel, which is found by its relative path. */
const WANTED = /^(xgboost\/lib|xgboost(_cpu)?\.libs)\/[\w.+-]+$/;

const MAX_BYTES = 1024 * 1024 * 1024;

/**
 * @param source where the wheel came from, for messages
 * @param library file name of the library on this platform
 * @returns content by path, with forward slashes
 * @throws {MlctlError} kind "data" if it is not an XGBoost wheel for this machine
 */
export function unpackWheel(wheel: Uint8Array, source: string, library: string): ReadonlyMap<string, Uint8Array> {
  const files = unzip(wheel, source);
  if (files.has(`xgboost/lib/${library}`)) return files;
  const others = [...files.keys()].filter((path) => path.startsWith("xgboost/lib/")).map((path) => path.slice(12));
  const what =
    others.length === 0 ? "is not an XGBoost wheel" : `is for another system: it contains ${others.join(", ")}`;
  throw new MlctlError("data", `${source} ${what}`, { hint: `it must contain xgboost/lib/${library}; ${WHEEL_HINT}` });
}

const WHEEL_HINT = "run `pip download --no-deps xgboost-cpu` to get one";

function unzip(wheel: Uint8Array, source: string): Map<string, Uint8Array> {
  try {
    const filter = (file: { name: string; originalSize: number }): boolean =>
      WANTED.test(file.name) && file.originalSize <= MAX_BYTES;
    return new Map(Object.entries(unzipSync(wheel, { filter })));
  } catch (cause) {
    throw new MlctlError("data", `${source} is not a zip file, or is damaged`, { cause, hint: WHEEL_HINT });
  }
}
