import { existsSync } from "node:fs";
import { mkdtemp, readFile, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, relative } from "node:path";
import { gzipSync } from "node:zlib";
import { describe, expect, it } from "vitest";
import type { MlctlError } from "../../core/errors.ts";
import type { IngestedTable, IngestOptions } from "./ingestFiles.ts";
import { ingestFiles } from "./ingestFiles.ts";

type Content = string | Buffer;

/** Writes the files into a new folder and ingests them; paths in the result are relative to it. */
async function ingest(
  contents: Record<string, Content>,
  options: Omit<IngestOptions, "output" | "previous"> = {},
): Promise<IngestedTable & { csv: string; rejections: string[] }> {
  const folder = await mkdtemp(join(tmpdir(), "ingest-test-"));
  const output = join(folder, "dataset.out");
  for (const [name, content] of Object.entries(contents)) await writeFile(join(folder, name), content);
  const paths = Object.keys(contents).map((name) => join(folder, name));
  const done = await ingestFiles(paths, { ...options, output });
  const rejections = done.rejected.map(({ path, reason }) => `${path.slice(folder.length + 1)}: ${reason}`);
  const notes = done.notes.map((note) => note.replaceAll(`${folder}/`, ""));
  return { ...done, notes, rejections, csv: existsSync(output) ? await readFile(output, "utf8") : "" };
}

async function failure(work: Promise<unknown>): Promise<MlctlError> {
  return work.then(
    () => {
      throw new Error("nothing was thrown");
    },
    (error: unknown) => error as MlctlError,
  );
}

