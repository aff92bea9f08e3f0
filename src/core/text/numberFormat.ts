/**
 * Ways to write numbers other than 1234.5: decimal comma, grouped thousands, currency and percent signs, accounting
 * negatives. The patterns are valid in JavaScript (flag u) and DuckDB, so that both read the same cells.
 */

export type Decimal = "." | ",";

/** A way to write numbers. Values need not be grouped; grouped ones have three digits in each group. */
export interface NumberFormat {
  readonly kind: "number";
  readonly id: string;
  /** A comma or point that is not the decimal separator groups thousands. */
  readonly decimal: Decimal;
  readonly unit: string;
  readonly whole: string;
  /** Pattern whose first match in a value is its digits with their separators and exponent. */
  readonly body: string;
  readonly negative: string;
  readonly grouping: string;
  readonly parse: (text: string) => number | undefined;
}

/** Blank, tab, and the no-break, figure, thin and narrow no-break blanks. */
const BLANKS = "[ \t\u00a0\u2007\u2009\u202f]*";
const MINUS = "-\u2212";
/** Blanks and apostrophes that group thousands with any decimal separator. */
const GROUPING = " \u00a0\u2007\u2009\u202f'\u2019";

/** Letters are a unit only where they are a usual sign of a currency: INV 1001 is a code. */
const UNIT =
  /[A-Z]{0,2}\p{Sc}|%|\b(?:EUR|USD|GBP|CHF|JPY|CNY|INR|BRL|RUB|SEK|NOK|DKK|PLN|CZK|HUF|TRY|ZAR|AUD|CAD|NZD|MXN|SGD|HKD|KRW)\b|kr|zł|Kč|Ft/u;
const ID = /^1([.,])234([.,])5(?: (\S+))?$/u;

const known = new Map<string, NumberFormat | undefined>();

/** @returns undefined if `id` does not name a number format */
export function numberFormat(id: string): NumberFormat | undefined {
  if (!known.has(id)) known.set(id, made(id));
  return known.get(id);
}

function made(id: string): NumberFormat | undefined {
  const parts = ID.exec(id);
  if (parts === null || parts[1] === parts[2]) return undefined;
  const [decimal, unit = ""] = [parts[2] as Decimal, parts[3]];
  if (unit !== "" && UNIT.exec(unit)?.[0] !== unit) return undefined;
  const grouping = parts[1]! + GROUPING;
  const bodyOf = (groups: string): string =>
    `(?:(?:[1-9][0-9]{0,2}(?:[${groups}][0-9]{3})+|[0-9]+)(?:[${decimal}][0-9]*)?|[${decimal}][0-9]+)${unit === "" ? "(?:[eE][-+]?[0-9]+)?" : ""}`;
  const body = bodyOf(grouping);
  // A plus sign before digits with blanks between them is that of a phone number.
  const [whole, negative] = [
    wholeOf({ body, bodyAfterPlus: bodyOf(parts[1]!) }, unit),
    `^[^0-9]*[${MINUS}(]|[0-9][.,]?[${MINUS}]`,
  ];
  const [isWhole, bodyIn, isNegative] = [`^(?:${whole})$`, body, negative].map((source) => new RegExp(source, "u"));
  const groups = new RegExp(`[${grouping}]`, "gu");
  const parse = (text: string): number | undefined => {
    if (!isWhole!.test(text)) return undefined;
    const size = Number(bodyIn!.exec(text)![0].replace(groups, "").replace(",", "."));
    if (!Number.isFinite(size)) return undefined;
    return isNegative!.test(text) ? -size : size;
  };
  return { kind: "number", id, decimal, unit, whole, body, negative, grouping, parse };
}

/** A share without its sign may be 0.059 or 5.9, so every share needs the sign; an amount is an amount without it. */
function wholeOf({ body, bodyAfterPlus }: { body: string; bodyAfterPlus: string }, unit: string): string {
  const sign = `(?:[${MINUS}]${BLANKS})?`;
  const name = unit.replace("$", String.raw`\$`);
  const before = unit === "" || unit === "%" ? "" : `(?:${name}${BLANKS})?`;
  const after = unit === "" ? "" : unit === "%" ? `${BLANKS}%` : `(?:${BLANKS}${name})?`;
  const shapes = [
    `${sign}${before}${body}${after}`,
    `${before}${sign}${body}${after}`,
    `[+]${BLANKS}${before}${bodyAfterPlus}${after}`,
    String.raw`${before}\(${BLANKS}${before}${body}${after}${BLANKS}\)`,
    `${before}${body}[${MINUS}]${after}`,
  ];
  return `${BLANKS}(?:${[...new Set(shapes)].join("|")})${BLANKS}`;
}

export function numberFormatOf(decimal: Decimal, unit = ""): NumberFormat {
  return numberFormat(`${decimal === "." ? "1,234.5" : "1.234,5"}${unit === "" ? "" : ` ${unit}`}`)!;
}

/** The formats, with a decimal point first, in which each of the texts is a number. */
export function numberFormatsOf(texts: readonly string[]): NumberFormat[] {
  const units = new Set(texts.flatMap((text) => UNIT.exec(text)?.[0] ?? []));
  const [unit = "", another] = units;
  if (another !== undefined || texts.length === 0) return [];
  const formats = [numberFormatOf(".", unit), numberFormatOf(",", unit)];
  return formats.filter(({ parse }) => texts.every((text) => parse(text) !== undefined));
}
