/** Parses the values of flags that several commands take. */
import { MlctlError } from "../core/errors.ts";
import type { MonitorArea } from "../core/records/monitoring.ts";
import { isUserTag, NAME_TAG } from "../core/records/run.ts";
import { MILLISECONDS_A_DAY } from "../core/text/duration.ts";
import { parseDate } from "../core/text/parseDate.ts";
import { didYouMean } from "../core/text/suggest.ts";

export const monitorAreas: readonly MonitorArea[] = ["drift", "quality", "performance"];

/** `--fail-on drift,performance`. @throws {MlctlError} kind "usage" for an unknown area */
export function areasOf(text: string | undefined): MonitorArea[] {
  return (text ?? "")
    .split(",")
    .filter((name) => name.trim() !== "")
    .map((given) => {
      const area = monitorAreas.find((name) => name === given.trim());
      if (area !== undefined) return area;
      const hint = didYouMean(given, monitorAreas, `use ${monitorAreas.join(", ")}`);
      throw new MlctlError("usage", `--fail-on: unknown area "${given.trim()}"`, { hint });
    });
}

/**
 * For `--until`, a day without a time means the end of that day, so the day is included.
 * @returns milliseconds since 1970 UTC
 * @throws {MlctlError} kind "usage" for anything that is not a date
 */
export function dateOption(text: string | undefined, flag: "--since" | "--until"): number | undefined {
  if (text === undefined) return undefined;
  const at = parseDate(text);
  const hint = "write 2024-01-31 or 2024-01-31T12:00:00Z";
  if (at === undefined) throw new MlctlError("usage", `${flag}: ${JSON.stringify(text)} is not a date`, { hint });
  const isDay = !/:/.test(text);
  return flag === "--until" && isDay ? at + MILLISECONDS_A_DAY : at;
}

const MAX_TAG_LENGTH = 250;

/** `--tag owner=ann --tag quarterly --name spring`. @throws {MlctlError} kind "usage" for a name that is not one */
export function tagValues(given: readonly string[] = [], name?: string): Record<string, string> {
  const pairs = given.map((text): [string, string] => {
    const [, key, value = ""] = /^([A-Za-z][\w.-]{0,99})(?:=(.*))?$/su.exec(text) ?? [];
    if (key !== undefined && value.length <= MAX_TAG_LENGTH && isUserTag(key)) return [key, value];
    const reason = key !== undefined && !isUserTag(key) ? `mlctl sets "${key}" itself` : "it is not a valid tag";
    throw new MlctlError("usage", `--tag ${JSON.stringify(text)}: ${reason}`, {
      hint: `write --tag owner=ann or --tag quarterly, with at most ${MAX_TAG_LENGTH} characters`,
    });
  });
  return Object.fromEntries(name === undefined ? pairs : [...pairs, [NAME_TAG, name.slice(0, MAX_TAG_LENGTH)]]);
}

/** `--max-drop auc=0.01`. @throws {MlctlError} kind "usage" if a value is not metric=number with a number of at least 0 */
export function metricValues(flag: string, given: readonly string[] | undefined): Record<string, number> {
  const pairs = (given ?? [])
    .flatMap((list) => list.split(","))
    .map((text): [string, number] => {
      const [, name, amount] = /^([A-Za-z]\w*)=(.+)$/.exec(text) ?? [];
      const value = Number(amount);
      if (name !== undefined && Number.isFinite(value) && value >= 0) return [name, value];
      throw new MlctlError("usage", `${flag} takes a metric and a number of at least 0, found "${text}"`, {
        hint: `write ${flag} roc_auc=0.01`,
      });
    });
  return Object.fromEntries(pairs);
}