describe("reading", () => {
  const rows = [
    [1, 2.5, "x"],
    [2, 3.5, "y, z"],
  ];
  const expected = 'a,b,c\n1,2.5,x\n2,3.5,"y, z"\n';

  it.each([
    ["commas", "f.csv", 'a,b,c\n1,2.5,x\n2,3.5,"y, z"\n'],
    ["semicolons", "f.csv", "a;b;c\n1;2.5;x\n2;3.5;y, z\n"],
    ["tabs", "f.csv", "a\tb\tc\n1\t2.5\tx\n2\t3.5\ty, z\n"],
    ["a .tsv name", "f.tsv", "a\tb\tc\n1\t2.5\tx\n2\t3.5\ty, z\n"],
    ["a byte order mark and Windows line endings", "f.csv", '\ufeffa,b,c\r\n1,2.5,x\r\n2,3.5,"y, z"\r\n'],
    ["no line feed at the end", "f.csv", 'a,b,c\n1,2.5,x\n2,3.5,"y, z"'],
    ["gzip", "f.csv.gz", gzipSync('a,b,c\n1,2.5,x\n2,3.5,"y, z"\n')],
    ["UTF-16 little endian", "f.csv", Buffer.from('\ufeffa,b,c\n1,2.5,x\n2,3.5,"y, z"\n', "utf16le")],
    ["UTF-16 big endian", "f.csv", Buffer.from('\ufeffa,b,c\n1,2.5,x\n2,3.5,"y, z"\n', "utf16le").swap16()],
    ["line ends of three kinds", "f.csv", 'a,b,c\r\n1,2.5,x\r2,3.5,"y, z"\n'],
    ["blanks around cells and beside quotes", "f.csv", ' a , b,c\n1 , 2.5, x \n 2,3.5, "y, z" \n'],
    ["files that were concatenated", "f.csv", '\ufeffa,b,c\n1,2.5,x\n\ufeffa,b,c\n2,3.5,"y, z"\n'],
    ["Excel's first line", "f.csv", "sep=;\r\na;b;c\r\n1;2.5;x\r\n2;3.5;y, z\r\n"],
    [
      "gzip with zeros at its end",
      "f.csv.gz",
      Buffer.concat([gzipSync('a,b,c\n1,2.5,x\n2,3.5,"y, z"'), Buffer.alloc(512)]),
    ],
    [
      "JSON lines with byte order marks",
      "f.jsonl",
      rows.map(([a, b, c]) => `\ufeff${JSON.stringify({ a, b, c })}\n`).join(""),
    ],
    ["a JSON array", "f.json", JSON.stringify(rows.map(([a, b, c]) => ({ a, b, c })))],
    ["JSON lines", "f.jsonl", rows.map(([a, b, c]) => `${JSON.stringify({ a, b, c })}\n`).join("")],
    ["JSON lines called .json", "f.json", rows.map(([a, b, c]) => `${JSON.stringify({ a, b, c })}\n`).join("")],
  ])("understands %s", async (_, name, content) => {
    const done = await ingest({ [name]: content });
    expect(done.rejections).toEqual([]);
    expect(done.csv).toBe(expected);
    expect(done.columns).toEqual([
      { name: "a", type: "BIGINT" },
      { name: "b", type: "DOUBLE" },
      { name: "c", type: "VARCHAR" },
    ]);
  });

  it("takes the array at the path `records` of a JSON file", async () => {
    const document = { updated: "2024", data: { items: [{ a: 1 }, { a: 2, b: "x" }] } };
    const done = await ingest({ "f.json": JSON.stringify(document) }, { records: "data.items" });
    expect(done.csv).toBe("a,b\n1,\n2,x\n");
  });

  it("keeps nested values as JSON text and booleans as text", async () => {
    const done = await ingest({ "f.json": JSON.stringify([{ a: { b: [1, 2] }, t: true }]) });
    expect(done.csv).toBe('a,t\n"{""b"":[1,2]}",true\n');
  });

  it("keeps the text None, the empty cell and NaN apart", async () => {
    const done = await ingest({ "f.csv": "text,number\nNone,1\n,NaN\nx,\n" });
    expect(done.columns.map((column) => column.type)).toEqual(["VARCHAR", "DOUBLE"]);
    expect(done.csv).toBe("text,number\nNone,1.0\n,nan\nx,\n");
  });

  it("notes what is missing in a column of numbers and a category in one of text", async () => {
    const file = { "kept.csv": "a,b\n-,-\n1,x\n2,-\n3,N/A\n" };
    const note = 'kept as text, although missing in columns of numbers or dates: "b" ("-")';
    const cure = 'to treat it alike, set "ingest": {"null_values": ["", "-"]} in config.json';
    expect((await ingest(file)).notes).toContain(`${note}; ${cure}`);
    expect((await ingest(file, { nullValues: ["-"] })).notes.join()).not.toContain("kept as text");
    expect((await ingest(file, { types: { b: "category" } })).notes.join()).not.toContain("kept as text");
  });

  it("reads the strings of null_values as missing, besides the empty one", async () => {
    const file = { "f.csv": 'a,b\nNA,x\n2,""\n3,NA\n,gone\n', "g.json": '[{"a":4,"b":""},{"a":5,"b":"gone"}]' };
    expect((await ingest(file, { nullValues: ["gone"] })).csv).toBe("a,b\n,x\n2,\n3,NA\n,\n4,\n5,\n");
    for (const value of ["n,a", '"'])
      await expect(ingest(file, { nullValues: [value] })).rejects.toMatchObject({
        kind: "usage",
        message: expect.stringMatching(/^ingest\.null_values: found ".*", which contains the (delimiter|quote)/),
      });
  });

  it("gives columns the requested types", async () => {
    const types = { zip: "category", when: "date", price: "DECIMAL(10,2)" };
    const done = await ingest({ "f.csv": "zip,when,price\n0123,2024-02-01,1.5\n", "g.json": '[{"zip":7}]' }, { types });
    expect(done.columns.map((column) => column.type)).toEqual(["VARCHAR", "TIMESTAMP", "DECIMAL(10,2)"]);
    expect(done.csv).toBe("zip,when,price\n0123,2024-02-01 00:00:00,1.50\n7,,\n");
  });

  it("keeps dates as text if day or month can come first", async () => {
    const csv = "d,t,z,us\n2024-01-31,2024-01-31 10:00:00,2024-01-31T10:00:00.5+02:00,11/01/2023\n";
    const done = await ingest({ "f.csv": csv });
    expect(done.columns.map((column) => column.type)).toEqual(["DATE", "TIMESTAMP", "TIMESTAMP", "VARCHAR"]);
    expect(done.csv).toBe("d,t,z,us\n2024-01-31,2024-01-31 10:00:00,2024-01-31 08:00:00.5,11/01/2023\n");
  });

  it("rejects a file with a value that is not a date in a column of type date", async () => {
    const done = await ingest({ "f.csv": "d\n2024-01-31\nsoon\n" }, { types: { d: "date" } });
    expect(done.rejections).toEqual(['f.csv: line 3, column "d": "soon" is not a date']);
  });

  it("normalizes column names", async () => {
    const done = await ingest({ "f.csv": "Call  Failure, Größe (m²) ,_x_\n1,2,3\n" }, { normalizeNames: true });
    expect(done.columns.map((column) => column.name)).toEqual(["call_failure", "größe_m²".replace("²", "²"), "x"]);
  });

  it("accepts column names that are properties of every object", async () => {
    const names = ["__proto__", "constructor", "toString", "valueOf", "hasOwnProperty"];
    const record = `{${names.map((name, i) => `"${name}": "t${i}"`).join(", ")}}`;
    const csv = `${names.join(",")}\nt0,t1,t2,t3,t4\n`;
    for (const [name, content] of [
      ["f.csv", csv],
      ["f.json", `[${record}]`],
      ["f.jsonl", `${record}\n`],
    ] as const) {
      const done = await ingest({ [name]: content }, { types: {}, select: {} });
      expect([done.rejections, done.csv]).toEqual([[], csv]);
    }
  });

  it("names a column without a name by its position", async () => {
    expect((await ingest({ "f.csv": ",a\n0,1\n" })).csv).toBe("column_1,a\n0,1\n");
  });

  it.each(["a[1] *?'s.csv", "b[1]*.json"])(
    "reads a file whose name looks like a pattern or a quote: %s",
    async (name) => {
      const content = name.endsWith("csv") ? "a,b\n1,2\nx\n" : '[{"a":1},{"a":2}]';
      const done = await ingest({ [name]: content });
      expect([done.rows, done.rejections]).toEqual(
        name.endsWith("csv") ? [0, [`${name}: line 3 has 1 value, but the header has 2 columns`]] : [2, []],
      );
    },
  );

  it("writes to a path relative to the working folder", async () => {
    const folder = await mkdtemp(join(tmpdir(), "ingest-test-"));
    await writeFile(join(folder, "f.csv"), "a\n1\n");
    const output = relative(process.cwd(), join(folder, "it's.csv"));
    await ingestFiles([relative(process.cwd(), join(folder, "f.csv"))], { output, where: "a = 1" });
    expect(await readFile(output, "utf8")).toBe("a\n1\n");
  });

  it("rejects a file whose first line is not a header", async () => {
    const done = await ingest({ "f.csv": `${"name ".repeat(1600)}a,b\n1,2\n` });
    expect(done.rejections).toEqual(['f.csv: column 1 has a name of 8001 characters: "name name name name " …']);
  });
});

