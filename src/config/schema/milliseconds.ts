/** Parses durations of config.json: "500ms", "5s", "10m", "1h". */

const units: Readonly<Record<string, number>> = { ms: 1, s: 1000, m: 60_000, h: 3_600_000 };

/** @throws {RangeError} for a string that the schema rejects */
export function milliseconds(text: string): number {
  const [, digits, unit] = /^(\d+)(ms|s|m|h)$/.exec(text) ?? [];
  if (unit === undefined) throw new RangeError(`"${text}" is not a valid duration`);
  return Number(digits) * units[unit]!;
}
