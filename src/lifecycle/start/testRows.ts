/** Chooses the test rows of a file. */
import { MlctlError, recover } from "../../core/errors.ts";
import { random } from "../../core/random.ts";
import { counted } from "../../core/text/format.ts";
import { splitRows } from "../../pipeline/fit/splitRows.ts";

/** Each takes a pass over the rows; with more, a value is not a class. */
const MAX_STRATA = 1000;

/** How rows are chosen, by their order in the file. */
export type TestRows =
  | { readonly method: "random" }
  | { readonly method: "stratify" | "group"; readonly codes: ArrayLike<number>; readonly count: number }
  | { readonly method: "time"; readonly times: Float64Array };

/** @throws {MlctlError} kind "usage" */
export function requireShare(testSize: number): void {
  if (!(testSize > 0 && testSize < 1))
    throw new MlctlError("usage", `--test-size is a share above 0 and below 1, found ${testSize}`, {
      hint: "write --test-size 0.2 for a fifth of the rows",
    });
}

/** @returns 1 for each test row. @throws {MlctlError} kind "data" if a part would be empty */
export function markTestRows(
  rows: number,
  by: TestRows,
  { testSize, seed }: { readonly testSize: number; readonly seed: number },
): Uint8Array {
  const isTest = new Uint8Array(rows);
  if (rows < 2)
    throw new MlctlError("data", `${counted(rows, "row")} cannot be split`, { hint: "a split needs two rows" });
  if (by.method === "stratify" && by.count > MAX_STRATA)
    throw new MlctlError("data", `${by.count} different values are too many to stratify by`, {
      hint: `choose a column with at most ${MAX_STRATA}`,
    });
  const table = { rowCount: rows, columns: [] };
  const options = { validationSize: testSize, seed, classCount: 0 };
  try {
    if (by.method === "group") markGroups(isTest, by, { testSize, seed });
    else {
      const { validation } =
        by.method === "time"
          ? splitRows(table, by.times, { ...options, method: "time", times: by.times })
          : by.method === "stratify"
            ? splitRows(table, Float64Array.from(by.codes), { ...options, method: "stratified", classCount: by.count })
            : splitRows(table, new Float64Array(0), { ...options, method: "random" });
      for (const row of validation) isTest[row] = 1;
    }
  } catch (error) {
    recover(() => {
      const message = `the split by ${by.method} leaves no row for one part (${rows} rows)`;
      throw new MlctlError("data", message, { hint: "choose another column or --test-size", cause: error });
    })(error);
  }
  return isTest;
}

/** Whole groups in random order, until the next one would take the test rows further from their share. */
function markGroups(
  isTest: Uint8Array,
  { codes, count }: { readonly codes: ArrayLike<number>; readonly count: number },
  { testSize, seed }: { readonly testSize: number; readonly seed: number },
): void {
  const sizes = new Int32Array(count);
  for (let row = 0; row < isTest.length; row++) sizes[codes[row]!]!++;
  const wanted = Math.ceil(isTest.length * testSize);
  const chosen = new Set<number>();
  let total = 0;
  for (const group of random(seed).shuffle(Int32Array.from({ length: count }, (_, code) => code))) {
    const next = total + sizes[group]!;
    if (Math.abs(next - wanted) >= Math.abs(total - wanted) || chosen.size === count - 1) continue;
    chosen.add(group);
    total = next;
  }
  // Where each group is more than twice the share, the smallest is nearest.
  if (chosen.size === 0 && count > 1) chosen.add(sizes.indexOf(sizes.reduce((a, b) => Math.min(a, b))));
  if (chosen.size === 0) throw new MlctlError("data", "every row is in one group");
  for (let row = 0; row < isTest.length; row++) isTest[row] = chosen.has(codes[row]!) ? 1 : 0;
}