describe("several files", () => {
  it("reports names that differ only in case, which are one column", async () => {
    const done = await ingest({ "a.csv": "kunde,y\n1,2\n", "b.csv": "Kunde,y\n3,4\n" });
    expect(done.csv).toBe("kunde,y\n1,2\n3,4\n");
    expect(done.notes).toEqual(['names that differ only in case are one column: "Kunde" of b.csv is "kunde"']);
  });

  it("are joined by name in the order of their paths, with a note on missing columns", async () => {
    const done = await ingest({ "b.csv": "x,a\n3,1\n", "a.csv": "a,x,age\n2,4,50\n" });
    expect(done.csv).toBe("a,x,age\n2,4,50\n1,3,\n");
    expect(done.notes).toEqual(['b.csv has no column "age": filled with missing values']);
    expect(done.files.map((file) => file.rows)).toEqual([1, 1]);
  });

  describe("with other columns", () => {
    const files = {
      "a.csv": "id,x,y\n1,2,0\n",
      "b.csv": "id,x,Y,new\n2,5,1,7\n",
      "notes.csv": "id,who,what\n1,ann,call\n",
    };
    const told = 'notes.csv: has no "y" (the target), "x", which other files have; its columns: "id", "who", "what"';

    it("are rejected with the columns they lack, whichever comes first, and change nothing of the others", async () => {
      const { "notes.csv": notes, ...good } = files;
      const done = await ingest({ ...good, "0.csv": notes }, { alike: { target: "y" } });
      expect(done.rejections).toEqual([told.replace("notes", "0")]);
      expect(done.csv).toBe("id,x,y,new\n1,2,0,\n2,5,1,7\n");
      expect(done.notes).toEqual(expect.arrayContaining(['a.csv has no column "new": filled with missing values']));
    });

    it("are rejected for the target alone if only one other file has it, and for most columns without a target", async () => {
      const { "a.csv": a, "notes.csv": notes } = files;
      expect((await ingest({ "a.csv": a, "notes.csv": notes }, { alike: { target: "y" } })).rejections).toEqual([
        'notes.csv: has no "y" (the target), which other files have; its columns: "id", "who", "what"',
      ]);
      expect((await ingest(files, { alike: { target: null } })).rejections).toEqual([
        'notes.csv: has no "x", "y", which other files have; its columns: "id", "who", "what"',
      ]);
      // Of two files without a target to decide, neither is the odd one.
      expect((await ingest({ "a.csv": a, "notes.csv": notes }, { alike: { target: null } })).rejections).toEqual([]);
    });
  });

  it("agree on a type that holds all their numbers", async () => {
    const done = await ingest({ "a.csv": "x,y,d\n1,,2024-01-01\n", "b.csv": "x,y,d\n2.5,7,2024-01-01 10:00:00\n" });
    expect(done.columns.map((column) => column.type)).toEqual(["DOUBLE", "BIGINT", "TIMESTAMP"]);
    expect(done.csv).toBe("x,y,d\n1.0,,2024-01-01 00:00:00\n2.5,7,2024-01-01 10:00:00\n");
  });

  it("reject a file that has text where most have numbers", async () => {
    const done = await ingest({ "a.csv": "x\n1\n", "b.csv": "x\n2\n", "c.csv": "x\nlow\nhigh\n" });
    expect(done.csv).toBe("x\n1\n2\n");
    expect(done.rejections).toEqual(['c.csv: line 2, column "x": "low" is not a number; also line 3 ("high")']);
  });

  it("keep a column as text with a note if neither side is larger", async () => {
    const done = await ingest({ "a.csv": "x\n1\n", "b.csv": "x\nlow\n" });
    expect(done.csv).toBe("x\n1\nlow\n");
    expect(done.notes).toEqual(['column "x" is text in b.csv: kept as text']);
  });

  it("keep a column as text with one note, in which no column is both text and numbers", async () => {
    const done = await ingest({ "a.csv": "x;y\n1,5;a\n2,5;b\n", "b.csv": "x;y\n1,5;a\nn.c.;b\n2,5;c\n" });
    expect(done.csv).toBe('x,y\n"1,5",a\n"2,5",b\n"1,5",a\nn.c.,b\n"2,5",c\n');
    expect(done.notes.filter((note) => note.startsWith("read as numbers"))).toEqual([]);
  });

  it("put the previous dataset first, without selecting or filtering it again", async () => {
    const folder = await mkdtemp(join(tmpdir(), "ingest-test-"));
    const [before, file, output] = ["before", "new.csv", "output"].map((name) => join(folder, name));
    await writeFile(before!, 'x,y,t\n1,10,""\n5,50,\n');
    await writeFile(file!, "x,t,z\n1,b,1\n9,c,2\n");
    const columns = ["x:BIGINT", "y:BIGINT", "t:VARCHAR"].map((column) => {
      const [name, type] = column.split(":");
      return { name: name!, type: type! };
    });
    const options = { output: output!, previous: { path: before!, columns }, select: { y: "x * 10" }, where: "x > 5" };
    expect((await ingestFiles([file!], options)).rows).toBe(3);
    expect(await readFile(output!, "utf8")).toBe('x,y,t,z\n1,10,"",\n5,50,,\n9,90,c,2\n');
  });
});

