/** Values that survive a round trip through JSON. */
export type Json = null | boolean | number | string | readonly Json[] | { readonly [key: string]: Json };
export type JsonObject = { readonly [key: string]: Json };

export function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** A number of 16 digits or more: a double may not hold it. Fractions, which floats often have, do not count. */
const LONG_INTEGER = /(?<![\d.])\d{16}/;

/**
 * As JSON.parse, but an integer that a double cannot hold becomes the string of its digits: it is an id or a code.
 * @throws {SyntaxError} if it is not JSON
 */
export function parseExactJson(text: string): unknown {
  // A reviver takes ten times as long, so it runs only if the text has such a number.
  return LONG_INTEGER.test(text) ? JSON.parse(text, exactInteger as Reviver) : JSON.parse(text);
}

type Reviver = (key: string, value: unknown) => unknown;

function exactInteger(_key: string, value: unknown, { source }: { source: string }): unknown {
  if (typeof value !== "number" || Number.isSafeInteger(value) || !Number.isFinite(value)) return value;
  return /^-?\d+$/.test(source) ? source : value;
}

export function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** Path of the first number that is NaN or infinite, such as "coefficients.3". */
export function nonFinitePath(value: Json): string | undefined {
  if (typeof value === "number") return Number.isFinite(value) ? undefined : "";
  if (typeof value !== "object" || value === null) return undefined;
  // Of a list only the position of the first one is needed: trees have a million numbers.
  const items: [string | number, Json | undefined][] = Array.isArray(value)
    ? firstNonFinite(value as readonly Json[])
    : Object.entries(value);
  for (const [key, item] of items) {
    const path = item === undefined ? undefined : nonFinitePath(item);
    if (path !== undefined) return path === "" ? String(key) : `${key}.${path}`;
  }
  return undefined;
}

function firstNonFinite(list: readonly Json[]): [number, Json | undefined][] {
  const at = list.findIndex((item) => nonFinitePath(item) !== undefined);
  return at < 0 ? [] : [[at, list[at]]];
}

/** JSON has no NaN and no infinity. */
export function finiteOrNull(value: number): number | null {
  return Number.isFinite(value) ? value : null;
}
