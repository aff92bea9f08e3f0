/** Which paths a pattern of config.json matches. */
import picomatch from "picomatch";
import { MlctlError } from "../errors.ts";

/** Special to picomatch, but ordinary in names of files: "data (1).csv", "a+b.csv". */
const ORDINARY = /(?<![\\[])[()|+@!^$]/g;

/**
 * @param pattern for paths with forward slashes: `*` and `?` stay within a name, `**` spans folders, `{a,b}` chooses,
 *   `[0-9]` is one of some characters
 * @returns whether a path matches all of the pattern; letter case does not matter
 * @throws {MlctlError} kind "usage" where a bracket is not closed
 */
export function glob(pattern: string): (path: string) => boolean {
  const options = { nocase: true, dot: true, nonegate: true, noextglob: true, strictBrackets: true, posix: true };
  try {
    return picomatch(pattern.replace(ORDINARY, String.raw`\$&`), options);
  } catch (cause) {
    throw new MlctlError("usage", `the pattern "${pattern}" is not valid: ${(cause as Error).message}`, {
      cause,
      hint: "* and ? match within a name, ** spans folders, {a,b} chooses, [0-9] is one of some characters",
    });
  }
}
