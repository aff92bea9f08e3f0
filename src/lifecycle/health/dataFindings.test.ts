import { describe, expect, it } from "vitest";
import type { Config } from "../../config/schema/schema.ts";
import { categoryColumn } from "../../core/table/table.ts";
import type { Dataset } from "../../core/records/lineage.ts";
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

  it("names the column with the most missing values, dropped columns excluded", () => {
    expect(missing([])).toMatchObject({ status: "warn", value: 0.75, message: 'most missing values: column "note"' });
    expect(missing(["note"])).toMatchObject({ value: 0.25, message: 'most missing values: column "city"' });
  });
});
