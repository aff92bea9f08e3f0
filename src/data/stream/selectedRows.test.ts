import { describe, expect, it } from "vitest";
import { withDatabase } from "../duckdb/duckdb.ts";
import type { Json } from "../../core/json.ts";
import { columnsRead } from "../duckdb/untrustedSql.ts";
import type { RowBatch } from "../rowBatch.ts";
import type { SelectOptions } from "./boundSelect.ts";
import { rowSelector } from "./selectedRows.ts";

const options: SelectOptions = {
  select: { yr: "year(CAST(d AS DATE))" },
  wanted: [
    { name: "b", kind: "number" },
    { name: "yr", kind: "number" },
  ],
  recorded: [
    { name: "e", type: "BIGINT" },
    { name: "a", type: "BIGINT" },
    { name: "b", type: "BIGINT" },
    { name: "d", type: "DATE" },
    { name: "yr", type: "BIGINT" },
  ],
  types: {},
  nullValues: ["", "NULL"],
  onNote: () => undefined,
};

async function selected(
  columns: readonly string[],
  rows: readonly (readonly Json[])[],
  changes: Partial<SelectOptions> = {},
): Promise<RowBatch & { readonly made: readonly (Json | undefined)[] }> {
  const selector = rowSelector({ ...options, ...changes })!;
  const batch = await selector.apply({ columns, rows: rows.map((values, i) => ({ line: i + 1, values })) });
  await selector.close();
  const at = batch.inputs?.columns.indexOf(changes.wanted?.[0]?.name ?? "yr") ?? -1;
  return { ...batch, made: batch.inputs?.cells.map((cells) => cells[at]) ?? [] };
}

