/** Durations, as flags and config.json write them: "500ms", "10s", "1.5h", "30d", "2w". */

export const MILLISECONDS_A_DAY = 86_400_000;

const units = {
  ms: { milliseconds: 1, word: "millisecond" },
  s: { milliseconds: 1000, word: "second" },
  m: { milliseconds: 60_000, word: "minute" },
  h: { milliseconds: 3_600_000, word: "hour" },
  d: { milliseconds: MILLISECONDS_A_DAY, word: "day" },
  w: { milliseconds: 7 * MILLISECONDS_A_DAY, word: "week" },
} as const;

export const durationPattern = /^(\d+(?:\.\d+)?)(ms|s|m|h|d|w)$/;
const durationForm = "a number and ms, s, m, h, d or w";

export interface Duration {
  readonly text: string;
  readonly milliseconds: number;
  readonly words: string;
}

export function parseDuration(text: string): Duration | undefined {
  const [, digits, letter] = durationPattern.exec(text) ?? [];
  if (digits === undefined) return undefined;
  const { milliseconds: length, word } = units[letter as keyof typeof units];
  const count = Number(digits);
  return { text, milliseconds: count * length, words: `${count} ${word}${count === 1 ? "" : "s"}` };
}

/** @param text a duration that a schema has checked @throws {RangeError} for any other string */
export function milliseconds(text: string): number {
  const duration = parseDuration(text);
  if (duration === undefined) throw new RangeError(`${JSON.stringify(text)} is not a duration: ${durationForm}`);
  return duration.milliseconds;
}

/** The earliest instant that a Date can have (ECMA-262, 21.4.1.1). */
const EARLIEST = -8.64e15;

/** The instant `days` before `now`, ISO 8601 UTC, clamped to the earliest Date. */
export function daysBefore(now: Date, days: number): string {
  return new Date(Math.max(EARLIEST, now.getTime() - days * MILLISECONDS_A_DAY)).toISOString();
}