describe("dedupe", () => {
  const file = "a,b\n1,x\n2,y\n1,x\n3,\n2,y\n3,\n";

  it("keeps the first of equal rows, in file order", async () => {
    const done = await ingest({ "f.csv": file }, { dedupe: "first" });
    expect(done.csv).toBe("a,b\n1,x\n2,y\n3,\n");
    expect([done.duplicatesRemoved, done.duplicatesKept]).toEqual([3, 0]);
  });

  it("keeps the last of equal rows, in file order", async () => {
    expect((await ingest({ "f.csv": file }, { dedupe: "last" })).csv).toBe("a,b\n1,x\n2,y\n3,\n");
    expect((await ingest({ "f.csv": "a\n1\n2\n1\n" }, { dedupe: "last" })).csv).toBe("a\n2\n1\n");
  });

  it("keeps and counts equal rows by default, because without an id they are frequencies", async () => {
    for (const options of [{}, { dedupe: false as const }]) {
      const { csv, rows, duplicatesRemoved, duplicatesKept } = await ingest({ "f.csv": file }, options);
      expect([csv, rows, duplicatesRemoved, duplicatesKept]).toEqual([file, 6, 0, 3]);
    }
  });

  it.each([
    ["jsonl", '{"a":"Zürich"}\n{"a":"Bern"}\n'],
    ["json", '[{"a":"Zürich"},{"a":"Bern"}]'],
    ["csv", "a\nZürich\nBern\n"],
  ])("says that the encoding of %s was guessed", async (type, text) => {
    const content = Buffer.from(text, "latin1");
    const done = await ingest({ [`f.${type}`]: content });
    expect(done.csv).toBe("a\nZürich\nBern\n");
    expect(done.notes.join()).toMatch(/^f\.\w+ is not UTF-8 and was read as windows-1252: line \d has "Zürich"/);
    expect((await ingest({ [`f.${type}`]: content }, { csv: { encoding: "windows-1252" } })).notes).toEqual([]);
  });

  it("keeps the order of more rows than one thread reads", async () => {
    const numbers = Array.from({ length: 300_000 }, (_, i) => (i * 7919) % 200_003);
    const done = await ingest({ "f.csv": `n\n${numbers.join("\n")}\n` }, { dedupe: "first" });
    expect(done.csv).toBe(`n\n${[...new Set(numbers)].join("\n")}\n`);
  });
});

