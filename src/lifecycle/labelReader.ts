/** Reads a label the way the answers of the model stand in the log. */
import { parseNumber } from "../core/parseNumber.ts";
import type { TargetSpec } from "../core/signature.ts";

/**
 * @param target of the deployed model; null: the prediction alone says whether a label is a number
 * @returns a function from the label's text and the prediction beside it to the label, of the prediction's type;
 *   undefined where it is no number, or none of the classes
 */
export function labelReader(
  target: TargetSpec | null,
): (label: string, prediction: string | number | null) => string | number | undefined {
  const classes = target?.classes;
  const known = new Map<string, string | undefined>();
  return (label, prediction) => {
    if (classes === undefined) {
      return typeof prediction === "string" ? label : finite(label);
    }
    if (!known.has(label)) known.set(label, classOf(label, classes));
    const found = known.get(label);
    return found === undefined || typeof prediction === "string" ? found : (finite(found) ?? found);
  };
}

function finite(text: string): number | undefined {
  const value = parseNumber(text);
  return value !== undefined && Number.isFinite(value) ? value : undefined;
}

/** "1.0" is the class "1", and "True" is "true" where there is no other. */
function classOf(label: string, classes: readonly string[]): string | undefined {
  if (classes.includes(label)) return label;
  const number = finite(label);
  const same = classes.filter((name) =>
    number === undefined ? name.toLowerCase() === label.toLowerCase() : finite(name) === number,
  );
  return same.length === 1 ? same[0] : undefined;
}
