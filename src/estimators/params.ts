/** Validates the parameters of a model family and fills in the defaults. */
import { MlctlError } from "../core/errors.ts";
import type { Json, JsonObject } from "../core/json.ts";
import { correction, type ParamSpec } from "../core/paramSpec.ts";
import { didYouMean } from "../core/text/suggest.ts";

/**
 * Every parameter of `specs` with its value, in the order of `specs`. All unknown names and invalid values are
 * reported at once: ignoring a misspelt parameter would silently train a different model.
 * @throws {MlctlError} kind "usage"
 */
export function resolveParams(specs: readonly ParamSpec[], given: JsonObject, family: string): JsonObject {
  const names = specs.map((spec) => spec.name);
  const known = names.length === 0 ? `${family} has no parameters` : `known: ${names.join(", ")}`;
  const problems = Object.keys(given)
    .filter((name) => !names.includes(name))
    .map((name) => ({
      message: `unknown parameter "${name}" for ${family}`,
      hint: didYouMean(name, names, known),
    }));
  const resolved: Record<string, Json> = {};
  for (const spec of specs) {
    const value = Object.hasOwn(given, spec.name) ? given[spec.name]! : spec.default;
    resolved[spec.name] = value;
    const hint = correction(spec, value);
    if (hint === undefined) continue;
    problems.push({ message: `parameter "${spec.name}" of ${family} is ${JSON.stringify(value)}`, hint });
  }
  const [first] = problems;
  if (first === undefined) return resolved;
  if (problems.length === 1) throw new MlctlError("usage", first.message, { hint: first.hint });
  throw new MlctlError("usage", `${problems.length} invalid parameters for ${family}`, {
    details: problems.map(({ message, hint }) => `${message}: ${hint}`),
  });
}
