/** Lists the first items of many, for messages. */

export const MAX_LISTED = 5;

/** `"a", "b", "c", "d", "e" and 3 more`: the first ones, and the number of the others. */
export function listed(items: readonly string[], limit = MAX_LISTED, separator = ", "): string {
  const more = items.length - limit;
  return items.slice(0, limit).join(separator) + (more > 0 ? ` and ${more} more` : "");
}
