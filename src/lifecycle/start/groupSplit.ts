/** Of a file whose rows belong to groups with one target, such as the visits of a patient: whole groups test. */
import { attempt } from "../../core/errors.ts";
import { cellText, type Table } from "../../core/table/table.ts";
import type { Split } from "../../pipeline/fit/splitRows.ts";
import { numbersGroups } from "../../pipeline/leakage/groupColumn.ts";
import type { EncodedTarget } from "../../pipeline/rows/encodeTarget.ts";
import type { Entry } from "./configText.ts";
import { splitOf } from "./splitFile.ts";

/** Groups that have to train for their class can leave fewer test rows than asked for: this share of them is enough. */
const LEAST = 0.25;

/** @returns undefined if no column numbers groups; without a split if the groups that can test are too few, or of one class */
export function groupSplit(
  inputs: Table,
  { spec, y, rows }: EncodedTarget,
  options: { readonly testSize: number; readonly seed: number },
): { readonly column: string; readonly split: Split | undefined; readonly entries: Entry[] } | undefined {
  // Rows without a target have one in common.
  const known = new Float64Array(inputs.rowCount).fill(-1);
  for (const [i, row] of rows.entries()) known[row] = y[i]!;
  const column = inputs.columns.find((each) => numbersGroups(each, known, spec.task));
  if (column === undefined) return undefined;
  const groups = Array.from({ length: inputs.rowCount }, (_, row) => cellText(column, row));
  const classCount = spec.classes?.length ?? 0;
  // Undefined where most groups are the only one of a class: such a column gives the target away, which train says.
  const split = attempt(
    () => splitOf(inputs.rowCount, known, { ...options, method: "group", groups, classCount }),
    (error) => {
      if (error.kind !== "data") throw error;
      return undefined;
    },
  );
  const name = JSON.stringify(column.name);
  const alike = `rows of one ${name} have nearly the same target`;
  const tested = new Set(split?.validation.map((row) => known[row]!));
  const isEnough = split !== undefined && split.validation.length >= LEAST * options.testSize * inputs.rowCount;
  // One class says nothing about the model.
  if (!isEnough || (classCount > 0 && tested.size === 1)) {
    const note = `${alike}, but too few rows, or rows of one class, could test if each ${name} were in one part: a model can recognise them, so the test may be too good`;
    return { column: column.name, split: undefined, entries: [{ key: "train", value: undefined, notes: [note] }] };
  }
  const note = `${alike}: ${split.validation.length} of ${inputs.rowCount} rows test, none of a ${name} that trains, seed ${options.seed}`;
  const selection = { group_column: column.name };
  return { column: column.name, split, entries: [{ key: "train", value: { selection }, notes: [note] }] };
}
