/** Reads a label the way the answers of the model stand in the log. */
import { parseNumber } from "../../core/text/parseNumber.ts";
import type { TargetSpec } from "../../core/table/signature.ts";
import { parseDate } from "../../core/text/parseDate.ts";

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

/**
 * @param columns those that name a row; one alone is the key as it stands
 * @param timeColumn the one among them whose values are instants
 * @returns a function from a row to its key; null where a value is missing
 */
export function rowKey(
  columns: readonly string[],
  timeColumn: string | null,
): (valueOf: (column: string) => unknown) => string | null {
  return (valueOf) => {
    const parts: string[] = [];
    for (const column of columns) {
      const part = partOf(valueOf(column), column === timeColumn);
      if (part === null) return null;
      parts.push(part);
    }
    return parts.length === 1 ? parts[0]! : JSON.stringify(parts);
  };
}

function partOf(value: unknown, isTime: boolean): string | null {
  if (value === null || value === undefined || typeof value === "object") return null;
  const text = String(value).trim();
  if (text === "") return null;
  if (isTime) {
    const instant = parseDate(text);
    if (instant !== undefined) return String(instant);
  }
  // pandas writes a column of whole numbers that has a gap as 7.0.
  return text.replace(/^(-?\d+)\.0+$/, "$1");
}
