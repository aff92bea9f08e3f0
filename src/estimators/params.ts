/** Validates the parameters of a model family and fills in the defaults. */
import type { ParamSpec } from "../core/estimator.ts";
import { MlctlError } from "../core/errors.ts";
import type { Json, JsonObject } from "../core/json.ts";
import { didYouMean } from "../core/text/suggest.ts";

/** A number above 0. */
export const positive = { type: "number", minimum: 0, exclusiveMinimum: true } as const;

/** The entry of a parameter: its type, default and limits, and what it does. */
export function param(name: string, values: Omit<ParamSpec, "name" | "description">, description: string): ParamSpec {
  return { name, ...values, description };
}

/**
 * Every parameter of `specs` with its value, in the order of `specs`. All unknown names and invalid values are
 * reported at once: ignoring a misspelt parameter would silently train a different model.
 * @throws {MlctlError} kind "usage"
 */
export function resolveParams(specs: readonly ParamSpec[], given: JsonObject, family: string): JsonObject {
  const problems: Problem[] = [];
  const names = specs.map((spec) => spec.name);
  for (const name of Object.keys(given)) {
    if (!names.includes(name)) problems.push(unknownParam(name, names, family));
  }
  const resolved: Record<string, Json> = {};
  for (const spec of specs) {
    const value = Object.hasOwn(given, spec.name) ? given[spec.name]! : spec.default;
    resolved[spec.name] = value;
    if (!isAllowed(spec, value)) problems.push(invalidValue(spec, value, family));
  }
  const [first] = problems;
  if (first === undefined) return resolved;
  if (problems.length === 1) throw new MlctlError("usage", first.message, { hint: first.hint });
  throw new MlctlError("usage", `${problems.length} invalid parameters for ${family}`, {
    details: problems.map(({ message, hint }) => `${message}: ${hint}`),
  });
}

interface Problem {
  readonly message: string;
  readonly hint: string;
}

function unknownParam(name: string, names: readonly string[], family: string): Problem {
  const known = names.length === 0 ? `${family} has no parameters` : `known: ${names.join(", ")}`;
  return { message: `unknown parameter "${name}" for ${family}`, hint: didYouMean(name, names, known) };
}

function invalidValue(spec: ParamSpec, value: Json, family: string): Problem {
  const choices = typeof value === "string" ? (spec.choices ?? []) : [];
  return {
    message: `parameter "${spec.name}" of ${family} is ${JSON.stringify(value)}`,
    hint: didYouMean(String(value), choices, `allowed: ${allowed(spec)}`),
  };
}

function isAllowed(spec: ParamSpec, value: Json): boolean {
  if (value === null) return spec.default === null;
  if (spec.type === "boolean") return typeof value === "boolean";
  if (spec.type === "choice") return typeof value === "string" && (spec.choices ?? []).includes(value);
  if (spec.type === "directions") return isDirections(value);
  if (spec.type === "groups") return isGroups(value);
  if (typeof value !== "number" || !Number.isFinite(value)) return false;
  if (spec.type === "integer" && !Number.isInteger(value)) return false;
  const { minimum = -Infinity, maximum = Infinity } = spec;
  return value <= maximum && (spec.exclusiveMinimum === true ? value > minimum : value >= minimum);
}

function isDirections(value: Json): boolean {
  if (value === null || typeof value !== "object" || Array.isArray(value)) return false;
  return Object.values(value).every((direction) => direction === 1 || direction === 0 || direction === -1);
}

function isGroups(value: Json): boolean {
  return Array.isArray(value) && value.every(isGroup);
}

function isGroup(value: Json): boolean {
  return Array.isArray(value) && value.every((name) => typeof name === "string");
}

/** Describes the allowed values, e.g. "a number above 0, at most 1". */
function allowed(spec: ParamSpec): string {
  const orNull = spec.default === null ? " or null" : "";
  if (spec.type === "boolean") return `true or false${orNull}`;
  if (spec.type === "choice") return (spec.choices ?? []).map((choice) => `"${choice}"`).join(", ") + orNull;
  if (spec.type === "directions") return `an object of features with 1, 0 or -1, e.g. { "price": -1 }${orNull}`;
  if (spec.type === "groups") return `lists of features, e.g. [["a", "b"], ["c"]]${orNull}`;
  const kind = spec.type === "integer" ? "a whole number" : "a number";
  const bounds: string[] = [];
  if (spec.minimum !== undefined)
    bounds.push(`${spec.exclusiveMinimum === true ? "above" : "at least"} ${spec.minimum}`);
  if (spec.maximum !== undefined) bounds.push(`at most ${spec.maximum}`);
  return [kind + (bounds.length > 0 ? ` ${bounds.join(", ")}` : ""), ...(orNull ? ["null"] : [])].join(" or ");
}
