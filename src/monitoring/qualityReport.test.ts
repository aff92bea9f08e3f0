import { describe, expect, it } from "vitest";
import type { Column, Table } from "../core/table/table.ts";
import { referenceOf } from "../stats/referenceOf.ts";
import type { PreparedRows } from "./prepareRows.ts";
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

describe("qualityReport", () => {
  it("reports a number that became constant, but not a constant date: the rows of one day share it", () => {
    const batch = rows(0);
    const prepared = {
      table: batch,
      inputs: batch,
      time: null,
      missingColumns: [],
      extraColumns: [],
      invalid: new Map(),
    } as unknown as PreparedRows;
    const prediction = { kind: "number", name: "prediction", values: new Float64Array(200) } as const;
    const { columns } = qualityReport(
      prepared,
      referenceOf(rows(1), { seed: 1, prediction, target: prediction }),
      null,
    );
    expect([columns["paid"]!.constant, columns["signup"]!.constant]).toEqual([true, false]);
  });
});