const many = (row: string): string => `id,a,b\n${"k,1,2\n".repeat(30_000)}${row}\n`;

describe("a file that cannot be read is rejected with its reason", () => {
  const good = "id,a,b\nk1,1,2\n";
  it.each([
    ["empty", "", "the file is empty"],
    ["only a header", "id,a,b\n", "the file has only a header"],
    ["a row with too few values", "id,a,b\nk,1,2\nk,1\nk,1,2\n", "line 3 has 2 values, but the header has 3 columns"],
    ["a row with too many values", "id,a,b\nk,1,2\nk,1,2,3\n", "line 3 has 4 values, but the header has 3 columns"],
    ["a ragged row far down", many("k,1"), "line 30002 has 2 values, but the header has 3 columns"],
    ["a NUL byte", "id,a,b\nk,1,2\nk\0,1,2\n", "line 3 contains a NUL byte"],
    [
      "neither UTF-8 nor windows-1252",
      Buffer.from("id,a,b\nk,1,2\nk\xe9\x81,1,2\n", "latin1"),
      "line 3 is neither UTF-8 nor windows-1252",
    ],
    ["two columns of one name", "id,a,a\nk,1,2\n", 'two columns are called "a"'],
    ["names that differ in case", "id,a,A\nk,1,2\n", 'columns "a" and "A" differ only in letter case'],
    ["text among numbers", "id,a,b\nk,1,2\nk,abc,2\nk,3,4\n", 'line 3, column "a": "abc" is not a number'],
    ["text among numbers far down", many("k,abc,2"), 'line 30002, column "a": "abc" is not a number'],
    [
      "text among numbers after a line break in quotes",
      'id,a,b\n"k\nl",1,2\nk,2,2\nk,abc,2\n',
      'line 5, column "a": "abc" is not a number',
    ],
    [
      "text among numbers after a byte order mark",
      "\ufeffid,a,b\r\nk,1,2\r\nk,2,2\r\nk,abc,2\r\n",
      'line 4, column "a": "abc" is not a number',
    ],
    [
      "a ragged row in a gzip",
      gzipSync("id,a,b\nk,1,2\nk,2\nk,1,2\n"),
      "line 3 has 2 values, but the header has 3 columns",
    ],
    ["a quote that stays open", 'id,a,b\nk,1,2\n"k,1,2\nk,1,2\n', 'line 3, column "id": a quote is not closed'],
  ])("%s", async (_, content, reason) => {
    const done = await ingest({ "bad.csv": content, "good.csv": good, "good2.csv": "id,a,b\nk2,2.5,2\n" });
    expect(done.rejections).toHaveLength(1);
    expect(done.rejections[0]!.slice("bad.csv: ".length)).toMatch(reason);
    expect(done.csv).toMatch(/^id,a,b\nk1,1(\.0)?,2\nk2,2\.5,2\n$/);
    const line = /line (\d+)/.exec(done.rejections[0]!)?.[1];
    if (line !== undefined) expect(done.rejected[0]!.line).toBe(Number(line));
  });

  it.each([
    ["broken.json", '[{"a":1},{"a":', /^broken.json: not JSON/],
    ["cut.json", '[{"a":1},\n{"a":2},\n', /^cut.json: not JSON: unexpected end of input$/],
    ["comma.json", '[{"a":1},\n{"a":2},\n{"a":}]', /^comma.json: not JSON: unexpected token/],
    ["text.json", "hello", /^text.json: not JSON: unexpected character$/],
    ["broken.jsonl", '{"a":1}\n{"a":2\n{"a":3}\n', /^broken.jsonl: line 2 is not JSON/],
    ["ends.jsonl", '{"a":1}\n\n{"a":\n', /^ends.jsonl: line 3 is not JSON: unexpected end of input$/],
    ["array.jsonl", '{"a":1}\n[1]\n', /^array.jsonl: line 2 is not a JSON object$/],
    ["object.json", '{"updated":1,"rounds":[{"a":1}]}', /one object, not an array/],
    ["cut.csv.gz", gzipSync(many("k,1,2")).subarray(0, 60), /the gzip data is damaged/],
    ["broken.parquet", "PAR1 but not really PAR1", /not a Parquet file/],
    ["none.json", "[]", /has no rows/],
  ])("%s", async (name, content, reason) => {
    const done = await ingest({ [name]: content, "good.csv": good });
    expect(done.rejections).toEqual([expect.stringMatching(reason)]);
    expect(done.csv).toBe(good);
  });

  it.each([
    ["1", "+7", "inf"],
    ["1", "+7", " INF ", "Infinity", "-inf", "+nan"],
  ])("accepts infinity and nan among numbers with a plus sign: %j %j %j", async (...values) => {
    const done = await ingest({ "f.csv": `k,x\n${values.map((value, i) => `k${i},${value}\n`).join("")}` });
    expect([done.rejections, done.rows, done.columns[1]!.type]).toEqual([[], values.length, "DOUBLE"]);
  });

  it.each([
    [["1", "+7", "abc", "2", "+3"], 'line 4, column "x": "abc" is not a number'],
    [["2024-01-01", "2024-01-02 10:00", "infinity", "2024-01-03"], 'line 4, column "x": "infinity" is not a date'],
    [["2024-01-01", "2024-1-2", "2024/01/05", "epoch"], 'line 5, column "x": "epoch" is not a date'],
    [["2024-01-01", "2024-01-02", "12345-01-01", "2024-01-03"], 'line 4, column "x": "12345-01-01" is not a date'],
  ])("names the value in %j that does not fit the type of the others", async (values, reason) => {
    const typed = `k,x\nk,${values[0]}\n`;
    const bad = `k,x\n${values.map((value, i) => `k${i},${value}\n`).join("")}`;
    const done = await ingest({ "f.csv": bad, "g.csv": typed, "h.csv": typed });
    expect(done.rejections).toEqual([`f.csv: ${reason}`]);
    expect(done.rejected[0]!.hint).toContain("ingest.types.x");
  });

  it.each([
    [
      "f.csv",
      'a,b\r\n1,"x\r\ny"\n\n2, z\nbad,w\n3,"v"\r4,u\n\n"no\nne",t\n',
      'line 6, column "a": "bad" is not a number; also line 10 ("no⏎ne")',
    ],
    [
      "f.csv",
      "a,b\n1\n2,x\r\n3\n4,5,6\n7\n8\n",
      "line 2 has 1 value, but the header has 2 columns; also line 4, line 5 and 2 more",
    ],
    ["f.csv", "a,b\n1,2\n3,4,\n5,6\n", "line 3 has 3 values, but the header has 2 columns"],
    ["f.jsonl", '{"a":1,"b":2}\n{"a":1,"B":3}\n', 'columns "b" and "B" differ only in letter case'],
  ])("names lines of the file and the first few wrong values of %s", async (name, content, reason) => {
    expect((await ingest({ [name]: content, "g.csv": "a,b\n1,x\n", "h.csv": "a,b\n2,y\n" })).rejections).toEqual([
      `${name}: ${reason}`,
    ]);
  });

  it("keeps a column that only looks as if DuckDB had renamed it", async () => {
    expect((await ingest({ "f.jsonl": '{"a":1,"A_1":2}\n' })).csv).toBe("a,A_1\n1,2\n");
  });

  it("notes in one line which categories lost blanks, and how to keep them", async () => {
    const files = { "f.csv": "a,b\n1, x\n 2,y\n", "g.csv": "a,b\n3,z \n" };
    const done = await ingest(files);
    expect(done.csv).toBe("a,b\n1,x\n2,y\n3,z\n");
    expect(done.notes).toEqual([
      'blanks were removed around 2 values, first: f.csv, line 2, column "b" (" x"); to keep them, set "ingest": {"trim": false}',
    ]);
    expect((await ingest(files, { csv: { trim: false } })).csv).toBe("a,b\n1, x\n2,y\n3,z \n");
  });

  it("lets ids and columns with a set type mix numbers and text", async () => {
    const csv = "id,a\n1,1\n2,1\n3b,x\n";
    const done = await ingest({ "f.csv": csv }, { textColumns: ["id"], types: { a: "category" } });
    expect(done.csv).toBe(csv);
  });

  it("returns no rows and writes nothing if no file is left", async () => {
    const done = await ingest({ "f.csv": "" });
    expect([done.rows, done.csv]).toEqual([0, ""]);
  });
});

