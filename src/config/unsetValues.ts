/** Reading a value whose variable is not set throws, so that a command fails only if it needs the value. */
import { MlctlError } from "../core/errors.ts";
import type { Json } from "../core/json.ts";
import { valueAt, withoutValueAt, type Path } from "./jsonPath.ts";
import type { Issue as ExplainedIssue } from "./problems/explainIssues.ts";
import type { UnsetValue } from "./references.ts";

type Issue = Pick<ExplainedIssue, "code" | "path">;

export interface Deferred extends UnsetValue {
  /** The key to make unreadable: `path`, or the nearest ancestor that the schema allows to be missing. */
  readonly at: Path;
}

/** Makes it fit the schema where only variables are missing: strings stay as written, other keys are removed. */
export function deferUnset(given: Json, unset: readonly UnsetValue[], issuesOf: (given: Json) => readonly Issue[]) {
  let value = given;
  const isFitting = (attempt: Json, at: Path): boolean => !issuesOf(attempt).some((issue) => isAbout(issue, at));
  const keyOf = ({ path }: UnsetValue): Path => {
    if (isFitting(value, path)) return path;
    for (let length = path.length; length > 0; length--) {
      const at = path.slice(0, length);
      const attempt = withoutValueAt(value, at);
      if (!isFitting(attempt, at)) continue;
      value = attempt;
      return at;
    }
    return path;
  };
  const deferred = unset.map((each): Deferred => ({ ...each, at: keyOf(each) }));
  return { given: value, deferred };
}

/** Makes the deferred keys throw when they are read. @returns the messages of these errors */
export function guardUnset(
  config: object,
  deferred: readonly Deferred[],
  sourceOf: (key: string) => string | undefined,
): string[] {
  const messageOf = ({ path, message }: Deferred): string =>
    `${sourceOf(path.join("."))}: ${path.join(".")}: ${message}`;
  // Children first: their parents can no longer be read afterwards.
  for (const each of deferred.toSorted((a, b) => b.at.length - a.at.length)) {
    const parent = valueAt(config, each.at.slice(0, -1));
    if (typeof parent !== "object" || parent === null) continue;
    Object.defineProperty(parent, each.at.at(-1)!, {
      enumerable: true,
      configurable: true,
      get() {
        throw new MlctlError("usage", messageOf(each));
      },
    });
  }
  return deferred.map(messageOf);
}

/** Fails before the work starts. @throws {MlctlError} kind "usage" if a value needs a variable that is not set */
export function requireVariables(section: unknown, except: readonly string[] = []): void {
  if (typeof section !== "object" || section === null) return;
  for (const key of Object.keys(section))
    if (!except.includes(key)) requireVariables((section as Record<string, unknown>)[key]);
}

export function isReadable<T extends object>(section: T, key: keyof T): boolean {
  return Object.getOwnPropertyDescriptor(section, key)?.get === undefined;
}

/** A copy of a section with other values. Does not read the values that are replaced. */
export function withValues<T extends object, U extends object>(section: T, values: U): Omit<T, keyof U> & U {
  const kept = Object.keys(section).filter((key) => !Object.hasOwn(values, key));
  const copy = {};
  for (const key of kept) Object.defineProperty(copy, key, Object.getOwnPropertyDescriptor(section, key)!);
  return Object.assign(copy, values) as Omit<T, keyof U> & U;
}

/** A union reports an issue of one of its branches at its own path. */
function isAbout({ code, path }: Issue, at: Path): boolean {
  return startsWith(path, at) || (code === "invalid_union" && startsWith(at, path));
}

function startsWith(path: readonly PropertyKey[], prefix: readonly PropertyKey[]): boolean {
  return prefix.every((key, i) => String(path[i]) === String(key));
}
