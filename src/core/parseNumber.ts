/** Reads a number from a single value the way DuckDB reads it from a file, so that it means what it meant in training. */

const NUMERAL = /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i;
const WORDS = new Map([
  ["nan", Number.NaN],
  ["-nan", Number.NaN],
  ["inf", Infinity],
  ["-inf", -Infinity],
  ["infinity", Infinity],
  ["-infinity", -Infinity],
]);

/** Undefined if it is not a number; NaN, which is missing, is one. */
export function parseNumber(value: unknown): number | undefined {
  if (typeof value === "number") return value;
  if (typeof value !== "string") return undefined;
  const text = value.trim();
  return NUMERAL.test(text) ? Number(text) : WORDS.get(text.toLowerCase());
}
