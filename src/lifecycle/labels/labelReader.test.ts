import { expect, it } from "vitest";
import { categoryColumn, type Signature } from "../../core/table/table.ts";
import { conformLeniently } from "../../monitoring/conformLeniently.ts";
import { cellParserOf, conformTable } from "../../pipeline/rows/conformTable.ts";
import { encodeLabels } from "../../pipeline/rows/encodeLabels.ts";
import { rowReader } from "../../pipeline/rows/rowReader.ts";
import { labelReader, rowKey } from "./labelReader.ts";

const signature: Signature = {
  inputs: [
    { name: "amount", kind: "number", missingShare: 0.1 },
    { name: "day", kind: "date", missingShare: 0.1 },
  ],
  target: { name: "y", task: "regression" },
  reading: {
    nullValues: [""],
    normalizeNames: false,
    formats: { amount: "1.234,5 €", day: "%d.%m.%Y", y: "1.234,5" },
  },
};
const cells = [
  ["1.234,50 €", "31.01.2024"],
  ["n/a", " - "],
  ["4.172", "2024-01-31T08:00"],
] as const;
const values = [
  [1234.5, Number.NaN, 4172],
  [Date.UTC(2024, 0, 31), Number.NaN, Date.UTC(2024, 0, 31, 8)],
];

it("cells are read the same as rows of a stream, of a file, and of a window to monitor", () => {
  const rows = rowReader(signature, ["amount", "day"])(cells);
  expect(rows.problems).toEqual([]);
  const columns = ["amount", "day"].map((name, i) =>
    categoryColumn(
      name,
      cells.map((row) => row[i]!),
    ),
  );
  const table = { rowCount: cells.length, columns };
  for (const read of [rows.table, conformTable(table, signature), conformLeniently(table, signature).inputs])
    expect(read.columns.map((column) => (column.kind === "category" ? [] : [...column.values]))).toEqual(values);
});

it("labels are read as the target was, in files to score and in label files; keys with their dates too", () => {
  const labels = { rowCount: 3, columns: [categoryColumn("y", ["1.234,5", "NA", "4.172"])] };
  expect(encodeLabels(labels, signature)).toEqual({ y: Float64Array.of(1234.5, 4172), rows: Int32Array.of(0, 2) });
  const read = labelReader(signature);
  expect(["1.234,5", "4.172", "1.5"].map((label) => read(label, 0))).toEqual([1234.5, 4172, undefined]);
  const key = rowKey(["id", "day"], "day", cellParserOf(signature, "day", "date"));
  const keyOf = (day: string) => key((column) => (column === "id" ? "7" : day));
  expect(keyOf("31.01.2024")).toBe(keyOf("2024-01-31"));
});

it("a number that is written otherwise is an error that shows how; JSON numbers are numbers", () => {
  const read = rowReader(signature, ["amount", "day"])([
    ["1234.5 €", "01/31/2024"],
    [1234.5, null],
  ]);
  expect(read.problems.map(({ message }) => message)).toEqual([
    '"1234.5 €" is not a number such as 1.234,5 €',
    '"01/31/2024" is not a date written %d.%m.%Y or 2024-01-31',
  ]);
  expect(read.table.columns[0]).toMatchObject({ values: Float64Array.of(Number.NaN, 1234.5) });
});

it("models of older versions, without formats, read plain values only", () => {
  const { formats: _formats, ...reading } = signature.reading;
  const old = { ...signature, reading };
  const { problems } = rowReader(old, ["amount", "day"])([
    ["n/a", "31.01.2024"],
    ["1.5", "2024-01-31"],
    ["", ""],
  ]);
  expect(problems.map(({ row, column }) => [row, column])).toEqual([
    [0, "amount"],
    [0, "day"],
  ]);
});
