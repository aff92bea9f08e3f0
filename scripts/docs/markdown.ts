/** Markdown of the reference pages. */

/** Empty without rows. */
export function table(header: readonly string[], rows: readonly (readonly string[])[]): string {
  if (rows.length === 0) return "";
  return [header, header.map(() => "---"), ...rows].map(tableLine).join("\n");
}

function tableLine(cells: readonly string[]): string {
  return `| ${cells.map((cell) => cell.replaceAll("|", "\\|")).join(" | ")} |`;
}

export const code = (text: string | number): string => `\`${text}\``;

export const fence = (text: string): string => `\`\`\`sh\n${text}\n\`\`\``;

export const capital = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1);

export const allowed = (choices: readonly string[] | undefined): string =>
  choices === undefined ? "" : ` (${choices.map(code).join(", ")})`;

/** Escapes what Markdown would read as markup, except in code. */
export function prose(text: string): string {
  const parts = text.split(/(`[^`]*`)/);
  return parts.map((part, i) => (i % 2 === 1 ? part : part.replace(/[*<]/g, "\\$&"))).join("");
}

export interface Bounds {
  readonly minimum?: number;
  readonly maximum?: number;
  readonly exclusiveMinimum?: number | boolean;
  readonly exclusiveMaximum?: number;
}

/** " ≥ 0 and < 1"; empty without bounds. The smallest number above 0 as minimum means "> 0". */
export function bounds({ minimum, maximum, exclusiveMinimum, exclusiveMaximum: under }: Bounds): string {
  const lowest = minimum === Number.MIN_VALUE ? 0 : minimum;
  const isExclusive = exclusiveMinimum === true || lowest !== minimum;
  const above = isExclusive ? lowest : typeof exclusiveMinimum === "number" ? exclusiveMinimum : undefined;
  return [
    ...(above === undefined ? [] : [` > ${above}`]),
    ...(minimum === undefined || above !== undefined ? [] : [` ≥ ${minimum}`]),
    ...(maximum === undefined ? [] : [` ≤ ${maximum}`]),
    ...(under === undefined ? [] : [` < ${under}`]),
  ].join(" and");
}
