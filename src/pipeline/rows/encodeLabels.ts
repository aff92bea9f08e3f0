/** The target of rows to be scored, in the codes of a trained model. */
import { cellText } from "../../core/table/cellText.ts";
import { MlctlError } from "../../core/errors.ts";
import { findColumn } from "../../core/table/findColumn.ts";
import type { TargetSpec } from "../../core/table/signature.ts";
import { suggest } from "../../core/text/suggest.ts";
import type { Table } from "../../core/table/table.ts";
import { targetNumber } from "./targetNumber.ts";

/** y of the rows that have one, and their positions. */
export interface EncodedLabels {
  readonly y: Float64Array;
  readonly rows: Int32Array;
}

/**
 * Rows without a target are left out.
 * @throws {MlctlError} kind "data": no target column, a class the model does not know, text where it learned numbers
 */
export function encodeLabels(table: Table, target: TargetSpec): EncodedLabels {
  const column = findColumn(table, target.name);
  if (column === undefined) {
    const names = table.columns.map(({ name }) => name);
    const near = suggest(target.name, names);
    throw new MlctlError("data", `the data has no target column "${target.name}", so it cannot be scored`, {
      hint: near === undefined ? `its columns are ${names.slice(0, 20).join(", ")}` : `did you rename it to "${near}"?`,
    });
  }
  const codeOf = new Map((target.classes ?? []).map((label, code) => [label, code]));
  const y: number[] = [];
  const rows: number[] = [];
  for (let row = 0; row < table.rowCount; row++) {
    const text = cellText(column, row);
    if (text === null) continue;
    const value = target.classes === undefined ? targetNumber(column, row) : codeOf.get(text);
    if (value === undefined) throw unknownLabel({ target, text, row });
    y.push(value);
    rows.push(row);
  }
  if (rows.length === 0) {
    throw new MlctlError("data", `target column "${target.name}" has no value in any row`, {
      hint: "only rows whose outcome is known can be scored",
    });
  }
  return { y: Float64Array.from(y), rows: Int32Array.from(rows) };
}

function unknownLabel({ target, text, row }: { target: TargetSpec; text: string; row: number }): MlctlError {
  const expected = target.classes === undefined ? "a number" : `one of ${target.classes.join(", ")}`;
  return new MlctlError(
    "data",
    `target column "${target.name}" holds ${JSON.stringify(text)} in data row ${row + 1}, not ${expected}`,
    {
      hint: "the model was trained on other labels: correct the row, or train again",
    },
  );
}
