/** Refuses values that would fill the prediction log: huge texts, and lists and objects as ids. */
import type { CheckRows, RowFinding } from "../../lifecycle/predict/checkRows.ts";
import type { ServedModel } from "../../lifecycle/predict/servedModel.ts";

/** The check of the model, after that of every value's size. @param mostBytes of a text in UTF-8 */
export function limitCells({ inputs, names, check }: ServedModel, mostBytes: number): CheckRows {
  const columns = [...inputs, ...names];
  const problemOf = (cell: unknown, position: number): string | undefined => {
    if (typeof cell === "string") {
      // No character has more than three bytes for each of its units.
      if (cell.length * 3 <= mostBytes || Buffer.byteLength(cell) <= mostBytes) return undefined;
      return `the value is larger than ${mostBytes} bytes (serve.limits.cell_bytes)`;
    }
    // The model's own check refuses lists and objects in its inputs.
    if (position < inputs.length || typeof cell !== "object" || cell === null) return undefined;
    return "a list or an object is not a value";
  };
  return (rows) => {
    let found: RowFinding[] | undefined;
    for (let row = 0; row < rows.length; row++) {
      const cells = rows[row]!;
      for (let position = 0; position < cells.length; position++) {
        const message = problemOf(cells[position], position);
        if (message !== undefined) (found ??= []).push({ row, column: columns[position]!, check: "type", message });
      }
    }
    const checked = check(rows);
    return found === undefined ? checked : { ...checked, errors: [...found, ...checked.errors] };
  };
}
