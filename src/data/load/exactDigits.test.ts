import { mkdtempSync, readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, it } from "vitest";
import { withDatabase, literal } from "../duckdb/duckdb.ts";
import { ingestFiles, type IngestOptions } from "../files/ingestFiles.ts";
import { readTable } from "../files/readTable.ts";

type Options = Omit<IngestOptions, "output">;

async function ingest(files: Record<string, string | Buffer>, options: Options = {}) {
  const folder = mkdtempSync(join(tmpdir(), "digits-test-"));
  const output = join(folder, "dataset.out");
  for (const [name, content] of Object.entries(files)) writeFileSync(join(folder, name), content);
  const paths = Object.keys(files).map((name) => join(folder, name));
  const { columns, notes, rejected } = await ingestFiles(paths, { ...options, output });
  const reasons = rejected.map(({ reason }) => reason);
  if (reasons.length === paths.length) return { rows: [], types: [], notes, reasons, columns, output };
  const [, ...rows] = readFileSync(output, "utf8").trimEnd().split("\n");
  return { rows, types: columns.map(({ type }) => type), notes, reasons, columns, output };
}

async function parquet(select: string): Promise<Buffer> {
  const path = join(mkdtempSync(join(tmpdir(), "digits-test-")), "a.parquet");
  await withDatabase((database) => database.run(`COPY (${select}) TO ${literal(path)} (FORMAT parquet)`));
  return readFileSync(path);
}

const ids = { idColumns: ["id"], textColumns: ["id"] };

it.each([
  ["unsigned integers of 64 bits", "id,a\n14689519642107133949,1\n14689519642107133950,1\n", "VARCHAR"],
  ["integers of 64 bits beyond 2^53", "id,a\n4611686018427387907,1\n4611686018427387908,1\n", "VARCHAR"],
  ["integers of 40 digits", `id,a\n${"1234567890".repeat(4)},1\n5,1\n`, "VARCHAR"],
  ["integers beyond 2^53 and decimals", "id,a\n9007199254740993,1\n5.5,1\n", "VARCHAR"],
  ["leading zeros", "id,a\n007,1\n08123,1\n", "VARCHAR"],
  ["an exponent", "id,a\n1e5,1\n2e5,1\n", "VARCHAR"],
  ["small integers", "id,a\n1,1\n-20,1\n", "BIGINT"],
  ["round numbers beyond 2^53, which a number holds", "id,a\n100000000000000000,1\n3,1\n", "BIGINT"],
])("keeps the digits of ids: %s", async (_, csv, type) => {
  const { rows, types, notes } = await ingest({ "a.csv": csv }, ids);
  expect(rows.join("\n")).toBe(csv.trimEnd().split("\n").slice(1).join("\n"));
  expect([types[0], notes]).toEqual([type, []]);
});

it("keeps other long integers as text and says so, with the line that makes them numbers", async () => {
  const csv = "a,b\n9007199254740993,0.12345678901234567\n9007199254740992,1e300\n";
  const { types, notes } = await ingest({ "a.csv": csv });
  expect(types).toEqual(["VARCHAR", "DOUBLE"]);
  expect(notes).toEqual([
    'kept as text, because a number would not keep every digit: "a" ("9007199254740993"); for numbers, set "ingest.types": { "a": "number" } in config.json',
  ]);
  expect((await ingest({ "a.csv": csv }, { types: { a: "number" } })).types).toEqual(["DOUBLE", "DOUBLE"]);
});

it("reports integers of any kind and origin that numbers would change in one note", async () => {
  const csv = "a,b,c,id,n\n9007199254740993,007,NA,0x1,1\n5.5,12,0123,7,2\n";
  const { rows, types, notes } = await ingest({ "a.csv": csv }, { ...ids, select: { key: "2 * hash(n)::HUGEINT" } });
  expect(types).toEqual([...Array.from({ length: 4 }, () => "VARCHAR"), "BIGINT", "VARCHAR"]);
  expect(rows.map((row) => row.split(",").slice(0, 5).join(","))).toEqual(csv.trimEnd().split("\n").slice(1));
  expect(notes).toEqual([
    expect.stringMatching(
      /^kept as text, .*: "a" \("9007199254740993"\), "b" \("007"\), "c" \("0123"\), "key" \("\d+"\); /,
    ),
  ]);
});

