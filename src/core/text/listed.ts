/** Lists the first items of many, for messages. */

/** Maximum number of items that a message names. */
export const MAX_LISTED = 5;

/** `"a", "b", "c", "d", "e" and 3 more`: the first five, and the number of the others. */
export function listed(items: readonly string[]): string {
  const more = items.length - MAX_LISTED;
  return items.slice(0, MAX_LISTED).join(", ") + (more > 0 ? ` and ${more} more` : "");
}
