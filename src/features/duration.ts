/** Parses durations in config.json: "30d", "12h". */

export const MILLISECONDS_A_DAY = 86_400_000;

const UNITS: Readonly<Record<string, { readonly milliseconds: number; readonly word: string }>> = {
  m: { milliseconds: 60_000, word: "minute" },
  h: { milliseconds: 3_600_000, word: "hour" },
  d: { milliseconds: MILLISECONDS_A_DAY, word: "day" },
  w: { milliseconds: 7 * MILLISECONDS_A_DAY, word: "week" },
};

export interface Duration {
  /** The original string. */
  readonly text: string;
  readonly milliseconds: number;
  /** In words: "30 days". */
  readonly words: string;
}

/** A whole number of minutes, hours, days or weeks; undefined for anything else. */
export function duration(text: string): Duration | undefined {
  const [, digits, letter] = /^([1-9]\d*)([mhdw])$/.exec(text) ?? [];
  const unit = UNITS[letter ?? ""];
  if (unit === undefined) return undefined;
  const count = Number(digits);
  return { text, milliseconds: count * unit.milliseconds, words: `${count} ${unit.word}${count === 1 ? "" : "s"}` };
}