it("keeps long integers where other files, or most files, have decimals", async () => {
  const files = { "a.csv": "id,x\n4611686018427387907,1\n", "b.csv": "id,x\n5.0,2\n", "c.csv": "id,x\n7.5,3\n" };
  for (const options of [{}, ids]) {
    const { rows, reasons } = await ingest(files, options);
    expect([rows, reasons]).toEqual([["4611686018427387907,1", "5.0,2", "7.5,3"], []]);
  }
});

it.each([
  ["a.jsonl", '{"id":14689519642107133949}\n{"id":-3}\n'],
  ["a.jsonl", '{"id":146895196421071339491234}\n{"id":-3}\n'],
  ["a.json", '[{"id":4611686018427387907},{"id":5.5}]'],
  ["a.json", '[{"id":"4611686018427387907"},{"id":4611686018427387909}]'],
  ["a.jsonl", '{"id":"4611686018427387907"}\n{"id":"7"}\n'],
  ["a.jsonl", '{"id":"007"}\n{"id":"012"}\n'],
])("keeps the digits of %s: %s", async (name, json) => {
  const expected = [...json.matchAll(/:"?([-\d.]+)/g)].map((match) => match[1]);
  expect((await ingest({ [name]: json })).rows).toEqual(expected);
  expect((await ingest({ [name]: json }, { ...ids, types: { id: "category" } })).rows).toEqual(expected);
  const numbers = await ingest({ [name]: json }, { types: { id: "number" } });
  expect(numbers.types).toEqual(["DOUBLE"]);
});

it.each([
  ["14689519642107133949::UBIGINT", "VARCHAR", "14689519642107133949"],
  ["12345678901234567890123.25::DECIMAL(38,2)", "VARCHAR", "12345678901234567890123.25"],
  ["7::UBIGINT", "BIGINT", "7"],
  ["9223372036854775808::UBIGINT", "DOUBLE", "9.223372036854776e+18"],
  ["0.25::DECIMAL(38,2)", "DECIMAL(38,2)", "0.25"],
])("keeps the digits of %s in Parquet", async (value, type, text) => {
  const { rows, types } = await ingest({ "a.parquet": await parquet(`SELECT ${value} AS id`) });
  expect([rows, types]).toEqual([[text], [type]]);
});

it("keeps the digits of what ingest.select computes", async () => {
  const select = { key: "hash(a)", total: "sum(a) OVER ()" };
  const { rows, types } = await ingest({ "a.csv": "a\n1\n2\n" }, { select });
  expect(types).toEqual(["BIGINT", "VARCHAR", "BIGINT"]);
  expect(rows[0]).toMatch(/^1,\d{18,20},3$/);
});

it("refuses Parquet decimals of more than 38 digits, which DuckDB would misread", async () => {
  const file = await parquet("SELECT 0.25::DECIMAL(38,2) AS price");
  // 0x15 is the header of a 32-bit integer in Thrift's compact protocol, 0x4c is 38 and 0x4e is 39.
  const longer = Buffer.from(file.toString("latin1").replaceAll("\x15\x4c", "\x15\x4e"), "latin1");
  const { reasons } = await ingest({ "a.parquet": longer });
  expect(reasons).toEqual(['column "price" is decimal(39,2), but at most 38 digits can be read']);
});

it("reads quoted numbers of JSON as numbers, and names the line of a value that is not one", async () => {
  const rows = Array.from({ length: 20 }, (_, i) => `{"a":"${i}.5","y":1}`);
  expect((await ingest({ "a.jsonl": rows.join("\n") })).types).toEqual(["DOUBLE", "BIGINT"]);
  const odd = [...rows.slice(0, 3), "", '{"a":"word","y":1}', ...rows.slice(4)];
  const types = { a: "number" };
  expect((await ingest({ "a.jsonl": odd.join("\n") }, { types })).reasons).toEqual([
    'line 5, column "a": "word" is not a number',
  ]);
  const mixed = `[${odd
    .map((row) => row.replace(/"([\d.]+)"/, "$1"))
    .filter((row) => row !== "")
    .join(",")}]`;
  expect((await ingest({ "a.json": mixed }, { types })).reasons).toEqual(['row 4, column "a": "word" is not a number']);
  const { types: found, notes } = await ingest({ "a.json": mixed });
  expect([found[0], notes]).toEqual(["VARCHAR", [expect.stringContaining('not all values are numbers: "a" ("word")')]]);
});

it.each([
  ["columns", '{"a":{"0":1,"1":2},"y":{"0":0,"1":1}}'],
  ["columns with names as index", '{"a":{"r1":1,"r2":2},"y":{"r1":0,"r2":1}}'],
  ["index", '{"0":{"a":1,"y":0},"1":{"a":2,"y":1}}'],
  ["split", '{"columns":["a","y"],"index":[0,1],"data":[[1,0],[2,1]]}'],
  ["values", "[[1,0],[2,1]]"],
  ["table", '{"schema":{"fields":[],"primaryKey":["index"],"pandas_version":"1.4.0"},"data":[{"index":0,"a":1}]}'],
])("refuses pandas' to_json with orient %s, and says how to write rows", async (_, json) => {
  const { rows } = await ingest({ "a.json": '{"a":{"b":1},"y":2}\n{"a":{"b":2},"y":3}\n' });
  expect(rows).toHaveLength(2);
  const folder = mkdtempSync(join(tmpdir(), "digits-test-"));
  writeFileSync(join(folder, "a.json"), json);
  const reading = readTable([join(folder, "a.json")]);
  await expect(reading).rejects.toMatchObject({ kind: "data", hint: expect.stringContaining('orient="records"') });
});

it("refuses a large object of pandas at once", async () => {
  const column = JSON.stringify(Object.fromEntries(Array.from({ length: 200_000 }, (_, i) => [i, i])));
  const { reasons } = await ingest({ "a.json": `{"a":${column},"y":${column}}` });
  expect(reasons).toEqual(["the file is one object, not rows, as pandas' to_json writes it without orient"]);
});

it("reads a column that is text in one file as text in all: 007 is not 7", async () => {
  const { rows } = await ingest({ "a.csv": "code,y\nA12,1\n007,2\n", "b.csv": "code,y\n007,3\n1e5,4\n" });
  expect(rows).toEqual(["A12,1", "007,2", "007,3", "1e5,4"]);
});

it("gives true and false, and accented letters, one spelling in all files", async () => {
  const { rows, notes } = await ingest({
    "a.csv": "flag,city,y\nTrue,caf\u00e9,1\nFalse,oslo,2\n",
    "b.jsonl": '{"flag":true,"city":"cafe\u0301","y":3}\n',
  });
  expect(rows).toEqual(["true,caf\u00e9,1", "false,oslo,2", "true,caf\u00e9,3"]);
  expect(notes).toHaveLength(2);
  const one = await ingest({ "a.csv": "flag,x\nTrue,1\nFalse,2\n" });
  expect([one.rows, one.notes]).toEqual([["True,1", "False,2"], []]);
});

it("joins files whose names of columns have é in two forms of Unicode", async () => {
  const { columns, rows } = await ingest({ "a.csv": "caf\u00e9,y\n1,2\n", "b.jsonl": '{"cafe\u0301":3,"y":4}\n' });
  expect([columns.map(({ name }) => name), rows]).toEqual([
    ["caf\u00e9", "y"],
    ["1,2", "3,4"],
  ]);
});

it.each([
  ["a.csv", (date: string) => `d,p\n2024-01-31,1\n${date},2\n2024-02-01,3\n`],
  ["a.jsonl", (date: string) => `{"d":"2024-01-31"}\n{"d":"${date}"}\n{"d":"2024-02-01"}\n`],
] as const)("words that DuckDB takes for dates stay text: %s", async (name, content) => {
  for (const word of ["infinity", "-infinity", "epoch"]) {
    const { types, rows, notes } = await ingest({ [name]: content(word) });
    expect([types[0], rows[1]!.split(",")[0]]).toEqual(["VARCHAR", word]);
    expect(notes).toContainEqual(expect.stringContaining(`"d" (1 cell, such as "${word}")`));
  }
  const { types, rows } = await ingest({ [name]: content("1970-01-01") });
  expect([types[0], rows[1]!.split(",")[0]]).toEqual(["DATE", "1970-01-01"]);
});

it("an object with rows deep inside is no table of pandas: the path of the rows is named", async () => {
  const json = '{"meta":{"n":2},"data":{"page":1,"items":[{"x":1,"y":2},{"x":2,"y":3}]}}';
  const folder = mkdtempSync(join(tmpdir(), "digits-test-"));
  writeFileSync(join(folder, "a.json"), json);
  const { rejected } = await ingestFiles([join(folder, "a.json")], { output: join(folder, "out") });
  expect(rejected[0]!.hint).toBe('set ingest.records to the array that contains the rows: "data.items"');
  const { rows } = await ingest({ "a.json": json }, { records: "data.items" });
  expect(rows).toEqual(["1,2", "2,3"]);
});
