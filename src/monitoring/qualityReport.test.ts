import { describe, expect, it } from "vitest";
import type { Column, Table } from "../core/table/table.ts";
import { referenceOf } from "../stats/referenceOf.ts";
import type { PreparedRows } from "./prepareRows.ts";
import { qualityFindings } from "./qualityFindings.ts";
import { qualityReport } from "./qualityReport.ts";

const DAY = 86_400_000;

/** 200 rows of a date and an amount, which grow by `step` units per row. */
function rows(step: number): Table {
  const values = (unit: number): Float64Array =>
    Float64Array.from({ length: 200 }, (_, row) => unit * (1 + row * step));
  const columns: Column[] = [
    { kind: "date", name: "signup", values: values(DAY) },
    { kind: "number", name: "paid", values: values(1) },
  ];
  return { rowCount: 200, columns };
}

const signups = (values: Float64Array): Column => ({ kind: "date", name: "signup", values });

function reported(batch: Table, trained: Table, end: number | null = null) {
  const nothing = { time: null, missingColumns: [], extraColumns: [], invalid: new Map() };
  const prepared = { table: batch, inputs: batch, ...nothing } as unknown as PreparedRows;
  const reference = referenceOf(trained, { seed: 1 });
  const report = qualityReport(prepared, reference, end);
  const findings = qualityFindings(report, reference, { quality: { columns: {} }, minimum_rows: 1 });
  return { report, range: findings.find(({ name }) => name === "range")! };
}

describe("qualityReport", () => {
  it("reports a number that became constant, but not a constant date: the rows of one day share it", () => {
    const { columns } = reported(rows(0), rows(1)).report;
    expect([columns["paid"]!.constant, columns["signup"]!.constant]).toEqual([true, false]);
  });

  it.each([
    ["2099-04-13", "warn"],
    ["0024-04-13", "warn"],
    ["1969-04-13", "pass"],
    ["2026-06-02", "pass"],
    ["2026-06-03", "warn"],
  ])("finds %s among dates to 2026-06-01: %s", (date, status) => {
    const dates = new Float64Array(200).fill(DAY);
    dates[7] = Date.parse(date);
    const batch = { rowCount: 200, columns: [signups(dates)] };
    const { range } = reported(batch, rows(1), Date.parse("2026-06-01"));
    expect(range).toMatchObject({ status, columns: status === "warn" ? ["signup"] : [] });
    if (status === "warn") expect(range.message).toBe(`"signup" 0.5 % (usual 0 %), such as ${date}`);
    // Dates that training had too, such as the end of a contract, are plausible.
    expect(reported(batch, batch, Date.parse("2026-06-01")).range.status).toBe("pass");
  });
});
