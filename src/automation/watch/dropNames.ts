/** Names of dropped files: what is still being written, what can be read, and names that are free. */
import { hash } from "node:crypto";
import { posix } from "node:path";
import { timestamp } from "../../core/text/format.ts";

/** Endings that programs give to files that they are still writing; hidden files and backups of editors. */
const TEMPORARY = /(^[.~]|~$|\.(part|partial|filepart|tmp|temp|crdownload|download|upload|uploading|swp|lock)$)/i;

const TABLE = /\.(csv|tsv|txt|jsonl|ndjson|json)(\.gz)?$|\.parquet$/i;

const LONGEST_NAME = 255;

export function isTemporary(path: string): boolean {
  return path.split("/").some((name) => TEMPORARY.test(name));
}

/** ".csv.gz" of "2024/a.CSV.gz", as the readers know it; undefined where no reader takes it. */
export function tableEnding(path: string): string | undefined {
  return TABLE.exec(path)?.[0].toLowerCase();
}

export function stemOf(path: string): string {
  const ending = tableEnding(path) ?? posix.extname(path);
  const stem = path.slice(0, path.length - ending.length);
  return stem === "" || stem.endsWith("/") ? path : stem;
}

/** Files whose results would have the same names are one to the folder in `processing`, which has a short safe name. */
export function claimName(path: string): string {
  return hash("sha256", stemOf(path)).slice(0, 20);
}

/** Names under which a file may be put away: its own, then with the time, then with a number too. */
export function* candidateNames(path: string, now: Date): Generator<string> {
  yield path;
  const stem = stemOf(path);
  const ending = path.slice(stem.length);
  for (let count = 1; ; count++) {
    yield nameBehind(stem, `_${timestamp(now)}${count === 1 ? "" : `-${count}`}${ending}`);
  }
}

/** Every name that a file of the same stem may have: its results would be mixed with these. */
export function siblingNames(path: string): string[] {
  const stem = stemOf(path);
  const texts = ["csv", "tsv", "txt", "jsonl", "ndjson", "json"].flatMap((name) => [`.${name}`, `.${name}.gz`]);
  return [...new Set([path, ...[...texts, ".parquet"].map((ending) => stem + ending)])];
}

/** `stem` with something behind it; a long one is cut and gets its hash. */
export function nameBehind(stem: string, addition: string): string {
  const name = posix.basename(stem);
  const room = LONGEST_NAME - Buffer.byteLength(addition);
  if (Buffer.byteLength(name) <= room) return stem + addition;
  const suffix = hash("sha256", name).slice(0, 8);
  let kept = "";
  for (const letter of name) {
    if (Buffer.byteLength(kept + letter) > room - 9) break;
    kept += letter;
  }
  return posix.join(posix.dirname(stem), `${kept}-${suffix}${addition}`);
}
