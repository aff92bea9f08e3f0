/** Values that survive a round trip through JSON. */
export type Json = null | boolean | number | string | readonly Json[] | { readonly [key: string]: Json };
export type JsonObject = { readonly [key: string]: Json };

export function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** The value of a JSON text; undefined if it is not JSON. */
export function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** Path of the first number that is NaN or infinite, such as "coefficients.3"; undefined if JSON can hold the value. */
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
