/** Classes as answers and the prediction log have them. */

/** By code: numbers where every class is one, else the texts. */
export function jsonLabels(classes: readonly string[]): (string | number)[] {
  return classes.every((label) => String(Number(label)) === label) ? classes.map(Number) : [...classes];
}
