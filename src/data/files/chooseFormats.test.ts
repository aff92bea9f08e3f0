import { mkdtemp, readFile, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import type { ReadOptions } from "../readOptions.ts";
import { ingestFiles } from "./ingestFiles.ts";
import { readTable } from "./readTable.ts";

/** Ingests files; `types` are e.g. "DOUBLE 1.234,5 €". */
async function ingest(files: Readonly<Record<string, string>>, options: ReadOptions = {}) {
  const folder = await mkdtemp(join(tmpdir(), "formats-test-"));
  const paths = Object.keys(files).map((name) => join(folder, name));
  for (const [name, text] of Object.entries(files)) await writeFile(join(folder, name), text);
  const output = join(folder, "out");
  const done = await ingestFiles(paths, { ...options, output, nameOf: (path) => path.slice(folder.length + 1) });
  const types = done.columns.map(({ type, format }) => (format === undefined ? type : `${type} ${format}`));
  const csv = await readFile(output, "utf8").catch(() => "");
  const cells = csv.trimEnd().split("\n").slice(1);
  return { ...done, paths, types, cells };
}

/** One column `x` beside a column of words, with the delimiter. */
function column(values: readonly string[], delimiter = ";"): string {
  return `x${delimiter}word\n${values.map((value, i) => `${value}${delimiter}w${i}\n`).join("")}`;
}

describe("numbers", () => {
  it("with signs, blanks and separators are read, in one note", async () => {
    const columns: readonly (readonly [format: string, values: readonly string[], numbers: string])[] = [
      ["1.234,5 %", ["5,9 %", "12,25%"], "5.9 12.25"],
      ["1.234,5 €", ["1.234,50 €", "12"], "1234.5 12.0"],
      ["1,234.5 $", ["$1,005.00", "($2.50)"], "1005.0 -2.5"],
      ["1,234.5", ["\u22125", "7"], "-5.0 7.0"],
      ["1.234,5", ["1\u202f234,5", "7"], "1234.5 7.0"],
      ["1,234.5 CHF", ["CHF 1'234.50", "CHF 7"], "1234.5 7.0"],
      ["1.234,5", ["0,125", "1,005"], "0.125 1.005"],
      ["1.234,5", ["1.234,5", "n/a"], "1234.5 "],
    ];
    const lines = [columns.map((_, i) => `c${i}`), ...[0, 1].map((row) => columns.map(([, values]) => values[row]!))];
    const done = await ingest({ "f.csv": lines.map((line) => `${line.join(";")}\n`).join("") });
    expect(done.types).toEqual(columns.map(([format]) => `DOUBLE ${format}`));
    const cells = done.cells.map((line) => line.split(","));
    expect(columns.map((_, i) => `${cells[0]![i]} ${cells[1]![i]}`)).toEqual(columns.map(([, , numbers]) => numbers));
    expect(done.notes[0]).toMatch(
      /^read as numbers: "c0" \("5,9 %" is 5.9\), "c1" .* and 3 more; to keep the text, set "ingest.types": \{ "c0": "category"/,
    );
    expect(done.notes).toHaveLength(2);
  });

  const thousands = ["4.172", "12.500"];
  it.each([
    ["a column with a decimal comma", { "f.csv": "x;y\n4.172;1,5\n12.500;2,25\n" }, {}, "4172.0"],
    ["a column with a decimal point", { "f.csv": "x;y\n4.172;1.5\n12.500;2.25\n" }, {}, "4.172"],
    ["a column of another file", { "f.csv": column(thousands), "g.csv": "z;y\na;1,5\n" }, {}, "4172.0"],
    ["short numbers without a separator", { "f.csv": column([...thousands, "850"]) }, {}, "4172.0"],
    ["a comma between the cells", { "f.csv": column(thousands, ",") }, {}, "4.172"],
    ["a comma between the cells, beside NA", { "f.csv": column([...thousands, "NA"], ",") }, {}, "4.172"],
    ["commas in quotes between commas", { "f.csv": column(['"4,172"', '"12,500"'], ",") }, {}, "4172.0"],
    ["ingest.decimal", { "f.csv": column(thousands) }, { decimal: "," }, "4172.0"],
    ["ingest.decimal", { "f.csv": column(thousands) }, { decimal: "." }, "4.172"],
    ["ingest.thousands", { "f.csv": column(thousands) }, { thousands: "." }, "4172.0"],
    ["ingest.thousands", { "f.csv": column(thousands) }, { thousands: " " }, "4.172"],
    ["ingest.types", { "f.csv": column(thousands) }, { types: { x: "1.234,5" } }, "4172.0"],
    ["ingest.decimal over commas in quotes", { "f.csv": column(['"4,172"'], ",") }, { decimal: "," }, "4.172"],
  ] as const)("such as 4.172 are decided by %s", async (_, files, options, expected) => {
    expect((await ingest(files, options)).cells[0]!.split(",")[0]).toBe(expected);
  });

  it.each([
    [
      "1.234,567 beside 2.5",
      { "a.csv": "x;y\n1.234,567;1\n", "b.csv": "x,y\n2.5,2\n" },
      "DOUBLE",
      '"1.234,567", plain numbers',
    ],
    [
      "2.5 before 1.234,567",
      { "a.csv": "x,y\n2.5,2\n", "b.csv": "x;y\n1.234,567;1\n" },
      "DOUBLE 1.234,5",
      '"1.234,567", plain numbers',
    ],
    [
      "16.2% beside 0.162",
      { "a.csv": "x,y\n16.2%,1\n", "b.csv": "x,y\n0.162,2\n" },
      "DOUBLE",
      '"16.2%", plain numbers',
    ],
  ] as const)(
    "of two notations (%s) are reported; rows to predict are written as in the last file",
    async (...given) => {
      const [, files, type, examples] = given;
      const done = await ingest(files);
      expect(done.types[0]).toBe(type);
      expect(done.notes).toContainEqual(
        expect.stringMatching(new RegExp(`^written differently in different files: "x" \\(${examples}\\)`)),
      );
    },
  );

  it("are reported as text if one cell is a word or a date of no day", async () => {
    const rows = Array.from({ length: 30 }, (_, i) => `${String((i % 28) + 1).padStart(2, "0")}.01.2024;${i},5`);
    const { notes } = await ingest({ "f.csv": ["d;b", ...rows, "32.01.2024;k.A.", ""].join("\n") });
    expect(notes.join("\n")).toContain('not all values are dates: "d" (1 cell, such as "32.01.2024"); correct them');
    expect(notes.join("\n")).toContain('not all values are numbers: "b" ("k.A.")');
  });

  it("such as 1.000 € are asked for, whatever stands between the cells", async () => {
    const json = await ingest({ "f.jsonl": '{"x":"1.000 €"}\n{"x":"2.500 €"}\n' });
    const csv = await ingest({ "f.csv": column(["1.000 €", "2.500 €"], ",") });
    for (const { notes, cells } of [json, csv]) {
      expect(cells[0]).toMatch(/^1\.000 €/);
      expect(notes[0]).toContain('"x" ("1.000 €" is 1 or 1000)');
    }
  });

  it("with the configured separators need no note, but signs do", async () => {
    const { notes, cells } = await ingest({ "f.csv": column(["1,040", "12"]) }, { decimal: "." });
    expect([notes, cells[0]]).toEqual([[], "1040.0,w0"]);
    const signs = await ingest({ "f.csv": column(["(2.50)", "1,040"]) }, { decimal: "." });
    expect(signs.notes).toEqual([expect.stringContaining('"x" ("(2.50)" is -2.5)')]);
  });

  it.each([
    [";", "4.172", "4.172 or 4172"],
    [";", "168,000", "168000 or 168"],
    ["\t", "168,000", "168000 or 168"],
  ])("between %j such as %s are asked for if nothing decides", async (delimiter, value, readings) => {
    const done = await ingest({ "f.csv": column([value, value], delimiter) });
    expect(done.types[0]).toBe("VARCHAR");
    expect(done.notes).toEqual([
      `kept as text, because comma or point may separate decimals or thousands: "x" ("${value}" is ${readings}); set "ingest.decimal": "." or "ingest.decimal": "," in config.json`,
    ]);
  });

  it("with a thousands separator that was guessed are reported with the line for the other reading", async () => {
    const { notes } = await ingest({ "f.csv": column(["905", '"1,005"'], ",") });
    expect(notes).toEqual([
      'read with a thousands separator: "x" ("1,005" is 1005); if it is the decimal separator, set "ingest.decimal": "," in config.json, else "ingest.thousands": ","',
    ]);
  });

  it("that files write differently are read, and the note says what rows to predict must look like", async () => {
    const done = await ingest({ "a.csv": column(["4.172,5"]), "b.csv": column(["4,172.5"]) });
    expect([done.types[0], done.cells]).toEqual(["DOUBLE 1,234.5", ["4172.5,w0", "4172.5,w0"]]);
    expect(done.notes).toEqual([
      'written differently in different files: "x" ("4.172,5", "4,172.5"); each file was read in its way, but rows to predict must be written as in the last file',
    ]);
  });

  it("in one column with two readings of the separators stay text", async () => {
    expect((await ingest({ "f.csv": column(["1,5", "1.5"]) })).types[0]).toBe("VARCHAR");
    expect((await ingest({ "f.csv": column(["1,005", "2.005"]) })).types[0]).toBe("VARCHAR");
  });

  it.each([
    ["leading zeros", ["00123", "04567", "12345"]],
    ["hexadecimal digits", ["0x10", "17", "0x1F"]],
    ["more digits than a number holds", ["12345678901234567890", "7", "NA"]],
  ])("with %s stay text as they are, with a note", async (_, values) => {
    const json = values.map((x) => `{"x":"${x}","word":"w"}\n`).join("");
    for (const [name, text] of [
      ["f.csv", column(values)],
      ["f.jsonl", json],
    ] as const) {
      const done = await ingest({ [name]: text });
      expect(done.cells.map((cell) => cell.split(",")[0])).toEqual(values);
      expect(done.notes[0]).toMatch(/^kept as text, because a number would not keep every digit: "x"/);
    }
  });

  it("are found with any delimiter, and in a file that is rewritten for DuckDB", async () => {
    for (const [text, csv] of [
      ["x^word\n007^a\n12^b\n", { delimiter: "^" }],
      ['x;word\n007; "a"\n12;b\n', {}],
    ] as const)
      expect((await ingest({ "f.csv": text }, { csv })).cells).toEqual(["007,a", "12,b"]);
    const { types, notes } = await ingest({ "f.csv": 'x;word\n4.172; "a"\n12.500;b\n' });
    expect([types[0], notes[0]]).toEqual(["VARCHAR", expect.stringContaining("12.5 or 12500")]);
  });

  it("with leading zeros are numbers on request, and text in every file if they are in one", async () => {
    const file = column(["00123", "12"]);
    expect((await ingest({ "f.csv": file }, { types: { x: "number" } })).cells[0]).toBe("123.0,w0");
    const plain = { "a.csv": column(["12345"]), "b.csv": column(["23456"]), "c.csv": file };
    expect((await ingest(plain)).cells.map((cell) => cell.split(",")[0])).toEqual(["12345", "23456", "00123", "12"]);
  });

  it("that another file makes text are kept as they came", async () => {
    const files = { "a.csv": column(["1E5", "12E3"]), "b.csv": column(["A7"]), "c.csv": column(["5,9 %"]) };
    const done = await ingest(files, { types: {} });
    expect(done.rejected).toHaveLength(1);
    const even = await ingest({ "a.csv": files["a.csv"], "b.csv": files["b.csv"] });
    expect(even.cells).toEqual(["1E5,w0", "12E3,w1", "A7,w0"]);
  });
});

describe("dates", () => {
  it("in many forms are read, in one note", async () => {
    const columns: readonly (readonly [format: string, values: readonly string[], dates: string])[] = [
      ["%m/%d/%Y", ["01/31/2024 11:30 PM", "02/01/2024 12:05 AM", ""], "2024-01-31 23:30:00|2024-02-01 00:05:00|"],
      ["%d/%m/%Y", ["09/03/2024", "29/01/2025", ""], "2024-03-09|2025-01-29|"],
      ["%d.%m.%Y", ["09.03.2024", "01.02.2025", ""], "2024-03-09|2025-02-01|"],
      ["%d/%m/%y", ["09/03/24", "29/01/25", ""], "2024-03-09|2025-01-29|"],
      ["%d-%b-%Y", ["01-Jan-2024", "02-FEB-2024", ""], "2024-01-01|2024-02-02|"],
      ["%b %d, %Y", ["January 01, 2011", "Mar 2, 2011", ""], "2011-01-01|2011-03-02|"],
      ["%Y-%m", ["1949-01", "1949-02", ""], "1949-01-01|1949-02-01|"],
      ["%Y%m%d", ["20110101", "20110102", "20110131"], "2011-01-01|2011-01-02|2011-01-31"],
      ["%b-%y", ["Jan-11", "Feb-11", ""], "2011-01-01|2011-02-01|"],
      ["%Y-%m-%d", ["2024-01-02T03:04Z", "2024-01-02T05:04+01:00", ""], "2024-01-02 03:04:00|2024-01-02 04:04:00|"],
    ];
    const lines = [
      columns.map((_, i) => `c${i}`),
      ...[0, 1, 2].map((row) => columns.map(([, values]) => values[row]!)),
    ];
    const done = await ingest({ "f.csv": lines.map((line) => `${line.join(";")}\n`).join("") });
    const isTime = (dates: string): boolean => dates.includes(":");
    expect(done.types).toEqual(columns.map(([format, , dates]) => `${isTime(dates) ? "TIMESTAMP" : "DATE"} ${format}`));
    const cells = done.cells.map((line) => line.split(","));
    expect(columns.map((_, i) => cells.map((line) => line[i]).join("|"))).toEqual(columns.map(([, , dates]) => dates));
    expect(done.notes).toEqual([expect.any(String), expect.stringMatching(/^times with an offset are read in UTC: /)]);
    expect(done.notes[0]).toMatch(/^read as dates: "c0" \("01\/31\/2024 11:30 PM" is 2024-01-31T23:30:00.000Z\), /);
  });

  it("with day and month in an unknown order are asked for, and read with the line of the note", async () => {
    const files = { "f.csv": column(["09/03/2024", "01/02/2025"]) };
    const done = await ingest(files);
    expect(done.types[0]).toBe("VARCHAR");
    expect(done.notes).toEqual([
      'kept as text, because day or month can come first: "x" ("09/03/2024" is 2024-03-09 or 2024-09-03); set "ingest.types": { "x": "%d/%m/%Y" } in config.json, or with the month first "%m/%d/%Y"',
    ]);
    const cured = await ingest(files, { types: { x: "%m/%d/%Y" } });
    expect([cured.notes, cured.cells[0]]).toEqual([[], "2024-09-03 00:00:00,w0"]);
  });

  it("with day and month in an unknown order are each asked for in its own format", async () => {
    const { notes, undecided } = await ingest({ "f.csv": "a,b\n09/03/2024,09-03-2024\n01/02/2025,01-02-2025\n" });
    const types = '{ "a": "%d/%m/%Y", "b": "%d-%m-%Y" } in config.json, or with the month first "%m/%d/%Y", "%m-%d-%Y"';
    expect(notes).toEqual([expect.stringContaining(`set "ingest.types": ${types}`)]);
    expect(undecided).toEqual(["a", "b"]);
  });

  it("are shown by a value that only one order reads", async () => {
    const { notes } = await ingest({ "f.csv": column(["03/04/2024", "25/04/2024"]) });
    expect(notes).toEqual([expect.stringContaining('read as dates: "x" ("25/04/2024" is 2024-04-25)')]);
  });

  it.each([
    ["date", "TIMESTAMP", "2024-03-09 00:00:00"],
    ["DATE", "DATE", "2024-03-09"],
    ["TIMESTAMP", "TIMESTAMP", "2024-03-09 00:00:00"],
  ])("are read on request, as the type %s", async (type, stored, expected) => {
    for (const values of [
      ["2024-03-09", "n/a"],
      ["09.03.2024", "n/a"],
    ]) {
      const done = await ingest({ "f.csv": column(values) }, { types: { x: type } });
      expect([done.types[0]!.split(" ")[0], done.cells]).toEqual([stored, [`${expected},w0`, ",w1"]]);
    }
    const { notes } = await ingest({ "f.csv": column(["09/03/2024", "01/02/2025"]) }, { types: { x: type } });
    expect(notes).toEqual([expect.stringContaining("kept as text, because day or month can come first")]);
  });

  it("take the order of day and month from all files; version numbers are no dates", async () => {
    const files = { "a.csv": "when,version\n09/03/2024,40.1.24\n", "b.csv": "when,version\n30/03/2024,41.2.24\n" };
    expect((await ingest(files)).types).toEqual(["DATE %d/%m/%Y", "VARCHAR"]);
  });

  it("with two-digit years that were read as days are reported with the line that reads them", async () => {
    const files = { "f.csv": column(["09-03-24", "29-01-25"]) };
    const { notes } = await ingest(files);
    expect(notes[0]).toContain('read as dates in the first century: "x" ("0009-03-24")');
    expect(notes[0]).toContain('"ingest.types": { "x": "%d-%m-%y" }');
    const cured = await ingest(files, { types: { x: "%d-%m-%y" } });
    expect([cured.notes, cured.cells[0]]).toEqual([[], "2024-03-09 00:00:00,w0"]);
  });

  it("that hardly anyone means, the end of time or a year of two digits, are counted in one note", async () => {
    const days = ["2024-03-09", "9999-12-31", "0024-05-01", "2025-01-29"];
    const { notes, types } = await ingest({ "f.csv": column(days) });
    expect(types[0]).toBe("DATE");
    expect(notes).toEqual([
      expect.stringMatching(
        /^dates before the year 1000 or after 2199: "x" \(2 rows, such as "0024-05-01"\); correct them/,
      ),
    ]);
    expect((await ingest({ "f.csv": column(days) }, { types: { x: "date" } })).notes).toEqual([]);
    expect((await ingest({ "f.csv": column(days) }, { nullValues: ["9999-12-31", "0024-05-01"] })).notes).toEqual([]);
    expect((await ingest({ "f.csv": column(["31.12.9999", "01.02.2024"]) })).notes).toContainEqual(
      expect.stringContaining('"x" (1 row, such as "9999-12-31")'),
    );
  });

  it("with the name of a zone stay text, with the line that reads them", async () => {
    const files = { "f.csv": column(["2024-07-01 12:00:00 Europe/Berlin"]) };
    const { notes, types } = await ingest(files);
    expect(types[0]).toBe("VARCHAR");
    const select = JSON.parse(/"ingest.select": (\{.*\}) in config.json/.exec(notes[0]!)![1]!) as Record<
      string,
      string
    >;
    expect((await ingest(files, { select })).cells[0]).toBe("2024-07-01 10:00:00,w0");
  });
});

describe("missing markers and words", () => {
  it("are missing in number and date columns and kept in text, with a note of each", async () => {
    const done = await ingest({ "f.csv": "n,d,t\n1,2024-01-01,a\n NA ,?,NA\n ,None,n/a\n-,#N/A,-\n2,.,?\n" });
    expect(done.types).toEqual(["BIGINT", "DATE", "VARCHAR"].map((type) => (type === "DATE" ? "TIMESTAMP" : type)));
    expect(done.cells.map((cell) => cell.split(",").slice(0, 2).join())).toEqual([
      "1,2024-01-01 00:00:00",
      ",",
      ",",
      ",",
      "2,",
    ]);
    expect(done.cells.map((cell) => cell.split(",")[2])).toEqual(["a", "NA", "n/a", "-", "?"]);
    expect(done.notes).toHaveLength(2);
    expect(done.notes[0]).toMatch(/^read as missing in columns of numbers or dates: "n" \("-", "NA"\), "d"/);
    expect(done.notes[1]).toMatch(/^kept as text, although missing in columns of numbers or dates: "t" \("-", /);
  });

  it("leave a column of mostly numbers as text, with a note that names the word", async () => {
    const done = await ingest({ "f.csv": column(["1", "2", "LINE", "3"]) });
    expect(done.cells).toEqual(["1,w0", "2,w1", "LINE,w2", "3,w3"]);
    expect(done.notes).toEqual([
      'kept as text, because not all values are numbers: "x" ("LINE"); correct them, or, to treat them as missing, set "ingest": {"null_values": ["", "LINE"]} in config.json',
    ]);
  });

  it("are the same in JSON, where numbers may be in quotes", async () => {
    const rows = ["1", "n/a", "3"].map((a) => `{"a":${a === "n/a" ? '"n/a"' : a},"q":"${a}","w":"x"}\n`).join("");
    const done = await ingest({ "f.jsonl": rows });
    expect([done.types, done.cells]).toEqual([
      ["BIGINT", "BIGINT", "VARCHAR"],
      ["1,1,x", ",,x", "3,3,x"],
    ]);
  });
});

describe("notes on many columns or files", () => {
  it("are one note of each kind", async () => {
    const names = Array.from({ length: 100 }, (_, i) => `c${i}`);
    const header = (more: string): string => `${names.join(";")};${more}\n`;
    const line = (cell: string, more: string): string => `${names.map(() => cell).join(";")};${more}\n`;
    const few = Object.fromEntries(["c", "d", "e"].map((name) => [`${name}.csv`, `${header("k")}${line("1", "x")}`]));
    const done = await ingest({
      "a.csv": `${header("more;k")}${line("1,5", "5;x")}${line("NA", "6;x")}`,
      "b.csv": `${header("more;k")}${line("word", "7;x")}`,
      ...few,
    });
    expect(done.rejected.map(({ reason }) => reason)).toEqual(['line 2, column "c0": "word" is not a number']);
    expect(done.notes).toEqual([
      'c.csv, d.csv, e.csv have no column "more": filled with missing values',
      expect.stringMatching(/^read as numbers: "c0" \("1,5" is 1.5\), .* and 95 more; to keep the text, /),
      expect.stringMatching(/^read as missing in columns of numbers or dates: "c0" \("NA"\), .* and 95 more; /),
    ]);
  });
});

it("times with an offset are reported, with settings that keep the time of the place", async () => {
  const files = { "a.csv": "t,x\n2024-07-01T08:00:00+02:00,1\n2024-12-01T08:00:00+01:00,2\n" };
  const { notes, cells } = await ingest(files);
  expect(cells).toEqual(["2024-07-01 06:00:00,1", "2024-12-01 07:00:00,2"]);
  const settings = JSON.parse(/set "ingest": (\{.*\}) in config/.exec(notes[0]!)![1]!) as ReadOptions;
  const local = await ingest(files, settings);
  expect([local.cells, local.notes]).toEqual([["2024-07-01 08:00:00,1", "2024-12-01 08:00:00,2"], []]);
  expect((await ingest({ "a.csv": "t,x\n2024-07-01T08:00:00+00:00,1\n2024-07-01T08:00:00Z,2\n" })).notes).toEqual([]);
});

it("a total below the table is reported", async () => {
  const { notes } = await ingest({ "a.csv": "city,x\nOslo,1\nBergen,2\nTotal,3\n", "b.csv": "city,x\nOslo,1\n" });
  expect(notes).toEqual([
    `the last row looks like a total, but is read as a row: a.csv ("Total"); to leave it out, set "ingest.where": "\\"city\\" IS DISTINCT FROM 'Total'" in config.json`,
  ]);
});

it("rows without any value are reported", async () => {
  const { notes, rows } = await ingest({ "a.csv": "id;x\n1;2\n;\n;\n2;3\n", "b.csv": "id\n1\n\n2\n" });
  expect(rows).toBe(7);
  expect(notes).toContain(
    'rows without any value are read as rows: a.csv (2); delete them, or, if every row has a "id", set "ingest.where": "\\"id\\" IS NOT NULL" in config.json',
  );
});

it("a column of which half are numbers is kept as text with a note", async () => {
  const { notes } = await ingest({ "a.csv": column(["1%", "0.02", "3%", "0.04"]) });
  expect(notes).toEqual([expect.stringContaining('not all values are numbers: "x" ("1%")')]);
});

describe("a few cells that are written differently from thousands", () => {
  const dates = Array.from({ length: 300 }, (_, i) => `${String((i % 28) + 1).padStart(2, "0")}.04.2021`);
  const fees = dates.map((_, i) => `${i % 90}.50`);
  const settingsIn = (text = ""): ReadOptions => {
    const found = JSON.parse(/set "ingest": (\{.*?\}) in config/.exec(text)![1]!) as { null_values: string[] };
    return { nullValues: found.null_values };
  };

  it.each([
    ["%d.%m.%Y", dates, ["2019-03-23"], "does not match %d.%m.%Y", "TIMESTAMP %d.%m.%Y"],
    ["date", dates, ["2019-03-23"], "does not match %d.%m.%Y", "TIMESTAMP %d.%m.%Y"],
    ["number", fees, ["abc", "€ 45.00"], 'is not a number; also line 23 ("€ 45.00")', "DOUBLE"],
    ["number", fees.map((fee) => fee.replace(".", ",")), ["12.50"], "does not match 1.234,5", "DOUBLE 1.234,5"],
    ["DECIMAL(9,2)", fees, ["abc"], "is not a number", "DECIMAL(9,2)"],
  ])("are the ones that an error names: type %s", async (type, values, odd, reason, read) => {
    const files = { "f.csv": column(values.toSpliced(20, odd.length, ...odd)) };
    const { rejected } = await ingest(files, { types: { x: type } });
    expect(rejected.map((each) => each.reason)).toEqual([`line 22, column "x": "${odd[0]}" ${reason}`]);
    const cured = await ingest(files, { types: { x: type }, ...settingsIn(rejected[0]!.hint) });
    expect([cured.types[0], cured.cells[20]]).toEqual([read, ",w20"]);
  });

  it("are the ones that an error names if most files have none", async () => {
    const files = { "a.csv": dates, "b.csv": dates, "c.csv": dates.with(20, "2019-03-23") };
    const done = await ingest(Object.fromEntries(Object.entries(files).map(([name, each]) => [name, column(each)])));
    expect(done.rejected.map(({ reason }) => reason)).toEqual([
      'line 22, column "x": "2019-03-23" does not match %d.%m.%Y',
    ]);
  });

  it("are listed in a note with the line that makes them missing, besides those that are", async () => {
    const files = { "f.csv": column(fees.with(20, "abc").with(250, "€ 45.00").with(270, "none today")) };
    const { notes, undecided } = await ingest(files, { nullValues: ["none today"] });
    expect(undecided).toEqual(["x"]);
    expect(notes).toEqual([
      'kept as text, because not all values are numbers: "x" (2 cells: "abc", "€ 45.00"); correct them, or, to treat them as missing, set "ingest": {"null_values": ["", "none today", "abc", "€ 45.00"]} in config.json',
    ]);
    const cured = await ingest(files, settingsIn(notes[0]));
    expect([cured.types[0], cured.notes]).toEqual(["DOUBLE", []]);
  });

  it("make SQL for text fail on a file without them: the error names the file and the cure", async () => {
    const select = { x: "CAST(replace(x, '€ ', '') AS DOUBLE)" };
    expect((await ingest({ "train.csv": column(fees.with(20, "€ 45.00")) }, { select })).types[0]).toBe("DOUBLE");
    await expect(ingest({ "test.csv": column(fees) }, { select })).rejects.toMatchObject({
      message: expect.stringMatching(
        /^ingest.select.x: No function matches .*replace\(DOUBLE.* \(reading test.csv\)$/,
      ) as string,
      hint: expect.stringContaining("write CAST(column AS VARCHAR)") as string,
    });
  });
});

describe("with the formats of a model", () => {
  it("nothing else is recognised, and cells that do not fit stay text", async () => {
    const { paths } = await ingest({ "f.csv": "a;b;c\n4.172;4.172;1,5\n5.001;5.001;2,5\n" });
    const table = await readTable(paths, { formats: { a: "1.234,5" } });
    expect(table.columns.map((each) => (each.kind === "category" ? each.categories : [...each.values]))).toEqual([
      [4172, 5001],
      [4.172, 5.001],
      ["1,5", "2,5"],
    ]);
    const unfit = await readTable(paths, { formats: { c: "%d.%m.%Y" } });
    expect(unfit.columns[2]).toMatchObject({ kind: "category", categories: ["1,5", "2,5"] });
  });

  it("a plain number is read in the format or not at all; a number of JSON is what it is", async () => {
    const formats = { a: "1.234,5" };
    const csv = await ingest({ "f.csv": "a;b\n1.234;1\n12.34;2\n" }, { formats });
    expect([csv.types[0], csv.cells[0]]).toEqual(["VARCHAR", "1.234,1"]);
    const json = await ingest({ "f.jsonl": '{"a":"1.000,5"}\n{"a":1.234}\n{"a":1234.5}\n' }, { formats });
    expect(json.cells).toEqual(["1000.5", "1.234", "1234.5"]);
  });

  it("a JSON text of digits that SQL of the configuration reads stays text", async () => {
    const select = { x: "CAST(replace(x, 'CRS', '') AS INTEGER)" };
    const done = await ingest({ "f.json": '[{"x":"448","z":"448"},{"x":"449","z":"449"}]' }, { select });
    expect([done.types, done.cells]).toEqual([
      ["BIGINT", "BIGINT"],
      ["448,448", "449,449"],
    ]);
  });

  it("a column that SQL of the configuration reads stays text", async () => {
    const { paths } = await ingest({ "f.csv": column(["1,5", "2,5"]) });
    const select = { twice: "2 * CAST(replace(x, ',', '.') AS DOUBLE)" };
    for (const formats of [undefined, { x: "1.234,5" }]) {
      const table = await readTable(paths, { select, ...(formats && { formats }) });
      expect(table.columns.map(({ kind }) => kind)).toEqual(["category", "category", "number"]);
    }
  });
});
