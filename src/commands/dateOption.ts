/** A date as a flag gives it. */
import { MlctlError } from "../core/errors.ts";
import { parseDate } from "../core/text/parseDate.ts";

/**
 * Milliseconds. `--until` with a day and no time is the end of that day, so that the day is in.
 * @throws {MlctlError} kind "usage" for anything else
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
