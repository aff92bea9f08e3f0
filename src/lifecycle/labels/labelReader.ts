/** Converts labels to the type of the logged predictions, and builds row keys. */
import { parseNumber, type CellParser, parseDate } from "../../core/text/valueFormat.ts";
import type { Signature } from "../../core/table/table.ts";
import { cellParserOf } from "../../pipeline/rows/conformTable.ts";
import { labelKey } from "../../pipeline/rows/otherSpelling.ts";

/**
 * @param signature of the deployed model; with null, the type of the prediction decides whether a label is a number
 * @returns a function that takes a label string and its prediction, and returns the label in the prediction's type, or
 *   undefined if it is neither a number nor one of the classes
 */
export function labelReader(
  signature: Pick<Signature, "target" | "reading"> | null,
): (label: string, prediction: string | number | null) => string | number | undefined {
  const classes = signature?.target.classes;
  const parse = signature === null ? parseNumber : cellParserOf(signature, signature.target.name, "number");
  const finite = (text: string): number | undefined => finiteOf(parse(text));
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

function finiteOf(value: number | undefined): number | undefined {
  return value !== undefined && Number.isFinite(value) ? value : undefined;
}

/** Matches "1.0" to the class "1", and "True" or an accent of two characters to "true" and "é", if only one class matches. */
function classOf(label: string, classes: readonly string[]): string | undefined {
  if (classes.includes(label)) return label;
  const number = finiteOf(parseNumber(label));
  const same = classes.filter((name) =>
    number === undefined ? labelKey(name) === labelKey(label) : finiteOf(parseNumber(name)) === number,
  );
  return same.length === 1 ? same[0] : undefined;
}

/**
 * @param columns the columns that identify a row; the value of a single column is the key itself
 * @param timeColumn the column among them that contains times
 * @param parseTime reads its cells
 * @returns a function from a row to its key, or null if a value is missing
 */
export function rowKey(
  columns: readonly string[],
  timeColumn: string | null,
  parseTime: CellParser = parseDate,
): (valueOf: (column: string) => unknown) => string | null {
  return (valueOf) => {
    const parts: string[] = [];
    for (const column of columns) {
      const part = partOf(valueOf(column), column === timeColumn ? parseTime : null);
      if (part === null) return null;
      parts.push(part);
    }
    return parts.length === 1 ? parts[0]! : JSON.stringify(parts);
  };
}

function partOf(value: unknown, parseTime: CellParser | null): string | null {
  if (value === null || value === undefined || typeof value === "object") return null;
  const text = String(value).trim();
  if (text === "") return null;
  const instant = parseTime?.(text);
  if (instant !== undefined && !Number.isNaN(instant)) return String(instant);
  // pandas writes integers as 7.0 if the column has missing values.
  return text.replace(/^(-?\d+)\.0+$/, "$1");
}
