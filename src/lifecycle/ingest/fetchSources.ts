/** Brings rows from where they are into the folders: addresses, buckets, databases, standard input. */
import { createWriteStream, rmSync } from "node:fs";
import { basename } from "node:path";
import type { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { MlctlError } from "../../core/errors.ts";
import { counted } from "../../core/text/format.ts";
import { fromRecordPath, sha256File } from "../../storage/files/workspacePaths.ts";
import { writeFailure } from "../../storage/files/atomicWrite.ts";
import { copyQuery } from "../../storage/postgres/copyQuery.ts";
import { requireTable } from "../../storage/remote/tableName.ts";
import type { Session } from "../session.ts";
import { configuredSources, namedSources, type AskedSource, type NamedSources } from "./askedSource.ts";
import { fromAddress, fromBucket } from "./fileSources.ts";
import { foundFiles } from "./inputFiles.ts";
import { arrivalPlace, forsakenFiles, inputFolder, keepArrivals, readNote, settleSources } from "../sourceNotes.ts";

export interface FetchedSource {
  /** Without credentials. */
  readonly source: string;
  readonly status: "new" | "unchanged" | "failed";
  readonly files: readonly string[];
  readonly error: string | null;
}

/**
 * A source that fails leaves its files as they were, and the others are asked all the same.
 * @param named the sources of the command line; without, those of config.json
 * @throws {MlctlError} "notReady" where config.json is not trusted; what failed where it was named or nothing else is there
 */
export async function fetchSources(session: Session, named?: NamedSources): Promise<FetchedSource[]> {
  const { config, trust, context, store } = session;
  const sources = named === undefined ? configuredSources(session) : namedSources(session, named);
  if (sources.length === 0) return [];
  for (const { key } of sources) if (key !== null) trust.require(key);
  for (const purpose of new Set(sources.map((source) => source.for))) settleSources(arrivalPlace(session, purpose));
  const results: FetchedSource[] = [];
  const failures: MlctlError[] = [];
  for (const source of sources) {
    context.emit({ type: "stage", stage: "ingest", message: `asking ${source.shown}` });
    try {
      const files = await ask(session, source, named?.stdin);
      results.push({ source: source.shown, status: files.length > 0 ? "new" : "unchanged", files, error: null });
    } catch (error) {
      context.signal.throwIfAborted();
      if (!(error instanceof MlctlError)) throw error;
      failures.push(error);
      results.push({ source: source.shown, status: "failed", files: [], error: error.message });
    }
  }
  const hasNothing = async (): Promise<boolean> =>
    store.latestDataset(config.input_folder_path) === undefined && (await foundFiles(session, [])).files.length === 0;
  const [first] = failures;
  if (first !== undefined && (named !== undefined || first.kind === "usage" || (await hasNothing()))) throw first;
  for (const { message } of failures)
    context.emit({ type: "warning", stage: "ingest", message: `${message}; what came before is used` });
  if (named === undefined) warnOfForsaken(session, sources);
  return results;
}

/**
 * Brings the rows of addresses to check, whether they are new or came before.
 * @returns absolute paths
 * @throws {MlctlError} where one of them fails
 */
export async function fetchToMonitor(session: Session, named: NamedSources): Promise<string[]> {
  const place = arrivalPlace(session, "monitor");
  settleSources(place);
  const files: string[] = [];
  for (const source of namedSources(session, named, "monitor")) {
    session.context.emit({ type: "stage", stage: "monitor", message: `asking ${source.shown}` });
    await ask(session, source, named.stdin);
    const { items = {} } = readNote(source) ?? {};
    files.push(...Object.values(items).map(({ path }) => fromRecordPath(place.workspace, path)));
  }
  return files;
}

async function ask(session: Session, source: AskedSource, stdin: Readable | undefined): Promise<string[]> {
  if (source.url === "-") return fromStdin(session, source, stdin!);
  if (source.url.startsWith("s3:")) return fromBucket(session, source);
  return /^postgres/i.test(source.url) ? fromDatabase(session, source) : fromAddress(session, source);
}

async function fromStdin(session: Session, source: AskedSource, stdin: Readable): Promise<string[]> {
  const temporary = source.temporary();
  try {
    await pipeline(stdin, createWriteStream(temporary), { signal: session.context.signal });
    requireTable(temporary, "standard input");
  } catch (error) {
    rmSync(temporary, { force: true });
    throw error instanceof MlctlError ? error : writeFailure(error, temporary);
  }
  const sha256 = await sha256File(temporary);
  const all = source.place.folder !== inputFolder(session);
  return keepArrivals(source, [{ item: sha256, name: "stdin", temporary, sha256 }], { all });
}

/**
 * The result of a query to Postgres, as a file of JSON lines. With a watermark, the rows above the last one are a further
 * file; without, the result replaces the one before.
 */
async function fromDatabase({ context }: Session, source: AskedSource): Promise<string[]> {
  const { url, shown, query, watermark: column, timeout } = source;
  const after = readNote(source)?.watermark;
  const temporary = source.temporary();
  try {
    const asked = { url, shown, query: query!, watermark: column, after, timeout };
    const { rows, sha256, watermark } = await copyQuery({
      ...asked,
      path: temporary,
      signal: context.signal,
      onProgress: (done) => context.emit({ type: "progress", stage: "ingest", done, unit: "rows" }),
    });
    if (rows === 0 && after !== undefined) return [];
    if (rows === 0) throw new MlctlError("failure", `${shown}: the query has no rows`, { hint: "check `query`" });
    const item = column === null ? "rows" : `above ${after ?? "the beginning"}`;
    const arrivals = [{ item, name: `${basename(shown)}.jsonl`, temporary, sha256 }];
    return keepArrivals(source, arrivals, { all: column === null, ...(watermark !== undefined && { watermark }) });
  } finally {
    rmSync(temporary, { force: true });
  }
}

/** For a dry run, which calls nobody: false where config.json has no sources. */
export function unaskedNote({ config }: Pick<Session, "config">): string | false {
  const { length } = config.ingest.sources;
  return length > 0 && `--dry-run asks no source: what ${counted(length, "source")} may have is not known`;
}

function warnOfForsaken(session: Session, sources: readonly AskedSource[]): void {
  const files = (["train", "test"] as const).flatMap((purpose) => {
    const identities = sources.filter((source) => source.for === purpose).map(({ identity }) => identity);
    return forsakenFiles(arrivalPlace(session, purpose), identities);
  });
  if (files.length === 0) return;
  const what = `${counted(files.length, "file")} from sources that config.json no longer names`;
  const message = `${what} ${files.length === 1 ? "is" : "are"} still read, such as ${files[0]}: delete what is not wanted`;
  session.context.emit({ type: "warning", stage: "ingest", message });
}
