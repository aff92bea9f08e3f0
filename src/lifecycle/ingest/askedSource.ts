/** The sources that config.json or the command line names, with all that is needed to ask them. */
import { join } from "node:path";
import type { Readable } from "node:stream";
import type { Config } from "../../config/schema/schema.ts";
import { attempt, MlctlError } from "../../core/errors.ts";
import { milliseconds } from "../../core/text/format.ts";
import { temporaryPath } from "../../storage/files/atomicWrite.ts";
import { shownUrl, withoutUser } from "../../storage/remote/download.ts";
import type { Workspace } from "../workspace.ts";
import { arrivalPlace, type NotedSource, type Purpose } from "../sourceNotes.ts";

type SourceSettings = Exclude<Config["ingest"]["sources"][number], string>;

export interface AskedSource extends SourceSettings, NotedSource {
  /** Of each wait, in milliseconds. */
  readonly timeout: number;
  readonly retries: number;
  readonly retryDelay: number;
  temporary(): string;
}

export interface NamedSources {
  /** Addresses, or "-" for stdin. */
  readonly addresses: readonly string[];
  readonly query?: string | undefined;
  readonly watermark?: string | undefined;
  readonly stdin: Readable;
}

export function isSource(argument: string): boolean {
  return argument === "-" || /^(https?|s3|postgres(ql)?):\/\//i.test(argument);
}

const DEFAULTS = { for: "train", headers: {}, paging: null, pattern: null, query: null, watermark: null } as const;

export function configuredSources(workspace: Workspace): AskedSource[] {
  const { sources } = workspace.config.ingest;
  return sources.map((source, i) =>
    asked(workspace, typeof source === "string" ? { ...DEFAULTS, url: source } : source, `ingest.sources.${i}`),
  );
}

/** An address that config.json has, too, comes with its settings. */
export function namedSources(
  workspace: Workspace,
  { addresses, ...options }: NamedSources,
  purpose: Purpose = "train",
) {
  const [query, watermark] = [options.query ?? null, options.watermark ?? null];
  // A variable of another source may not be set.
  const known = (query === null && attempt(() => configuredSources(workspace))) || [];
  return addresses.map((url): AskedSource => {
    const same = known.find((source) => source.url === url);
    if (same !== undefined) return purpose === "train" ? same : asked(workspace, same, same.key, purpose);
    if (/^postgres/i.test(url) && query === null)
      throw new MlctlError("usage", `${shownUrl(url)}: missing the SELECT whose rows are read`, {
        hint: 'add --query "SELECT …"',
      });
    return asked(workspace, { ...DEFAULTS, url, query, watermark }, null, purpose);
  });
}

function asked(
  workspace: Workspace,
  source: SourceSettings,
  key: string | null,
  purpose: Purpose = source.for,
): AskedSource {
  const { timeout, retries, retry_delay } = workspace.config.ingest.download;
  const { url, query, watermark } = source;
  const place = arrivalPlace(workspace, purpose);
  return {
    ...source,
    // A new password or header is the same source.
    identity: JSON.stringify([withoutUser(url), query, watermark]),
    shown: url === "-" ? "standard input" : shownUrl(url),
    key,
    timeout: milliseconds(timeout),
    retries,
    retryDelay: milliseconds(retry_delay),
    place,
    temporary: () => temporaryPath(join(place.folder, "source")),
  };
}
