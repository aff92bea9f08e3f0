/** Reads single values the way DuckDB reads them from files, so that a row to predict means what it meant in training. */
import type { Json } from "../core/json.ts";

const NUMERAL = /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i;
const WORDS = new Map([
  ["nan", Number.NaN],
  ["-nan", Number.NaN],
  ["inf", Infinity],
  ["-inf", -Infinity],
  ["infinity", Infinity],
  ["-infinity", -Infinity],
]);
const INSTANT =
  /^(\d{4})[-/](\d{1,2})[-/](\d{1,2})(?:[T ](\d{1,2}):(\d{2})(?::(\d{2})(\.\d+)?)?)? ?(?:(Z|UTC)|([+-])(\d{2}):?(\d{2})?)?$/i;

/** Undefined if it is not a number; NaN, which is missing, is one. */
export function parseNumber(value: Json): number | undefined {
  if (typeof value === "number") return value;
  if (typeof value !== "string") return undefined;
  const text = value.trim();
  return NUMERAL.test(text) ? Number(text) : WORDS.get(text.toLowerCase());
}

/** Epoch milliseconds of an ISO date or time, UTC where it names no zone; undefined if it is none. */
export function parseDate(value: Json): number | undefined {
  const parts = typeof value === "string" ? INSTANT.exec(value.trim()) : null;
  if (parts === null) return undefined;
  const [year, month, day, hour, minute, second] = parts.slice(1, 7).map((part) => Number(part ?? 0));
  const midnight = Date.UTC(year!, month! - 1, day);
  // Date.UTC turns February 30 into March 2.
  if (new Date(midnight).getUTCDate() !== day || month! > 12 || hour! > 24 || minute! > 59 || second! > 59)
    return undefined;
  const fraction = Number(parts[7] ?? 0);
  const offset = (parts[9] === "-" ? -1 : 1) * (Number(parts[10] ?? 0) * 60 + Number(parts[11] ?? 0));
  return midnight + ((hour! * 60 + minute! - offset) * 60 + second!) * 1000 + fraction * 1000;
}
