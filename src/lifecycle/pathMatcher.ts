/** Which paths fit a pattern of config.json, for folders that `data` does not walk. */
import { globExpression } from "../data/findInputFiles.ts";

/** @param pattern see findInputFiles @throws {MlctlError} kind "usage" where it is none */
export function pathMatcher(pattern: string): (path: string) => boolean {
  const expression = globExpression(pattern);
  return (path) => expression.test(path);
}
