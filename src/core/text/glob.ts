/** Matches paths against a glob pattern of config.json. */
import picomatch from "picomatch";
import { MlctlError } from "../errors.ts";

/** Special characters of picomatch that are common in file names: "data (1).csv", "a+b.csv". */
const ORDINARY = /(?<![\\[])[()|+@!^$]/g;

/**
 * @param pattern for paths with forward slashes: `*` and `?` match within a name, `**` matches folders at any depth,
 *   `{a,b}` is an alternative, `[0-9]` a character class
 * @returns whether a whole path matches, ignoring case
 * @throws {MlctlError} kind "usage" if a bracket is not closed
 */
export function glob(pattern: string): (path: string) => boolean {
  const options = { nocase: true, dot: true, nonegate: true, noextglob: true, strictBrackets: true, posix: true };
  try {
    return picomatch(pattern.replace(ORDINARY, String.raw`\$&`), options);
  } catch (cause) {
    throw new MlctlError("usage", `the pattern "${pattern}" is not valid: ${(cause as Error).message}`, {
      cause,
      hint: "* and ? match within a name, ** matches folders at any depth, {a,b} is an alternative, [0-9] a character class",
    });
  }
}
