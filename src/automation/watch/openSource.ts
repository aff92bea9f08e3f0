/** The source that config.json or the command line names: the local folder, an address, a bucket. */
import { existsSync, readFileSync, renameSync, rmSync } from "node:fs";
import { join } from "node:path";
import { MlctlError } from "../../core/errors.ts";
import { milliseconds } from "../../core/text/format.ts";
import { glob } from "../../core/text/glob.ts";
import type { Workspace } from "../../lifecycle/workspace.ts";
import { atomicWrite, ensureFolder, syncFolder } from "../../storage/files/atomicWrite.ts";
import { sha256File, sha256Text, toRecordPath } from "../../storage/files/workspacePaths.ts";
import { shownUrl, download, lastPart, type DownloadOptions, type Version } from "../../storage/remote/download.ts";
import { tableName } from "../../storage/remote/tableName.ts";
import { candidateNames } from "./dropNames.ts";
import type { DropSource } from "./dropResult.ts";
import { folderSource } from "./folderSource.ts";

export interface OpenedSource {
  readonly source: DropSource;
  readonly place: string;
  /** Looks for news where the source itself cannot: at an address. */
  refresh(): Promise<void>;
  failure(): Error | undefined;
}

/** @throws {MlctlError} kind "usage" where `watch.source` is neither an address nor a bucket */
export async function openSource(workspace: Workspace, folder: string, clock: () => number): Promise<OpenedSource> {
  const { config, paths, context } = workspace;
  const { source: address, pattern, settle } = config.watch;
  const warn = (message: string): void => context.emit({ type: "warning", stage: "watch", message });
  const matches = pattern === null ? undefined : glob(pattern);
  if (address?.startsWith("s3://") === true) {
    const { bucketSource } = await import("./bucketSource.ts");
    const { signal } = context;
    const source = bucketSource({ address, folder, matches, signal, environment: process.env });
    return { source, place: `watching ${source.name}`, ...noAddress };
  }
  const source = folderSource({ folder, matches, settle: milliseconds(settle), clock, warn });
  const input = join(folder, "input");
  const place = `watching ${toRecordPath(paths.workspace, input)}`;
  if (address === null) return { source, place, ...noAddress };
  if (!/^https?:\/\//.test(address)) {
    const hint = address.includes("://")
      ? "https://example.org/feed.json or s3://bucket/prefix"
      : `a folder is named with --folder ${address}, or as \`watch.folder\``;
    throw new MlctlError("usage", `watch.source: ${address} is neither an address nor a bucket`, { hint });
  }
  return { source, place: `${place} and ${shownUrl(address)}`, ...refresher(workspace, { address, folder, clock }) };
}

const noAddress = { refresh: async () => {}, failure: () => undefined };

/** An address that cannot be fetched does not keep the files that are there from being processed. */
function refresher(
  { config, context }: Workspace,
  { address, folder, clock }: { address: string; folder: string; clock: () => number },
): Pick<OpenedSource, "refresh" | "failure"> {
  const { download: settings, retries, retry_delay } = config.watch;
  const input = join(folder, "input");
  const key = sha256Text(address).slice(0, 16);
  const request = {
    url: address,
    folder: input,
    statePath: join(folder, "processing", ".fetched", `${key}.json`),
    headers: settings.headers,
    timeout: milliseconds(settings.timeout),
    maxBytes: settings.max_bytes,
    retries,
    retryDelay: milliseconds(retry_delay),
    signal: context.signal,
    // An earlier version may wait there still.
    freeName: (name: string): string =>
      candidateNames(name, context.now()).find((each) => !existsSync(join(input, each))) ?? name,
  };
  let failure: Error | undefined;
  let next = -Infinity;
  return {
    failure: () => failure,
    async refresh() {
      if (clock() < next) return;
      next = clock() + milliseconds(settings.poll);
      try {
        const name = await fetchUrl(request);
        failure = undefined;
        const message = name === null ? `${shownUrl(address)} has nothing new` : `fetched ${name}`;
        context.emit({ type: "stage", stage: "watch", message });
      } catch (error) {
        context.signal.throwIfAborted();
        failure = error as Error;
        context.emit({ type: "warning", stage: "watch", message: failure.message });
      }
    },
  };
}

interface FetchUrlOptions extends Omit<DownloadOptions, "path" | "known" | "idle" | "hints" | "onProgress"> {
  /** Absolute; the file appears there whole, under the name that it has in the address. */
  readonly folder: string;
  readonly statePath: string;
  readonly freeName: (name: string) => string;
}

interface FetchState extends Version {
  readonly url: string;
  readonly sha256: string;
  readonly name: string;
}

/** Equal bytes are no news. Killed at any moment, the next call goes on: no version is lost or comes twice. */
async function fetchUrl(options: FetchUrlOptions): Promise<string | null> {
  const { folder, statePath, url } = options;
  const before = readState(options);
  // Hidden, so that nobody takes it before it is known.
  const waiting = join(folder, `.fetched-${sha256Text(url).slice(0, 16)}`);
  const arrive = (name: string): string => {
    renameSync(waiting, join(folder, name));
    syncFolder(folder);
    return name;
  };
  if (before !== undefined && existsSync(waiting) && (await sha256File(waiting)) === before.sha256)
    return arrive(before.name);
  ensureFolder(folder);
  const path = `${waiting}.part`;
  const hints = {
    failure: "it is tried again at the next look",
    tooLong: "a larger `watch.download.max_bytes` takes it",
  };
  const response = await download({ ...options, path, known: before, hints });
  if (response === null) return null;
  const { sha256, etag, lastModified } = response;
  const isSame = before?.sha256 === sha256;
  const name = isSame ? before.name : options.freeName(tableName(lastPart(url), path));
  if (isSame) rmSync(path, { force: true });
  else renameSync(path, waiting);
  const state: FetchState = { url: shownUrl(url), etag, lastModified, sha256, name };
  atomicWrite(statePath, `${JSON.stringify(state, null, 2)}\n`);
  return isSame ? null : arrive(name);
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