describe("SQL of the configuration", () => {
  const csv = 'a,b\n1,"5,500"\n2,7\n3,x\n';

  it("adds and replaces columns, and filters on the result", async () => {
    const select = { b: "TRY_CAST(replace(b, ',', '') AS INTEGER)", twice: "a * 2 -- comment" };
    const done = await ingest({ "f.csv": csv }, { select, where: "b > 100 OR twice = 4" });
    expect(done.csv).toBe("a,b,twice\n1,5500,2\n2,7,4\n");
  });

  it.each([
    [{ select: { c: "A + nothing" } }, /^ingest\.select\.c: .*nothing/],
    [{ select: { c: "a +" } }, /^ingest\.select\.c: /],
    [{ select: { c: "a * 2", d: "c + 1" } }, /^ingest\.select\.d: /],
    [{ select: { c: "CAST(b AS INTEGER)" } }, /^ingest\.select\.c: .*convert/],
    [{ where: "c > 1" }, /^ingest\.where: /],
    [{ where: "1 = 1); DROP TABLE raw; SELECT (1" }, /^ingest\.where: more than one statement/],
    [
      { where: "(SELECT count(*) FROM read_csv('/etc/passwd')) > 0" },
      /^ingest\.where: the function read_csv is not allowed$/,
    ],
    [{ where: "a IN (SELECT a FROM '/etc/passwd')" }, /^ingest\.where: /],
    [{ types: { b: "NUMERIC); DROP TABLE x; --" } }, /^ingest\.types\.b: /],
    [{ types: { c: "number" } }, /^ingest\.types\.c: no file has this column/],
  ])("is rejected as a usage error: %j", async (options, message) => {
    const error = await failure(ingest({ "f.csv": csv }, options));
    expect(error.message).toMatch(message);
    expect([error.name, error.kind]).toEqual(["MlctlError", "usage"]);
    expect(error.hint).toBeDefined();
  });
});

describe("expect", () => {
  const csv = "a,b\n1,x\n2,\n9,x\n";

  it("accepts data that meets it", async () => {
    const columns = { a: { min: 1, max: 9, missingShare: 0 }, b: { missingShare: 0.4 } };
    expect((await ingest({ "f.csv": csv }, { expect: { minRows: 3, columns } })).rows).toBe(3);
  });

  it("names every column, value and limit that violates it", async () => {
    const columns = { a: { min: 2, max: 8 }, b: { missingShare: 0.1 }, bb: {} };
    const error = await failure(ingest({ "f.csv": csv }, { expect: { minRows: 4, columns } }));
    expect(error.kind).toBe("data");
    expect(error.details).toEqual([
      "3 rows, expected at least 4",
      'column "a" has minimum 1, expected at least 2',
      'column "a" has maximum 9, expected at most 8',
      'column "b" has 33.3 % missing values, expected at most 10 %',
      'no column "bb", did you mean "b"?',
    ]);
  });
});
