/** Reads a number from a single value the way DuckDB reads it from a file, so that it means what it meant in training. */

/** What DuckDB trims; String.trim takes the non-breaking space besides, which no number may have. */
const SPACE = String.raw`[ \t\n\v\f\r]*`;
/** Digits may be grouped by single underscores: 1_000. */
const DIGITS = String.raw`\d+(?:_\d+)*`;
const NUMERAL = new RegExp(
  String.raw`^${SPACE}\+?(-?(?:${DIGITS}(?:\.(?:${DIGITS})?)?|\.${DIGITS})(?:e[+-]?${DIGITS})?)${SPACE}$`,
  "i",
);
/** DuckDB drops a plus sign even before a minus, and has these words in any case. */
const WORD = new RegExp(String.raw`^${SPACE}\+?(-?)(nan|inf|infinity)${SPACE}$`, "i");

/** Undefined if it is not a number; NaN, which is missing, is one. */
export function parseNumber(value: unknown): number | undefined {
  if (typeof value === "number") return value;
  if (typeof value !== "string") return undefined;
  const numeral = NUMERAL.exec(value)?.[1];
  if (numeral !== undefined) return Number(numeral.includes("_") ? numeral.replaceAll("_", "") : numeral);
  const word = WORD.exec(value);
  if (word === null) return undefined;
  return word[2]!.toLowerCase() === "nan" ? Number.NaN : word[1] === "-" ? -Infinity : Infinity;
}
