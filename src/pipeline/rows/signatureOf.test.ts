import { expect, it } from "vitest";
import { categoryColumn, type Column } from "../../core/table/table.ts";
import { signatureOf } from "./signatureOf.ts";

const target = { name: "y", task: "regression" } as const;
const reading = { nullValues: ["", "NA"], normalizeNames: true };

function specOf(column: Column) {
  const rowCount = column.kind === "category" ? column.codes.length : column.values.length;
  return signatureOf({ rowCount, columns: [column] }, target, reading).inputs[0];
}

function number(...values: number[]): Column {
  return { kind: "number", name: "x", values: Float64Array.from(values) };
}

it("keeps the target and the reading options", () => {
  expect(signatureOf({ rowCount: 0, columns: [] }, target, reading)).toEqual({ inputs: [], target, reading });
});

it("records range, integer flag and missing share of a number column", () => {
  expect(specOf(number(3, NaN, -2, 7))).toEqual({
    name: "x",
    kind: "number",
    integer: true,
    minimum: -2,
    maximum: 7,
    missingShare: 0.25,
  });
  expect(specOf(number(1, 2.5))).toMatchObject({ integer: false });
});

it("has no range for an empty column", () => {
  expect(specOf(number(NaN, NaN))).toEqual({ name: "x", kind: "number", integer: false, missingShare: 1 });
});

it("counts infinite numbers as missing, because JSON cannot represent them", () => {
  const spec = specOf(number(Infinity, 1, 2, -Infinity));
  expect(spec).toMatchObject({ minimum: 1, maximum: 2, integer: true, missingShare: 0.5 });
  expect(JSON.parse(JSON.stringify(spec))).toEqual(spec);
});

it("records the range of a date in milliseconds", () => {
  const values = Float64Array.of(Date.UTC(2026, 1, 1), NaN, Date.UTC(2025, 0, 1));
  expect(specOf({ kind: "date", name: "x", values })).toEqual({
    name: "x",
    kind: "date",
    minimum: Date.UTC(2025, 0, 1),
    maximum: Date.UTC(2026, 1, 1),
    missingShare: 1 / 3,
  });
});

it("lists only the categories that occur, sorted", () => {
  const column: Column = {
    kind: "category",
    name: "x",
    codes: Int32Array.of(2, -1, 0, 2),
    categories: ["b", "c", "a"],
  };
  expect(specOf(column)).toEqual({ name: "x", kind: "category", categories: ["a", "b"], missingShare: 0.25 });
});

it("sets `truncated` for free text, which says something new in every row, but not for answers in several words", () => {
  const answer = (i: number): string => `answer ${i} to the last of the questions`;
  const spec = (distinct: number) =>
    specOf(
      categoryColumn(
        "x",
        Array.from({ length: 100 }, (_, i) => answer(i % distinct)),
      ),
    );
  expect([spec(100)!.truncated, spec(51)!.truncated, spec(50)!.truncated]).toEqual([true, true, undefined]);
});

it("lists at most a thousand categories and sets `truncated` if there are more", () => {
  const column = categoryColumn(
    "x",
    Array.from({ length: 1001 }, (_, i) => `c${String(i).padStart(4, "0")}`),
  );
  const spec = specOf(column)!;
  expect(spec.truncated).toBe(true);
  expect(spec.categories).toHaveLength(1000);
  expect(spec.categories!.at(-1)).toBe("c0999");
});
