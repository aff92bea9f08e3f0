import { describe, expect, it } from "vitest";
import type { Config } from "../../config/schema/schema.ts";
import { categoryColumn, type Signature } from "../../core/table/table.ts";
import type { Dataset } from "../../core/records/lineage.ts";
import { driftReport } from "../../monitoring/driftReport.ts";
import { referenceOf } from "../../stats/referenceOf.ts";
import { dataFindings } from "./dataFindings.ts";

describe("dataFindings", () => {
  const columns = [
    categoryColumn("note", ["late", null, null, null]),
    categoryColumn("city", ["oslo", "oslo", null, "bergen"]),
  ];
  const newest = { dataset: { rejected: [] } as unknown as Dataset, table: { rowCount: 4, columns } };
  const configOf = (...fail_on: readonly string[]) =>
    ({ monitor: { quality: {}, drift: { fail_on } } }) as unknown as Config;
  const config = configOf("dataset");
  const signatureOf = (...inputs: readonly string[]) =>
    ({ target: { name: "y" }, inputs: inputs.map((name) => ({ name })) }) as unknown as Signature;
  const missing = (...inputs: readonly string[]) =>
    dataFindings(config, newest.dataset, newest.table, { signature: signatureOf(...inputs), drift: null }).find(
      ({ name }) => name === "missing values",
    );

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
    expect(
      dataFindings(config, newest.dataset, newest.table, { signature: signatureOf("city"), drift })[0],
    ).toMatchObject({
      name: "dataset drift",
      status: "skipped",
      message: "not judged: 2 rows, at least 30 are needed: 2 rows",
    });
  });

  it("fails the drift that monitor.drift.fail_on names, as monitor does", () => {
    const rows = (city: string, note: string) => ({
      rowCount: 100,
      columns: ["city", "note", "day"].map((name) => {
        const changed = { city, note, day: "x" }[name]!;
        return categoryColumn(
          name,
          Array.from({ length: 100 }, (_, i) => (i % 2 === 0 ? "x" : changed)),
        );
      }),
    });
    const drift = driftReport(referenceOf(rows("a", "b"), { seed: 1 }), rows("z", "b"), { minimumRows: 30 });
    const found = (...failOn: readonly string[]) =>
      dataFindings(configOf(...failOn), newest.dataset, newest.table, { signature: signatureOf("city"), drift });
    const columnsFail = { name: "drifted columns", status: "fail", value: 1, limit: 0 };
    expect(found("dataset", "columns").slice(0, 2)).toMatchObject([{ status: "pass" }, columnsFail]);
    const datasetPasses = { name: "dataset drift", status: "pass", value: 1 / 3, limit: 0.5 };
    expect(found("dataset").slice(0, 2)).toMatchObject([datasetPasses, { ...columnsFail, status: "warn" }]);
    const both = driftReport(referenceOf(rows("a", "b"), { seed: 1 }), rows("z", "y"), { minimumRows: 30 });
    const all = (failOn: string) =>
      dataFindings(configOf(failOn), newest.dataset, newest.table, { signature: signatureOf("city"), drift: both })[0];
    expect([all("dataset")!.status, all("target")!.status]).toEqual(["fail", "warn"]);
  });

  it("judges the missing values of columns that the model uses, and names others with many", () => {
    expect(missing("note", "city")).toMatchObject({
      status: "warn",
      value: 0.75,
      message: 'most missing values: column "note"',
    });
    expect(missing("x")).toMatchObject({
      status: "pass",
      value: 0,
      message: 'no missing values; "note" lacks 75 %, but the model does not use it',
    });
    expect(missing("city")).toMatchObject({
      status: "warn",
      value: 0.25,
      message: 'most missing values: column "city"; "note" lacks 75 %, but the model does not use it',
    });
  });
});
