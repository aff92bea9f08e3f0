/** Finds the input files of a folder, at any depth, by a glob pattern. */
import type { Dirent } from "node:fs";
import { readdir, realpath, stat } from "node:fs/promises";
import { join, resolve, sep } from "node:path";
import { MlctlError } from "../core/errors.ts";
import { hasUnreadableName, UNREADABLE_NAME } from "../core/unreadableName.ts";
import { glob } from "../core/text/glob.ts";

const DEFAULT_PATTERN = "**/*.{csv,csv.gz,tsv,tsv.gz,json,json.gz,jsonl,jsonl.gz,ndjson,ndjson.gz,parquet}";

/** Files that look like tables, in forms or under names that are not read. */
const OTHER_TABLES = /\.(xls[xmb]?|ods|numbers|zip|7z|txt|dat|feather|arrow|orc|avro|sav|dta|xml|gz|bz2|xz|zst)$/i;
const NOT_MATCHED = "no file that ingest.pattern names; save it as CSV, or set ingest.pattern if it is a text file";
const ABOUT = /(^|\/)(readme|license|licence|changelog|notes)[^/]*$/i;

/**
 * Returns sorted paths that start with `folder` as given. Skips names that start with a dot, as a shell does, and links
 * that point outside the folder, so that an untrusted workspace cannot read other files.
 * @param pattern relative to `folder`, see glob
 * @param others absolute paths of files and folders that are not input, such as the outputs of a workspace
 * @throws {MlctlError} kind "usage" if the folder does not exist
 */
export async function findInputFiles(
  folder: string,
  pattern: string = DEFAULT_PATTERN,
  onLeftOut: (path: string, reason: string) => void = () => {},
  others: readonly string[] = [],
): Promise<string[]> {
  const matches = glob(pattern);
  const root = await realpath(folder).catch((cause: unknown) => {
    const hint = "create it, or correct the path in config.json";
    throw new MlctlError("usage", `folder ${folder} does not exist`, { cause, hint });
  });
  const found: string[] = [];
  const isOther = (path: string): boolean => others.includes(resolve(path));
  await walk(folder, isOther, async (entry, relative) => {
    const path = join(folder, relative);
    // A folder with such a name may hold matching files.
    const isUnreadable = hasUnreadableName(path);
    if (!matches(relative) && !(isUnreadable && entry.isDirectory())) {
      const reason = entry.isFile() ? missedTable(relative, pattern) : undefined;
      if (reason !== undefined) onLeftOut(path, reason);
      return;
    }
    const problem = isUnreadable ? UNREADABLE_NAME : entry.isFile() ? undefined : await problemOfLink(path, root);
    if (problem === undefined) found.push(path);
    else onLeftOut(path, problem);
  });
  return found.toSorted();
}

/** Why a file that looks like a table is not read; undefined for other files that do not match. */
export function missedTable(name: string, pattern: string): string | undefined {
  // Who sets a pattern has chosen.
  return pattern === DEFAULT_PATTERN && OTHER_TABLES.test(name) && !ABOUT.test(name) ? NOT_MATCHED : undefined;
}

async function walk(
  folder: string,
  isOther: (path: string) => boolean,
  visit: (entry: Dirent, relative: string) => Promise<void>,
  below = "",
): Promise<void> {
  const entries = await readdir(join(folder, below), { withFileTypes: true }).catch((error: unknown) => {
    throw new MlctlError("usage", `cannot read folder ${join(folder, below)}`, { cause: error });
  });
  for (const entry of entries) {
    const relative = below === "" ? entry.name : `${below}/${entry.name}`;
    if (entry.name.startsWith(".") || isOther(join(folder, relative))) continue;
    // Linked folders are not followed, since they could form a loop.
    if (entry.isDirectory() && !hasUnreadableName(join(folder, relative))) await walk(folder, isOther, visit, relative);
    else await visit(entry, relative);
  }
}

/** Undefined for a link to a file inside `root`. */
async function problemOfLink(path: string, root: string): Promise<string | undefined> {
  const target = await realpath(path).catch(() => undefined);
  if (target === undefined) return "broken link";
  if (!target.startsWith(root + sep)) return "link to a file outside the folder";
  return (await stat(target)).isFile() ? undefined : "not a file";
}
