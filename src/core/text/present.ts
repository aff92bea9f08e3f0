/** Leaves out the parts of a list whose condition is not met: `present([isLate && "it is late"])`. */
export function present<T>(items: readonly (T | false | null | undefined)[]): T[] {
  return items.filter((item): item is T => item !== false && item !== null && item !== undefined);
}
