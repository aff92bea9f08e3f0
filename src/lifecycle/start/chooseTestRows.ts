/** The rows of a file that test: the latest, a share of each class, or whole groups, such as the visits of a patient. */
import { type Table, cellText } from "../../core/table/table.ts";
import { counted, present } from "../../core/text/format.ts";
import { rowOrders, timeOrder, type Split } from "../../pipeline/fit/splitRows.ts";
import { firstCopies } from "../../pipeline/leakage/splitDuplicates.ts";
import type { EncodedTarget } from "../../pipeline/rows/encodeTarget.ts";
import { timeOfSeries } from "../../pipeline/rows/findSeries.ts";
import { attempt } from "../../core/errors.ts";
import { numbersGroups } from "../../pipeline/leakage/groupColumn.ts";
import type { Entry } from "./configText.ts";
import { splitOf } from "./splitFile.ts";

/** The latest rows test if they are in time order, or regular series in any order, and each part has every class, else a share of each class. */
export function chooseTestRows(
  table: Table,
  inputs: Table,
  { spec, y, rows }: EncodedTarget,
  { testSize, seed }: { readonly testSize: number; readonly seed: number },
): { split: Split; time: Entry } {
  const classCount = spec.classes?.length ?? 0;
  const order = timeOrder(inputs, rowOrders) ?? timeOfSeries(inputs);
  // Rows without a target are a class of their own.
  const codes = new Float64Array(inputs.rowCount).fill(classCount);
  for (const [i, row] of rows.entries()) codes[row] = y[i]!;
  const options = { testSize, seed, classCount: classCount === 0 ? 0 : classCount + 1 };
  const key = "time_column";
  if (order !== undefined) {
    const split = splitOf(inputs.rowCount, codes, { ...options, method: "time", times: order.times });
    const hasClasses = (part: Int32Array): boolean =>
      classCount === 0 ||
      new Set(Array.from(part, (row) => codes[row]!).filter((code) => code < classCount)).size === classCount;
    if (hasClasses(split.training) && hasClasses(split.validation)) {
      const note = `the rows are ${order.order} ${order.name}: the latest ${split.validation.length} of ${inputs.rowCount} test`;
      const value = inputs.columns.find(({ name }) => name === order.name)?.name;
      return { split, time: { key, value, notes: [note] } };
    }
  }
  const { split, moved } = withCopies(
    splitOf(inputs.rowCount, codes, { ...options, method: "stratified" }),
    table,
    classCount === 0 ? undefined : codes,
  );
  const how = classCount === 0 ? "at random" : "with the same share of each class";
  const note = `${split.validation.length} of ${inputs.rowCount} rows test, chosen ${how}, seed ${seed}`;
  const date = inputs.columns.find(({ kind }) => kind === "date")?.name;
  const latest = `if the model is to predict later rows, test on the latest: \`mlctl split FILE --time ${JSON.stringify(date)}\``;
  const together = `${counted(moved, "row")} went to the other part, where an equal row is: else the test would know the answer`;
  return {
    split,
    time: { key, value: undefined, notes: present([note, date !== undefined && latest, moved > 0 && together]) },
  };
}

/** Equal rows are in one part: that of the first, or the training rows if their class has no others. @param classes of the rows */
function withCopies({ training, validation }: Split, table: Table, classes: Float64Array | undefined) {
  const first = firstCopies(table);
  const isFirstTest = new Set(validation);
  const trained = new Set(Array.from(first.keys(), (row) => (isFirstTest.has(first[row]!) ? -1 : classes?.[row])));
  const isTest = new Set(validation.filter((row) => trained.has(classes?.[row])));
  const isIn = (part: boolean) => (row: number) => isTest.has(first[row]!) === part;
  const rows = Int32Array.from(first.keys());
  const split = { training: rows.filter(isIn(false)), validation: rows.filter(isIn(true)) };
  if (split.training.length === 0 || split.validation.length === 0)
    return { split: { training, validation }, moved: 0 };
  return { split, moved: training.filter(isIn(true)).length + validation.filter(isIn(false)).length };
}

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
  const byGroup = { ...options, method: "group", groups, classCount } as const;
  const split = attempt(() => splitOf(inputs.rowCount, known, byGroup), undefined, "data");
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
