import { existsSync } from "node:fs";
import { mkdtemp, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import { findColumn, type Column, type Table } from "../../core/table/table.ts";
import { findInputFiles } from "../findInputFiles.ts";
import { type IngestOptions, ingestFiles } from "./ingestFiles.ts";
import { readDataset, readTable } from "./readTable.ts";

/** Real data of the five systems, if available. */
const SHARED = fileURLToPath(new URL("../../../../shared/data", import.meta.url));

async function ingested(paths: string[], options: Omit<IngestOptions, "output"> = {}) {
  const output = join(await mkdtemp(join(tmpdir(), "table-test-")), "data.csv");
  const done = await ingestFiles(paths, { ...options, output });
  return { ...done, table: await readDataset(output, done.columns, done.rows) };
}

function texts(table: Table, name: string): (string | undefined)[] {
  const column = findColumn(table, name) as Extract<Column, { kind: "category" }>;
  return Array.from(column.codes, (code) => column.categories[code]);
}

function numbers(table: Table, name: string): Float64Array {
  return (findColumn(table, name) as Extract<Column, { kind: "number" }>).values;
}

describe("readTable", () => {
  const csv = 'n,c,d,t,x\n1,b,2024-01-01,2024-01-01 10:00:00.5,NaN\n,"",2024-01-02,,2\n3,b,,2024-01-02T00:00:00,\n';

  it("gives numbers, codes and epoch milliseconds, each with its marker for missing values", async () => {
    const path = join(await mkdtemp(join(tmpdir(), "table-test-")), "f.csv");
    await writeFile(path, csv);
    const { rowCount, columns, files } = await readTable([path]);
    expect(rowCount).toBe(3);
    expect(columns).toEqual([
      { kind: "number", name: "n", values: Float64Array.of(1, Number.NaN, 3) },
      { kind: "category", name: "c", codes: Int32Array.of(0, -1, 0), categories: ["b"] },
      { kind: "date", name: "d", values: Float64Array.of(Date.UTC(2024, 0, 1), Date.UTC(2024, 0, 2), Number.NaN) },
      {
        kind: "date",
        name: "t",
        values: Float64Array.of(Date.UTC(2024, 0, 1, 10, 0, 0, 500), Number.NaN, Date.UTC(2024, 0, 2)),
      },
      { kind: "number", name: "x", values: Float64Array.of(Number.NaN, 2, Number.NaN) },
    ]);
    expect(files).toEqual([{ path, rows: 3 }]);
  });

  it("reads a dataset back as it was read from the files", async () => {
    const path = join(await mkdtemp(join(tmpdir(), "table-test-")), "f.csv");
    await writeFile(path, 'n,c,v\n1,,0.1\n2,"a,""b""\nc",1e300\n3,x,-5\n');
    const direct = await readTable([path]);
    const { table } = await ingested([path]);
    expect(texts(table, "c")).toEqual([undefined, 'a,"b"\nc', "x"]);
    expect(table.columns).toEqual(direct.columns);
  });

  it("names the file and the reason if it cannot be read", async () => {
    const path = join(await mkdtemp(join(tmpdir(), "table-test-")), "f.csv");
    await writeFile(path, "a,b\n1,2\n3\n");
    await expect(readTable([path])).rejects.toMatchObject({
      kind: "data",
      message: `${path}, line 3 has 1 value, but the header has 2 columns`,
    });
  });

  it("throws for a damaged dataset", async () => {
    const path = join(await mkdtemp(join(tmpdir(), "table-test-")), "f.csv");
    await writeFile(path, "a\nabc\n");
    await expect(readDataset(path, [{ name: "a", type: "BIGINT" }], 1)).rejects.toMatchObject({ kind: "data" });
    await expect(readDataset(`${path}.gone`, [{ name: "a", type: "BIGINT" }], 1)).rejects.toMatchObject({
      kind: "data",
    });
  });
});

const files = (folder: string, pattern?: string): Promise<string[]> => findInputFiles(join(SHARED, folder), pattern);

describe.skipIf(!existsSync(SHARED))("real data (skipped where ../shared/data is absent)", () => {
  it("attrition: 36 rows become 26, first occurrences in file order", async () => {
    const done = await ingested(await files("attrition/practicedata"), { dedupe: "first" });
    expect([done.files.map(({ rows }) => rows), done.rows, done.duplicatesRemoved]).toEqual([[17, 19], 26, 10]);
    expect(texts(done.table, "corporation").slice(15, 19)).toEqual(["endi", "gudj", "abcd", "asdf"]);
    expect((await ingested(await files("attrition/sourcedata"), { dedupe: "first" })).rows).toBe(26);
  });

  it('traffic: "None" stays a string in every year', async () => {
    const done = await ingested(await files("traffic"), { dedupe: "last" });
    expect(done.rejected).toEqual([]);
    // Rows and full-row duplicates: python3 -c 'import pandas as pd, glob; d = pd.concat(pd.read_csv(f,
    // keep_default_na=False) for f in sorted(glob.glob("*.csv"))); print(len(d), len(d.drop_duplicates()))' → 40255 40239
    expect([done.rows + done.duplicatesRemoved, done.rows]).toEqual([40255, 40239]);
    expect(texts(done.table, "holiday").filter((text) => text === undefined)).toEqual([]);
    expect(findColumn(done.table, "date_time")!.kind).toBe("date");
  });

  it("churn: headers with double spaces are normalized", async () => {
    const options = { normalizeNames: true, dedupe: "first" } as const;
    const { columns, rows } = await ingested(await files("churn", "customer_churn_0.csv"), options);
    expect(columns.slice(0, 3).map(({ name }) => name)).toEqual(["call_failure", "complains", "subscription_length"]);
    // systems.md: 1050 rows, 87 of them duplicates.
    expect(rows).toBe(963);
  });

  it("course: Parquet with 877 duplicate rows of 9,000", async () => {
    const done = await ingested(await files("course"), { dedupe: "first" });
    expect([done.rows, done.duplicatesRemoved]).toEqual([8123, 877]);
    expect(new Set(texts(done.table, "CourseCategory"))).toHaveLength(5);
  });

  it("crs: the array in a feed, converted and filtered to general rounds", async () => {
    const done = await ingested(await files("crs"), {
      records: "rounds",
      select: {
        date: "CAST(drawDate AS DATE)",
        crs: "CAST(replace(drawCRS, ',', '') AS INTEGER)",
        round_type: "CASE WHEN drawName = 'No Program Specified' THEN 'General' ELSE drawName END",
      },
      where: "round_type = 'General' AND crs > 100 AND crs < 700",
    });
    // systems.md: 178 general rounds, 174 of them with 100 < CRS < 700, 2015-03-20 to 2024-04-23.
    expect(done.rows).toBe(174);
    const dates = (findColumn(done.table, "date") as Extract<Column, { kind: "date" }>).values;
    expect(new Date(Math.min(...dates)).toISOString().slice(0, 10)).toBe("2015-03-20");
    expect(new Date(Math.max(...dates)).toISOString().slice(0, 10)).toBe("2024-04-23");
    expect(Math.max(...numbers(done.table, "crs"))).toBeLessThan(700);
  });
});
