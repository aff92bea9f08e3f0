/** The source that config.json or the command line names: the local folder, an address, a bucket. */
import { createHash } from "node:crypto";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { milliseconds } from "../../core/text/duration.ts";
import { MlctlError } from "../../core/errors.ts";
import { fetchUrl } from "./fetchUrl.ts";
import { glob } from "../../core/text/glob.ts";
import type { Workspace } from "../../lifecycle/workspace.ts";
import { toRecordPath } from "../../storage/files/workspacePaths.ts";
import { shownUrl } from "../../storage/remote/download.ts";
import { candidateNames } from "./dropNames.ts";
import type { DropSource } from "./dropSource.ts";
import { folderSource } from "./folderSource.ts";

export interface OpenedSource {
  readonly source: DropSource;
  /** For people. */
  readonly place: string;
  /** Looks for news where the source itself cannot: at an address. */
  refresh(): Promise<void>;
  /** Why the last refresh brought nothing; undefined where it worked. */
  failure(): Error | undefined;
}

/**
 * @param folder absolute: watch.folder
 * @throws {MlctlError} kind "usage" where `watch.source` is neither an address nor a bucket
 */
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

/** An address that cannot be had keeps nobody from the files that are there. */
function refresher(
  { config, context }: Workspace,
  { address, folder, clock }: { address: string; folder: string; clock: () => number },
): Pick<OpenedSource, "refresh" | "failure"> {
  const { download, retries, retry_delay } = config.watch;
  const input = join(folder, "input");
  const key = createHash("sha256").update(address).digest("hex").slice(0, 16);
  const request = {
    url: address,
    folder: input,
    statePath: join(folder, "processing", ".fetched", `${key}.json`),
    headers: download.headers,
    timeout: milliseconds(download.timeout),
    maxBytes: download.max_bytes,
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
      next = clock() + milliseconds(download.poll);
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
