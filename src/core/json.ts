/** Values that survive a round trip through JSON. */
export type Json = null | boolean | number | string | readonly Json[] | { readonly [key: string]: Json };
export type JsonObject = { readonly [key: string]: Json };

export function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** A number of 16 digits or more, or 1e400: a double may not hold it. Fractions, which floats often have, do not count. */
const LARGE = /(?<![\d.])\d{16}|[\s:,[]-?\d[\d.]*e\+?\d{3}/i;

/**
 * As JSON.parse, but a number that a double cannot hold becomes a string: an integer is an id or a code, and 1e400 is
 * shown as it was written.
 * @throws {SyntaxError} if it is not JSON, or if an object has a key twice, of which JSON.parse takes the last silently
 */
export function parseExactJson(text: string): unknown {
  // A reviver takes ten times as long, so it runs only if the text has such a number.
  const value: unknown = LARGE.test(text) ? JSON.parse(text, exactNumber as Reviver) : JSON.parse(text);
  const repeated = keyColons(text) === keyCount(value) ? undefined : repeatedKey(text);
  if (repeated !== undefined) throw new SyntaxError(`duplicate key ${repeated}`);
  return value;
}

/** Number of colons after a quote: those after keys, and rarely one in a string. */
function keyColons(text: string): number {
  let count = 0;
  for (let at = text.indexOf(":"); at >= 0; at = text.indexOf(":", at + 1)) {
    let before = at - 1;
    while (text.charCodeAt(before) <= 32) before--;
    if (text[before] === '"') count++;
  }
  return count;
}

/** Of all objects in a value. */
function keyCount(value: unknown): number {
  let count = 0;
  // No recursion, since the value may be nested deeply.
  const open = [value];
  while (open.length > 0) {
    const found = open.pop();
    if (typeof found !== "object" || found === null) continue;
    const values: unknown[] = Array.isArray(found) ? found : Object.values(found);
    if (!Array.isArray(found)) count += values.length;
    for (const each of values) if (typeof each === "object") open.push(each);
  }
  return count;
}

/** The first key, as it is written, that an object of a JSON text has twice. */
function repeatedKey(text: string): string | undefined {
  const open: Set<unknown>[] = [];
  for (const [token, key] of text.matchAll(/[{}]|("[^"\\]*(?:\\.[^"\\]*)*")\s*:|"[^"\\]*(?:\\.[^"\\]*)*"/g)) {
    if (token === "{") open.push(new Set());
    else if (token === "}") open.pop();
    else if (key !== undefined) {
      const name: unknown = JSON.parse(key);
      if (open.at(-1)!.has(name)) return key;
      open.at(-1)!.add(name);
    }
  }
  return undefined;
}

type Reviver = (key: string, value: unknown) => unknown;

function exactNumber(_key: string, value: unknown, { source }: { source: string }): unknown {
  if (typeof value !== "number" || Number.isSafeInteger(value)) return value;
  return !Number.isFinite(value) || /^-?\d+$/.test(source) ? source : value;
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
