/** What names a row, in one form whether it comes from a CSV, from JSON or from the prediction log. */
import { parseDate } from "../core/parseDate.ts";

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
