/** Cells of a CSV that a spreadsheet would run as a formula, made text (CSV injection). */

/** What spreadsheets take for the beginning of a formula; tab and line ends, because they skip them and look again. */
const FORMULA = /^[=+\-@\t\r\n]/;

/** "-5" and "+1.5e3" are values in every spreadsheet. */
const NUMBER = /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i;

/**
 * An apostrophe in front tells spreadsheets that text follows.
 * @see OWASP, CSV Injection
 */
export function formulaSafe(text: string): string {
  return FORMULA.test(text) && !NUMBER.test(text) ? `'${text}` : text;
}
