/** Downloads a wheel from the package index of pip (PEP 503 and PEP 691). */
import { readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { MlctlError } from "../../core/errors.ts";
import { userFolder, type Environment } from "../../core/userFolder.ts";
import type { Wheel } from "../../estimators/xgboost/engines/native/releases.ts";
import { decoded, download, shownUrl, type DownloadOptions } from "../../storage/remote/download.ts";

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
  const { url, setBy } = packageIndex();
  const index = `${url.replace(/\/+$/, "")}/${wheel.project}/`;
  const hint = `the index is set by ${setBy}; behind a proxy, set NODE_USE_ENV_PROXY=1, and NODE_EXTRA_CA_CERTS to its certificates; without a network, copy the file here and run \`mlctl engine install --from ${wheel.filename}\``;
  const common = { ...LIMITS, signal, known: undefined, hints: { failure: hint, tooLong: hint } };
  const [listing, path] = [join(folder, "index"), join(folder, "wheel")];
  try {
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
    for (const each of [listing, path]) rmSync(each, { force: true });
  }
}

/** The index that pip would use: of PIP_INDEX_URL, else of the last of its configuration files that sets one. */
export function packageIndex(environment: Environment = process.env): { url: string; setBy: string } {
  const { PIP_INDEX_URL, PIP_CONFIG_FILE = "", VIRTUAL_ENV, APPDATA } = environment;
  if (PIP_INDEX_URL) return { url: PIP_INDEX_URL, setBy: "PIP_INDEX_URL" };
  const user = userFolder("XDG_CONFIG_HOME", ".config", environment);
  const folders = ["/etc", "/etc/xdg/pip", user && join(user, "pip"), APPDATA && join(APPDATA, "pip"), VIRTUAL_ENV];
  const name = process.platform === "win32" ? "pip.ini" : "pip.conf";
  const paths = [...folders.flatMap((folder) => (folder ? [join(folder, name)] : [])), PIP_CONFIG_FILE];
  for (const path of paths.toReversed()) {
    const url = /^\s*index[-_]url\s*[=:]\s*(\S+)/im.exec(textOf(path))?.[1];
    if (url !== undefined) return { url, setBy: path };
  }
  return { url: PYPI, setBy: "pip's default" };
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
