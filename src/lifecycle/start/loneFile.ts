/** Finds the data of a folder that has no config.json yet. */
import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { MlctlError } from "../../core/errors.ts";
import { listed } from "../../core/text/listed.ts";

const TABLE = /\.(csv|tsv|jsonl|ndjson|json|parquet)(\.gz)?$/i;
/** Files of other programs. */
const SETTINGS = /^\.|(^|\.)(package|package-lock|tsconfig|config|schema)\b.*\.json$/i;

/**
 * The only file of rows beside no others, or train.csv with test.csv.
 * @throws {MlctlError} kind "usage" if there is none or several
 */
export function loneFile(directory: string): { from: string; testFile: string | undefined } {
  const names = existsSync(directory) ? readdirSync(directory) : [];
  const files = names.filter((name) => TABLE.test(name) && !SETTINGS.test(name)).toSorted();
  const test = files.find((name) => /^test\b/i.test(name));
  const train = files.find((name) => /^train(ing)?\b/i.test(name));
  const isPair = files.length === 2 && test !== undefined && train !== undefined;
  if (files.length !== 1 && !isPair) {
    const found = files.length === 0 ? "no file of rows" : `several files of rows: ${listed(files)}`;
    throw new MlctlError("usage", `${directory} has no config.json and ${found}`, {
      hint: "name the file: `mlctl init --from FILE --target COLUMN`",
    });
  }
  return { from: join(directory, isPair ? train : files[0]!), testFile: isPair ? join(directory, test) : undefined };
}