describe("rowSelector", () => {
  it("keeps the result that a row came with if it lacks what the expression reads", async () => {
    const columns = ["e", "b", "d", "yr"];
    const { made } = await selected(columns, [
      [1, 30, "2020-01-01", null],
      [2, 30, null, 2015],
      [3, 30, "NULL", "2024"],
      [4, 30, "", "NULL"],
      [5, 30, "2020-01-01", 2015],
    ]);
    expect(made).toEqual([2020, 2015, "2024", null, 2020]);
  });

  it("keeps a result in place of null, also if the row has some of the columns", async () => {
    const ratio = (sql: string) => ({ select: { ratio: sql }, wanted: [{ name: "ratio", kind: "number" }] }) as const;
    const rows = [
      [1, 2, null],
      [null, 2, 7],
      [null, null, 8],
      [1, 0, 9],
    ];
    expect((await selected(["a", "b", "ratio"], rows, ratio("a / nullif(b, 0)"))).made).toEqual([0.5, 7, 8, null]);
    // Rows that lack both may have the result, but 0 is what the expression makes of a row that has one of them.
    expect((await selected(["a", "b", "ratio"], rows, ratio("coalesce(a, 0) / nullif(b, 0)"))).made).toEqual([
      0.5,
      0,
      8,
      null,
    ]);
    // What an expression reads under its own name is no result.
    const own = ratio("ratio / nullif(a, 0)");
    expect((await selected(["a", "b", "ratio"], rows, own)).made).toEqual([null, null, null, 9]);
  });

  it("computes a constant, and what an expression makes of missing values", async () => {
    expect((await selected(["b"], [[1]], { select: { yr: "2000 + 20" } })).made).toEqual([2020]);
    const { made } = await selected(["b", "d", "yr"], [[1, null, null]], { select: { yr: "coalesce(year(d), -1)" } });
    expect(made).toEqual([-1]);
  });

  it("takes no offence at values of columns that an expression does not read", async () => {
    // "e" is a part of "year", and both are no columns here.
    const { rows, made } = await selected(
      ["e", "year", "b", "d"],
      [
        [1, "x", 30, "2020-01-01"],
        ["ABC", "y", 30, "2020-01-01"],
        [3, "z", 30, "bad"],
        ["n/a", "2", 30, "2021-01-01"],
      ],
      { recorded: [...options.recorded, { name: "year", type: "DATE" }] },
    );
    expect(made).toEqual([2020, 2020, null, 2021]);
    expect(rows.map(({ problem }) => problem?.slice(0, 30))).toEqual([
      undefined,
      undefined,
      "ingest.select.yr: invalid date",
      undefined,
    ]);
  });

  it("reads a row in the same way whatever the numbers of other rows", async () => {
    const wanted = [{ name: "code", kind: "category" }] as const;
    const rows = [
      [7, 1],
      [2.5, 1],
      ["x", 1],
      [8, 0.5],
    ];
    const { made } = await selected(["a", "b"], rows, { select: { code: "a || '/' || b" }, wanted });
    expect(made).toEqual(["7/1", "2.5/1", null, "8/0.5"]);
  });

  it("reads text in the formats of ingest.types before it computes, and what is no text as it is", async () => {
    const changes = {
      select: { q: "q / 2", yr: "year(d)", wy: "year(w)" },
      wanted: ["q", "yr", "wy"].map((name) => ({ name, kind: "number" as const })),
      types: { d: "%d.%m.%Y", w: "date", q: "number" },
      recorded: [
        { name: "d", type: "TIMESTAMP", format: "%d.%m.%Y" },
        { name: "w", type: "TIMESTAMP", format: "%d/%m/%Y" },
        { name: "q", type: "DOUBLE", format: "1.234,5" },
        { name: "yr", type: "BIGINT" },
      ],
    };
    const given = [
      ["03.04.2020", "05/06/2021", "1.926,5"],
      ["2020-04-03", "2021-06-05 10:00", 1926.5],
      ["n/a", "-", "NULL"],
      ["03/04/2020", "05/06/2021", "1926.5"],
    ];
    const { inputs, rows } = await selected(["d", "w", "q"], given, changes);
    const at = ["q", "yr", "wy"].map((name) => inputs!.columns.indexOf(name));
    expect(inputs!.cells.slice(0, 3).map((cells) => at.map((position) => cells[position]))).toEqual([
      [963.25, 2020, 2021],
      [963.25, 2020, 2021],
      [null, null, null],
    ]);
    expect(rows.map(({ problem }) => problem !== undefined)).toEqual([false, false, false, true]);
    expect(inputs!.failures!.map(({ column }) => column)).toEqual(["q", "d"]);
    expect(inputs!.failures![0]!.problem).toContain("1926.5 is not written as 1.234,5");
  });

  it("says which column could not be computed or read", async () => {
    const select = { ...options.select, ratio: "a / b" };
    const wanted = [...options.wanted, { name: "ratio", kind: "number" }] as const;
    const { inputs, rows } = await selected(["a", "b", "d"], [[1, 2, "2020-01-01"], [1, "x", "bad"]], { select, wanted }); // prettier-ignore
    expect(inputs?.failures?.map(({ row, column }) => [row, column])).toEqual([
      [1, "d"],
      [1, "ratio"],
    ]);
    expect(rows[1]!.problem).toBe(inputs?.failures?.map(({ problem }) => problem).join("; "));
  });
});

describe("columnsRead", () => {
  const columns = ["a", "B", "e", "year", "user", 'say "hi"', "p q"];

  it.each([
    ["year(CAST(b AS DATE))", ["B"]],
    ['"YEAR" + 1 -- e', ["year"]],
    ["upper(user)", ["user"]],
    ["strptime('a', 'B') /* e */", []],
    ['"say ""hi""" || "p q"', ['say "hi"', "p q"]],
    ["raw.b + a.e", ["a", "B"]],
    ["b.lower() || raw.e.trim()", ["B", "e"]],
    ["CASE WHEN a IN (1, e) THEN 1 END", ["a", "e"]],
    ["[a]", ["a"]],
    ["greatest(*COLUMNS('a|e'))", columns],
    ["to_json(raw)", columns],
  ])("reads of %s", async (sql, expected) => {
    expect(await withDatabase((database) => columnsRead(database, sql, columns))).toEqual(expected);
  });
});
