/** Durations in config.json: the same units in every section. */
import { z } from "zod";
import { durationPattern } from "../../core/text/duration.ts";

const positive = `(?=.*[1-9])${durationPattern.source.slice(1, -1)}`;

/** @param example in the error message */
export function duration(example: string) {
  return z.string().regex(durationPattern, `a duration such as ${example}`);
}

/** Longer than zero. */
export function positiveDuration(example: string) {
  return z.string().regex(new RegExp(`^${positive}$`), `a duration such as ${example}`);
}

/** A duration, or a window of another kind. */
export function windowLength() {
  const allowed = 'a duration such as 90d, "500 rows", day, week, month or file';
  return z.string().regex(new RegExp(`^(${positive}|[1-9]\\d* rows|day|week|month|file)$`), allowed);
}
