/**
 * Ways to write dates other than 2024-01-31. A format names the date by its strptime pattern; any time of day and zone
 * may follow. The patterns are valid in JavaScript (flags i and u) and DuckDB, so that both read the same cells.
 */

/** A part of a date or time, in the order of the groups of `DateFormat.whole`. */
export type DatePart = "day" | "month" | "name" | "year" | "shortYear" | TimePart;
type TimePart = "hour" | "minute" | "second" | "fraction" | "half" | "zone";

export interface DateFormat {
  readonly kind: "date";
  readonly id: string;
  readonly whole: string;
  readonly parts: readonly DatePart[];
  readonly parse: (text: string) => number | undefined;
}

/** Tried in this order. Those that differ only in the order of day and month are next to each other. */
const DATES = [
  "%Y-%m-%d",
  "%Y/%m/%d",
  "%Y.%m.%d",
  "%d.%m.%Y",
  "%m.%d.%Y",
  "%d/%m/%Y",
  "%m/%d/%Y",
  "%d-%m-%Y",
  "%m-%d-%Y",
  "%d.%m.%y",
  "%m.%d.%y",
  "%d/%m/%y",
  "%m/%d/%y",
  "%d-%b-%Y",
  "%d %b %Y",
  "%d. %b %Y",
  "%d/%b/%Y",
  "%d%b%Y",
  "%d-%b-%y",
  "%d %b %y",
  "%b %d, %Y",
  "%b %d %Y",
  "%Y-%b-%d",
  "%Y-%m",
  "%Y/%m",
  "%m/%Y",
  "%b-%y",
  "%b %y",
  "%b-%Y",
  "%b %Y",
  "%Y%m%d",
];

/** First letters of the months, three each, for both languages that read them. */
export const MONTHS = "janfebmaraprmayjunjulaugsepoctnovdec";
const NAMES =
  "jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?|sept?(?:ember)?|oct(?:ober)?|nov(?:ember)?|dec(?:ember)?";
const WEEKDAY = "(?:(?:mon|tues?|wed(?:nes)?|thu(?:rs?)?|fri|sat(?:ur)?|sun)(?:day)?,? +)?";
const TIME =
  "(?:(?:[ t]|, ?|:)([01]?[0-9]|2[0-3]):([0-5][0-9])(?::([0-5][0-9])(?:[.,]([0-9]{1,6})[0-9]{0,3})?)?(?: ?([ap])\\.?m\\.?)?(?: ?(z|utc|gmt|[+-][0-9]{2}(?::?[0-5][0-9])?))?)?";
const TIME_PARTS: readonly TimePart[] = ["hour", "minute", "second", "fraction", "half", "zone"];

/** Two digits follow POSIX: 69 to 99 are in the 20th century. */
export const LAST_CENTURY = 69;

const TOKENS: Readonly<Record<string, { readonly part: DatePart; readonly pattern: string }>> = {
  Y: { part: "year", pattern: "([1-9][0-9]{3})" },
  y: { part: "shortYear", pattern: "([0-9]{2})" },
  m: { part: "month", pattern: "(0?[1-9]|1[0-2])" },
  d: { part: "day", pattern: "(0?[1-9]|[12][0-9]|3[01])" },
  b: { part: "name", pattern: String.raw`(${NAMES})\.?` },
};

/** Says nothing more, as a time may follow any date. */
const TIME_OF_DAY = /[ T](?:%[HI]:%M(?::%S(?:[.,]%f)?)?(?: ?%p)?|%[TR])(?: ?%z)?$/;

export const FIRST_COMPACT = 19_000_101;
export const LAST_COMPACT = 21_001_231;

const known = new Map<string, DateFormat | undefined>();

/** Only where "ingest.types" says so: else such a column is a number. */
export const YEAR = "%Y";

/** @returns undefined if `id` is neither "%Y" nor a pattern of %Y or %y, %m or %b, and perhaps %d */
export function dateFormat(id: string): DateFormat | undefined {
  const date = id.replace(TIME_OF_DAY, "");
  if (!known.has(date)) known.set(date, made(date));
  return known.get(date);
}

function made(id: string): DateFormat | undefined {
  if (id !== YEAR && !/^(?:%[Yymdb][-/., ]{0,2}){2,3}$/.test(id)) return undefined;
  const tokens = [...id.matchAll(/%(.)/g)].map(([, letter]) => TOKENS[letter!]!);
  const dateParts = tokens.map(({ part }) => part);
  const count = (some: readonly DatePart[]): number => dateParts.filter((part) => some.includes(part)).length;
  const isDate = count(["year", "shortYear"]) === 1 && count(["month", "name"]) === 1;
  if ((id !== YEAR && !isDate) || new Set(dateParts).size < tokens.length) return undefined;
  // Without separators only a fixed number of digits separates the parts.
  const isFixed = !/[-/., ]|%b/.test(id);
  const date = id
    .replaceAll(/[/.]/g, String.raw`\$&`)
    .replaceAll(/%(.)/g, (_, letter: string) => TOKENS[letter]!.pattern.replace(/0\?/, isFixed ? "0" : "0?"));
  const whole = ` *${WEEKDAY}${date}${TIME} *`;
  const parts = [...dateParts, ...TIME_PARTS];
  const isWhole = new RegExp(`^(?:${whole})$`, "iu");
  const parse = (text: string): number | undefined => {
    const groups = isWhole.exec(text);
    return groups === null ? undefined : instant(new Map(parts.map((part, i) => [part, groups[i + 1]])));
  };
  return { kind: "date", id, whole, parts, parse };
}

function instant(texts: ReadonlyMap<DatePart, string | undefined>): number | undefined {
  const number = (part: DatePart, absent = 0): number => Number(texts.get(part) ?? absent);
  const [short, name, half] = [texts.get("shortYear"), texts.get("name"), texts.get("half")];
  const year =
    short === undefined ? number("year") : number("shortYear") + (Number(short) < LAST_CENTURY ? 2000 : 1900);
  const month = name === undefined ? number("month", 1) - 1 : MONTHS.indexOf(name.slice(0, 3).toLowerCase()) / 3;
  const day = number("day", 1);
  const midnight = Date.UTC(year, month, day);
  if (new Date(midnight).getUTCDate() !== day || (half !== undefined && number("hour") > 12)) return undefined;
  const hour = half === undefined ? number("hour") : (number("hour") % 12) + (half.toLowerCase() === "p" ? 12 : 0);
  const [, sign, hours = 0, minutes = 0] = /^([+-])(\d\d):?(\d\d)?$/.exec(texts.get("zone") ?? "") ?? [];
  const offset = (Number(hours) * 60 + Number(minutes)) * (sign === "-" ? -1 : 1);
  const seconds = ((hour * 60 + number("minute") - offset) * 60 + number("second")) * 1000;
  // In microseconds first, as DuckDB counts them.
  return ((midnight + seconds) * 1000 + Number((texts.get("fraction") ?? "").padEnd(6, "0"))) / 1000;
}

/** The formats in which each of the texts is a date. */
export function dateFormatsOf(texts: readonly string[]): DateFormat[] {
  // Each has a year, and compiling the patterns takes 20 ms.
  if (texts.length === 0 || texts.some((text) => !/\d/.test(text))) return [];
  return DATES.map((id) => dateFormat(id)!).filter(({ parse }) => texts.every((text) => parse(text) !== undefined));
}
