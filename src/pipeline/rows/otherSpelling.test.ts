import { expect, it } from "vitest";
import { categoryColumn, cellText, type Signature } from "../../core/table/table.ts";
import { conformTable } from "./conformTable.ts";
import { encodeLabels } from "./encodeLabels.ts";
import { categoryOfNumber, otherSpelling } from "./otherSpelling.ts";
import { rowReader } from "./rowReader.ts";

it.each([
  [["False", "True"], "true", "True"],
  [["False", "True"], "FALSE", "False"],
  [["False", "True"], "1", "True"],
  [["False", "True"], "0", "False"],
  [["False", "True"], "yes", undefined],
  [["TRUE"], "0", undefined],
  [["False", "True", "unknown"], "true", "True"],
  [["False", "True", "unknown"], "1", undefined],
  // Which of the two is meant is unknown.
  [["True", "true"], "TRUE", undefined],
  [["A", "b"], "a", undefined],
  [["café"], "cafe\u0301", "café"],
  [["cafe\u0301"], "café", "cafe\u0301"],
])("of %j, recognises %j as %j", (categories, text, known) => expect(otherSpelling(categories)(text)).toBe(known));

it("gives booleans one reading in rows, tables and labels", () => {
  const categories = ["False", "True"];
  const signature: Signature = {
    inputs: [{ name: "flag", kind: "category", categories, missingShare: 0.1 }],
    target: { name: "y", task: "binary", classes: categories },
    reading: { nullValues: [""], normalizeNames: false },
  };
  const cells = ["True", true, "TRUE", 1, "1", "false", false, 0, null];
  const { table, problems } = rowReader(signature, ["flag"])(cells.map((cell) => [cell]));
  expect(problems).toEqual([]);
  expect(table.columns[0]).toMatchObject({ codes: Int32Array.of(1, 1, 1, 1, 1, 0, 0, 0, -1), categories });
  const texts = cells.map((cell) => (cell === null ? null : String(cell)));
  const columns = [categoryColumn("flag", texts), categoryColumn("y", texts)];
  const flag = conformTable({ rowCount: texts.length, columns }, signature).columns[0]!;
  const read = texts.map((_, row) => cellText(flag, row));
  expect(read).toEqual([...Array.from({ length: 5 }, () => "True"), "False", "False", "False", null]);
  const labels = encodeLabels({ rowCount: texts.length, columns }, signature);
  expect([...labels.y]).toEqual([1, 1, 1, 1, 1, 0, 0, 0]);
});

it("finds the category that a number of JSON is, if only one is it", () => {
  const of = (categories: string[]) => categoryOfNumber(categories);
  expect([7, 8.5, 1e2, 1e21, 9].map(of(["A", "7.0", "8.5", "100.0", "1e21"]))).toEqual([
    "7.0",
    "8.5",
    "100.0",
    "1e21",
    undefined,
  ]);
  expect(of(["7", "07"])(7)).toBeUndefined();
});

it("matches labels of a file that has other numerals for the same numbers", () => {
  const target = { name: "y", task: "binary", classes: ["0", "1"] } as const;
  const table = { rowCount: 3, columns: [categoryColumn("y", ["1.0", "0", "01"])] };
  expect([...encodeLabels(table, { target, reading: { nullValues: [""], normalizeNames: false } }).y]).toEqual([
    1, 0, 1,
  ]);
});

it("finds the columns of a model whose names are decomposed", () => {
  const signature: Signature = {
    inputs: [{ name: "cafe\u0301", kind: "number", missingShare: 0 }],
    target: { name: "y", task: "regression" },
    reading: { nullValues: [""], normalizeNames: false },
  };
  const values = Float64Array.of(3);
  const table = { rowCount: 1, columns: [{ kind: "number", name: "caf\u00e9", values }] } as const;
  const expected = [{ kind: "number", name: "cafe\u0301", values }];
  expect(conformTable(table, signature).columns).toEqual(expected);
  expect(rowReader(signature, ["caf\u00e9"])([["3"]]).table.columns).toEqual(expected);
});
