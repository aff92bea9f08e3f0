/** Lists the first items of many, for messages. */

/** Lines of one kind that people read; a damaged folder can have thousands. */
const MAX_LINES = 20;

/** The first ones, and a line with the number of the others. */
export function firstLines(lines: readonly string[]): readonly string[] {
  const more = lines.length - MAX_LINES;
  return more > 1 ? [...lines.slice(0, MAX_LINES), `… and ${more} more`] : lines;
}

export const MAX_LISTED = 5;

/** `"a", "b", "c", "d", "e" and 3 more`: the first ones, and the number of the others. */
export function listed(items: readonly string[], limit = MAX_LISTED, separator = ", "): string {
  const more = items.length - limit;
  return items.slice(0, limit).join(separator) + (more > 0 ? ` and ${more} more` : "");
}
