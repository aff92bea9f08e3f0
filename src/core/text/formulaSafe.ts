/** Prevents CSV injection: escapes cells that a spreadsheet would run as a formula. */

/** First characters of a formula; also tab and line breaks, which spreadsheets skip before they look. */
const FORMULA = /^[=+\-@\t\r\n]/;

/** "-5" and "+1.5e3" are plain numbers in every spreadsheet. */
const NUMBER = /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i;

/**
 * Prefixes an apostrophe, which makes spreadsheets read the cell as text.
 * @see OWASP, CSV Injection
 */
export function formulaSafe(text: string): string {
  return FORMULA.test(text) && !NUMBER.test(text) ? `'${text}` : text;
}
