import { describe, expect, it } from "vitest";
import { categoryColumn, type Column } from "../../core/table/table.ts";
import { random } from "../../core/random.ts";
import { aucAlone, dominantColumn } from "./dominantColumn.ts";

const { uniform, normal, integer } = random(5);
const y = Float64Array.from({ length: 600 }, () => integer(2));
const number = (values: Iterable<number>): Column => ({ kind: "number", name: "x", values: Float64Array.from(values) });
/** Wrong in a share of the rows. */
const like = (wrong: number): Float64Array => y.map((code) => (uniform() < wrong ? 1 - code : code));
const weak = y.map((code) => code + 2 * normal());

function found(...columns: readonly Column[]) {
  return dominantColumn(new Map(columns.map((column, at) => [`${column.name}${at}`, aucAlone(column, y)])));
}

describe("dominantColumn", () => {
  it("reports a number or a category that alone nearly separates two classes, in either direction", () => {
    const voucher = like(0.02);
    const text = categoryColumn(
      "x",
      Array.from(voucher, (code) => ["voucher", "none"][code]!),
    );
    for (const column of [number(voucher), number(voucher.map((code) => -code)), text])
      expect(found(number(weak), column)).toEqual([
        {
          column: "x1",
          reason: expect.stringMatching(/^it alone nearly .*ROC AUC 0\.9[78]\d\d; the next .* 0\.[67]\d+\)$/),
        },
      ]);
  });

  it("reports two columns that are as good, none of more, none that is only good, and no category of few rows", () => {
    const strong = y.map((code) => code + 0.35 * normal());
    const ids = categoryColumn(
      "x",
      [...y].map((code, row) => `${code}-${row % 90}`),
    );
    const alike = [0.1, 0.1, 0.1].map((noise) => number(strong.map((value) => value + noise * normal())));
    expect(found(number(strong), ...alike, number(weak))).toEqual([]);
    expect(
      found(number(strong), alike[0]!, number(weak))
        .map(({ column }) => column)
        .toSorted(),
    ).toEqual(["x0", "x1"]);
    expect(found(number(weak), number(like(0.1)))).toEqual([]);
    expect(found(number(weak), ids)).toEqual([]);
  });

  it("reports a column that is filled in one class and hardly in the other", () => {
    const ids = categoryColumn(
      "x",
      Array.from(like(0.03), (code, row) => (code === 1 ? `case ${row}` : null)),
    );
    const days = number(like(0.03).map((code) => (code === 1 ? integer(1000) : NaN)));
    for (const column of [ids, days]) expect(found(number(weak), column)).toMatchObject([{ column: "x1" }]);
  });

  it("does not judge a column with few values in a class", () => {
    const left = [15, 15];
    const rare = y.map((code) => (left[code]!-- > 0 ? code : NaN));
    expect(aucAlone(number(rare), y)).toBeLessThan(0.6);
    expect(found(number(weak), number(rare))).toEqual([]);
  });
});
