/** Builds one error with all problems of config.json, each with its line. */
import { MlctlError } from "../../core/errors.ts";
import type { ConfigProblem } from "../schema/schema.ts";

/** @param sourceOf line of a key, or the flag or variable that set it */
export function configError(
  problems: readonly ConfigProblem[],
  name: string,
  sourceOf: (path: string) => string | undefined,
): MlctlError {
  const placed = problems.map(({ path, message }) => ({ source: sourceOf(path) ?? name, path: path || name, message }));
  const inFileOrder = placed.toSorted((a, b) => a.source.localeCompare(b.source, "en", { numeric: true }));
  const details = inFileOrder.map(({ source, path, message }) => `${source}: ${path}: ${message}`);
  return new MlctlError("usage", `${name} has ${problems.length === 1 ? "an error" : `${problems.length} errors`}`, {
    details,
    hint: "`mlctl config schema` describes every key",
  });
}
