/** Parses the date of --since and --until. */
import { MlctlError } from "../core/errors.ts";
import { parseDate } from "../core/text/parseDate.ts";

/**
 * For `--until`, a day without a time means the end of that day, so the day is included.
 * @returns milliseconds since 1970 UTC
 * @throws {MlctlError} kind "usage" for anything that is not a date
 */
export function dateOption(text: string | undefined, flag: "--since" | "--until"): number | undefined {
  if (text === undefined) return undefined;
  const at = parseDate(text);
  if (at === undefined) {
    throw new MlctlError("usage", `${flag}: ${JSON.stringify(text)} is not a date`, {
      hint: "write 2024-01-31 or 2024-01-31T12:00:00Z",
    });
  }
  const isDay = !/:/.test(text);
  return flag === "--until" && isDay ? at + 86_400_000 : at;
}
