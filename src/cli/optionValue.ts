/** Parses the value of a flag according to its option. */
import { MlctlError } from "../core/errors.ts";
import { parseDuration } from "../core/text/duration.ts";
import { suggest } from "../core/text/suggest.ts";
import type { OptionSpec } from "../commands/command.ts";

/** "--fail-under" of "--fail-under <value>", "--output" of "-o, --output <file>". */
export function longFlag({ flags }: Pick<OptionSpec, "flags">): string {
  return /--[\w-]+/.exec(flags)?.[0] ?? flags;
}

/** @throws {MlctlError} kind "usage" with the flag, the value found and the values allowed */
export function optionValue(text: string, option: OptionSpec): string | number {
  if (option.choices !== undefined) return choiceOf(text, option.choices, longFlag(option));
  if (option.type === "number" || option.type === "integer") return number(text, option);
  return option.type === "duration" ? durationInMs(text, option) : text;
}

/** @param name flag or argument: "--format", "shell" */
export function choiceOf(text: string, choices: readonly string[], name: string): string {
  if (choices.includes(text)) return text;
  const close = suggest(text, choices);
  const hint = close && `did you mean ${close}?`;
  throw new MlctlError("usage", `${name}: found "${text}", allowed ${choices.join(", ")}`, { hint });
}

function number(text: string, option: OptionSpec): number {
  const value = text.trim() === "" ? NaN : Number(text);
  const isAllowed = option.type === "integer" ? Number.isSafeInteger(value) : Number.isFinite(value);
  if (isAllowed) return value;
  const allowed = option.type === "integer" ? "a whole number" : "a number";
  throw new MlctlError("usage", `${longFlag(option)}: found "${text}", allowed ${allowed}`);
}

function durationInMs(text: string, option: OptionSpec): number {
  const duration = parseDuration(text);
  if (duration !== undefined) return duration.milliseconds;
  throw new MlctlError("usage", `${longFlag(option)}: found "${text}", allowed a duration such as 30s, 10m or 2h`);
}
