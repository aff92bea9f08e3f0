import { describe, expect, it } from "vitest";
import { categoryColumn, type Column } from "../../core/table/table.ts";
import { random } from "../../core/random.ts";
import { temporalLeakage } from "./temporalLeakage.ts";

const ROWS = 60;
const { normal, shuffle } = random(2);
/** Time of each row in days, shuffled. */
const days = shuffle(Float64Array.from({ length: ROWS }, (_, day) => day));
const target = Float64Array.from({ length: ROWS + 10 }, normal);
const y = days.map((day) => target[day]!);
const column = (name: string, valueOf: (day: number) => number): Column => ({
  kind: "number",
  name,
  values: days.map(valueOf),
});

function suspects(columns: readonly Column[], more: { y?: Float64Array; classes?: readonly string[] } = {}) {
  const spec = more.classes === undefined ? { task: "regression" as const } : { task: "binary" as const, ...more };
  const options = { y: more.y ?? y, times: days, target: { name: "sales", ...spec } };
  return temporalLeakage({ rowCount: ROWS, columns }, options);
}

describe("temporalLeakage", () => {
  it("reports a column that equals the target of a later row", () => {
    const found = suspects([
      column("tomorrow", (day) => target[day + 1]!),
      column("in_a_week", (day) => target[day + 7]!),
      column("yesterday", (day) => target[day - 1] ?? NaN),
      column("noise", normal),
      column("trend", (day) => day),
    ]);
    expect(found).toEqual([
      { column: "tomorrow", reason: 'it contains future values: it equals "sales" of the next row in time' },
      { column: "in_a_week", reason: 'it contains future values: it equals "sales" of the row 7 rows later in time' },
    ]);
  });

  it("also with missing values, and for class labels", () => {
    const late = (day: number): number => (day % 9 === 0 ? NaN : target[day + 1]!);
    expect(suspects([column("tomorrow", late)])).toHaveLength(1);
    const labels = target.map((value) => +(value > 0));
    const classes = ["no", "yes"];
    const next = categoryColumn(
      "next",
      Array.from(days, (day) => classes[labels[day + 1]!]!),
    );
    expect(suspects([next], { y: days.map((day) => labels[day]!), classes })).toHaveLength(1);
    const numbers = { y: days.map((day) => labels[day]!), classes: ["0", "1"] };
    expect(suspects([column("next", (day) => labels[day + 1]!)], numbers)).toHaveLength(1);
  });

  it("does not report constant columns, or anything if rows share a time", () => {
    const flat = new Float64Array(ROWS);
    expect(suspects([column("constant", () => 0)], { y: flat })).toEqual([]);
    const twice = days.map((day) => Math.floor(day / 2));
    const columns = [column("tomorrow", (day) => target[day + 1]!)];
    const options = { y, times: twice, target: { name: "sales", task: "regression" } } as const;
    expect(temporalLeakage({ rowCount: ROWS, columns }, options)).toEqual([]);
  });
});
