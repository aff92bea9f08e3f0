import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { random } from "../../core/random.ts";
import { readPlainCsv } from "./readPlainCsv.ts";
import { readDataset, readTable } from "../files/readTable.ts";

const folder = mkdtempSync(join(tmpdir(), "mlctl-plain-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function file(text: string | Buffer, name = "rows.csv"): string {
  const path = join(folder, name);
  writeFileSync(path, text);
  return path;
}

/** The table that DuckDB reads; the condition is SQL, which rules out the fast path. */
async function byDuckdb(path: string): Promise<unknown> {
  const { rowCount, columns } = await readTable([path], { where: "true" });
  return { rowCount, columns };
}

describe("readPlainCsv", () => {
  it.each([
    ["numbers and words", "a,b\n1,red\n-2.5,blue\n,\n3e2,red\n"],
    ["no line end after the last row", "a,b\n1,x\n2,y"],
    ["semicolons, spaces and non-ASCII characters", "größe;name\n1.25;Åsa B\n2;zwölf\n"],
    ["numbers that need every digit", "a,b\n0.1,999999999999999\n123456789.123456789,-12345678901234567.5\n"],
    ["large and small exponents", "a,b\n1e-300,1E+10\n4.9e-324,12.5e3\n"],
    ["a first value far down", `a,b\n${",x\n".repeat(3000)}7,\n`],
    [
      "more rows than estimated from the first lines",
      `a,b\n${"100000.125,longer word\n".repeat(4000)}${"1,z\n".repeat(90_000)}`,
    ],
  ])("gives the table that DuckDB gives: %s", async (_, text) => {
    const path = file(text);
    const table = await readPlainCsv(path, {});
    expect(table).not.toBeNull();
    expect(table).toEqual(await byDuckdb(path));
  });

  it("uses a tab as delimiter in a .tsv file, and normalizes names", async () => {
    const table = await readPlainCsv(file("Call  Failure\tB\n1\tx,y\n", "rows.tsv"), { normalizeNames: true });
    expect(table?.columns).toEqual([
      { kind: "number", name: "call_failure", values: Float64Array.of(1) },
      { kind: "category", name: "b", codes: Int32Array.of(0), categories: ["x,y"] },
    ]);
  });

  it.each([
    ["a quote", 'a,b\n1,"x"\n'],
    ["a Windows line end", "a,b\r\n1,x\r\n"],
    ["a leading zero", "a,b\n1,007\n"],
    ["an integer that is not exact as a number", "a,b\n1,9007199254740993\n"],
    ["a date", "a,b\n1,2024-01-31\n"],
    ["a decimal comma", "a;b\n1,5;x\n"],
    ["minus zero", "a,b\n-0,x\n"],
    ["a minus sign alone", "a,b\n-,x\n"],
    ["NaN as a word", "a,b\n1,NaN\n2,x\n"],
    ["a word among numbers", "a,b\n1,x\nNA,y\n"],
    ["a number among words", "a,b\n1,x\n2,3\n"],
    ["a space before a value", "a,b\n1, x\n"],
    ["a space after a word", "a,b\n1,x \n"],
    ["the header again", "a,b\nx,y\na,b\n"],
    ["infinite numbers", "a,b\n1e999,x\n"],
    ["a short row", "a,b\n1\n"],
    ["a long row", "a,b\n1,x,2\n"],
    ["an empty line", "a,b\n1,x\n\n2,y\n"],
    ["a column without values", "a,b\n1,\n2,\n"],
    ["one column", "a\n1\n"],
    ["a header alone", "a,b\n"],
    ["nothing", ""],
    ["two names alike", "a,A\n1,x\n"],
    ["a byte order mark", "\ufeffa,b\n1,x\n"],
    ["a byte order mark inside", "a,b\n1,\ufeff\n"],
    ["latin-1", Buffer.from("a,b\n1,zw\xf6lf\n", "latin1")],
    ["a NUL byte", "a,b\n1,x\0\n"],
    ["many distinct strings", `a,b\n${Array.from({ length: 1001 }, (_, i) => `1,word${i}`).join("\n")}\n`],
    ["a line longer than the buffer", `a,b\n1,${"x".repeat(5 << 20)}\n`],
  ])("leaves to DuckDB: %s", async (_, text) => {
    expect(await readPlainCsv(file(text), {})).toBeNull();
  });

  it("leaves SQL options, other missing-value markers and other files to DuckDB", async () => {
    const path = file("a,b\n1,x\n");
    for (const options of [
      { where: "a > 0" },
      { select: { c: "a" } },
      { types: { a: "VARCHAR" } },
      { nullValues: ["", "x"] },
    ])
      expect(await readPlainCsv(path, options)).toBeNull();
    expect(await readPlainCsv(join(folder, "absent.csv"), {})).toBeNull();
    expect(await readPlainCsv(file("{}", "rows.json"), {})).toBeNull();
    mkdirSync(join(folder, "folder.csv"));
    expect(await readPlainCsv(join(folder, "folder.csv"), {})).toBeNull();
  });

  it("reads a dataset with its recorded types, not with types inferred from the values", async () => {
    const path = file("code,share,word\n12,0.10,x\n13,2.50,\n", "dataset.csv");
    const columns = (code: string, share: string) => [
      { name: "code", type: code },
      { name: "share", type: share },
      { name: "word", type: "VARCHAR" },
    ];
    const words = { kind: "category", name: "word", codes: Int32Array.of(0, -1), categories: ["x"] };
    for (const share of ["DOUBLE", "DECIMAL(18,2)"]) {
      expect(await readDataset(path, columns("BIGINT", share), 2)).toEqual({
        rowCount: 2,
        columns: [
          { kind: "number", name: "code", values: Float64Array.of(12, 13) },
          { kind: "number", name: "share", values: Float64Array.of(0.1, 2.5) },
          words,
        ],
      });
    }
    const [code] = (await readDataset(path, columns("VARCHAR", "DOUBLE"), 2)).columns;
    expect(code).toMatchObject({ kind: "category", categories: ["12", "13"] });
    const expected = [{ name: "code", kind: "category" } as const, { name: "share", kind: "number" } as const];
    expect(await readPlainCsv(path, {}, expected)).toBeNull();
    expect(await readPlainCsv(path, {}, [...expected, { name: "word", kind: "category" }])).toBeNull();
  });

  it("never reads a file differently from DuckDB", async () => {
    const { uniform } = random(8);
    const pick = <T>(list: readonly T[]): T => list[Math.floor(uniform() * list.length)]!;
    const numbers = ["0", "1", "-1", "12.50", "0.000001", "1e5", "-3.25E-2", "1234567890.0987654321", ""];
    const words = ["a", "B c", "true", "null", "e5", "x'y", "ß", "日本", "A-1", "T00:00", "_", ""];
    const formatted = [
      ["€5", "€1.005"],
      ["Jan-11", "Feb-12", "NA"],
      ["NA", "?", "None"],
      ["4.172", "12.500", "850"],
      ["4.172", "0.5"],
      ["20240131", "20231231"],
      ["20240131", "20231301"],
    ];
    const odd = [
      "99999999999999999999",
      "-0.0",
      "+1",
      ".5",
      "5.",
      "1_000",
      "0x1F",
      "1d",
      "yes ",
      "1-2",
      "Inf",
      "00",
      "12:30",
      "2020-01-01",
    ];
    let read = 0;
    for (let round = 0; round < 80; round++) {
      const pools = [numbers, words, numbers, round < 60 ? words : pick(formatted)];
      const delimiter = pick([",", ";"]);
      const lines = Array.from({ length: 1 + Math.floor(uniform() * 12) }, () =>
        pools.map((pool) => pick(uniform() < 0.01 ? odd : pool)).join(delimiter),
      );
      const path = file(`${["p", "q", "r", "s"].join(delimiter)}\n${lines.join("\n")}\n`);
      const table = await readPlainCsv(path, {});
      if (table === null) continue;
      read++;
      expect(table, lines.join("\n")).toEqual(await byDuckdb(path));
    }
    expect(read).toBeGreaterThan(10);
  });
});
