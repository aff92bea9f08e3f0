import { describe, expect, it } from "vitest";
import type { Config } from "../../config/schema/schema.ts";
import { categoryColumn } from "../../core/table/table.ts";
import type { Dataset } from "../../core/records/lineage.ts";
import { driftReport } from "../../monitoring/driftReport.ts";
import { referenceOf } from "../../stats/referenceOf.ts";
import { dataFindings } from "./dataFindings.ts";

describe("dataFindings", () => {
  const columns = [
    categoryColumn("note", ["late", null, null, null]),
    categoryColumn("city", ["oslo", "oslo", null, "bergen"]),
  ];
  const newest = { dataset: { rejected: [] } as unknown as Dataset, table: { rowCount: 4, columns }, drift: null };
  const missing = (drop_columns: readonly string[]) => {
    const config = { monitor: { quality: {} }, drop_columns } as unknown as Config;
    return dataFindings(config, newest.dataset, newest.table, newest.drift).find(
      ({ name }) => name === "missing values",
    );
  };

  it("does not pass the drift of too few rows: it is not judged", () => {
    const table = (rowCount: number) => ({
      rowCount,
      columns: [
        categoryColumn(
          "city",
          Array.from({ length: rowCount }, (_, i) => (i % 2 === 0 ? "oslo" : "bergen")),
        ),
      ],
    });
    const drift = driftReport(referenceOf(table(100), { seed: 1 }), table(2), { minimumRows: 30 });
    const config = { monitor: { quality: {} }, drop_columns: [] } as unknown as Config;
    expect(dataFindings(config, newest.dataset, newest.table, drift)[0]).toMatchObject({
      name: "drift",
      status: "skipped",
      message: "not judged: 2 rows, at least 30 are needed: 2 rows",
    });
  });

  it("names the column with the most missing values, dropped columns excluded", () => {
    expect(missing([])).toMatchObject({ status: "warn", value: 0.75, message: 'most missing values: column "note"' });
    expect(missing(["note"])).toMatchObject({ value: 0.25, message: 'most missing values: column "city"' });
  });
});
