/** The grammar of CSV, by example: rows, notes and errors of a stream. Every other reader is compared with it in csvReaders.test.ts. */
import { Readable } from "node:stream";
import { describe, expect, it } from "vitest";
import type { CsvSettings } from "../readOptions.ts";
import { readRows } from "../stream/rows.ts";

interface Result {
  readonly columns: readonly string[];
  readonly rows: readonly (readonly unknown[])[];
  readonly lines: readonly number[];
  readonly notes: readonly string[];
}

async function read(content: string | Buffer, csv: CsvSettings = {}, name = "f"): Promise<Result> {
  const notes: string[] = [];
  const rows: unknown[][] = [];
  const lines: number[] = [];
  let columns: readonly string[] = [];
  const options = { format: "csv", csv, name, onNote: (note: string) => void notes.push(note) } as const;
  for await (const batch of readRows(Readable.from([Buffer.from(content)]), options)) {
    columns = batch.columns;
    for (const row of batch.rows) {
      rows.push(row.problem === undefined ? [...row.values] : [row.problem]);
      lines.push(row.line);
    }
  }
  return { columns, rows, lines, notes };
}

const failure = (content: string | Buffer, csv?: CsvSettings): Promise<unknown> =>
  read(content, csv).then(
    () => undefined,
    (error: unknown) => error,
  );

describe("cells", () => {
  it.each<[string, string, CsvSettings, unknown[][]]>([
    ["blanks beside quotes", 'a,b\n1, "t1" \n', {}, [["1", "t1"]]],
    ["blanks in quotes", 'a,b\n" 1 ",x\n', {}, [[" 1 ", "x"]]],
    ["blanks around bare cells", "a,b\n 1 ,\tx\t\n", {}, [["1", "x"]]],
    ["blanks without trim", 'a,b\n 1, "x"\n', { trim: false }, [[" 1", ' "x"']]],
    ["a non-breaking space", "a,b\n\u00a01,x\n", {}, [["\u00a01", "x"]]],
    ["a quote in a bare cell", 'a,b\n5" pipe,x\n', {}, [['5" pipe', "x"]]],
    [
      "line ends of three kinds",
      "a,b\r\n1,2\n3,4\r5,6",
      {},
      [
        ["1", "2"],
        ["3", "4"],
        ["5", "6"],
      ],
    ],
    ["line ends in quotes", 'a,b\n"1\r\n2","3\r4"\r\n', {}, [["1\r\n2", "3\r4"]]],
    ["blank lines and lines of blanks", "\n a,b\n\n1,2\n  \n", {}, [["1", "2"]]],
    ["blank lines of one column", "a\n1\n\n2\n", {}, [["1"], [""], ["2"]]],
    ["another quote", "a,b\n'1,2',\"\n", { quote: "'" }, [["1,2", '"']]],
    ["no quote", 'a,b\n"1,2"\n', { quote: "" }, [['"1', '2"']]],
  ])("%s", async (_, text, csv, rows) => {
    expect((await read(text, csv)).rows).toEqual(rows);
  });

  it("gives the line on which each row starts, for line ends of every kind", async () => {
    expect((await read('a,b\r\n"1\r\n2",3\r4,5\n\n6,7')).lines).toEqual([2, 4, 6]);
  });
});

describe("the delimiter", () => {
  it.each<[string, string, CsvSettings, unknown[]]>([
    ["that the rows agree on", "id,opt a|b|c|d,y\n1,2,3\n4,5,6\n", {}, ["1", "2", "3"]],
    ["beside decimal commas", "a;b\n1,5;2,5\n3,5;4,5\n", {}, ["1,5", "2,5"]],
    ["beside commas in text", "a;b\nx, y;1\nz, w;2\n", {}, ["x, y", "1"]],
    ["of the line sep=", "sep=;\r\na,x;b\r\n1,1;2\r\n", {}, ["1,1", "2"]],
    ["of the settings", "a;b,c\n1;2,3\n", { delimiter: "," }, ["1;2", "3"]],
    ["of a single row", "a|b\n1|2", {}, ["1", "2"]],
    ["that is a blank", "a b\n1 2\n", { delimiter: " " }, ["1", "2"]],
  ])("%s", async (_, text, csv, first) => {
    expect((await read(text, csv)).rows[0]).toEqual(first);
  });
});

describe("the header", () => {
  it("loses blanks around names, and names nameless columns by position", async () => {
    const { columns, notes } = await read('a, b,," y "\n1,2,3,4\n');
    expect(columns).toEqual(["a", "b", "column_3", "y"]);
    expect(notes).toEqual(['column 3 of f has no name: it is called "column_3"']);
  });

  it("that looks like a row is reported", async () => {
    const { notes } = await read("5.1,3.5,setosa\n4.9,3.0,setosa\n");
    expect(notes).toEqual([
      'the first line of f was read as the names of columns, but looks like a row ("5.1", "3.5", "setosa"): if it is one, set "ingest": {"names": ["name1", "name2", "name3"]}',
    ]);
    expect((await read("no,b,x\nno,c,x\nyes,d,y\n")).notes).toHaveLength(1);
  });

  it.each(["2019,2020,city\n1,2,Oslo\n", "city,1,2,3\nOslo,4,5,6\n", "1,b\n2,3\n", "a,?\n1,2\n", "a,b\nx,y\n"])(
    "is not taken for a row: %j",
    async (content) => expect((await read(content)).notes).toEqual([]),
  );

  it("of cells in apostrophes does not hide that these may be quotes", async () => {
    const content = "a,b\n1,'x y'\n2,'z, w'\n";
    const { notes } = await read(content.replace(", w", ""));
    expect(notes).toEqual([
      `the cells of "b" in f begin and end with ': if these are quotes, set "ingest": {"quote": "'"}`,
    ]);
    expect(await read(content, { quote: "'" })).toMatchObject({
      notes: [],
      rows: [
        ["1", "x y"],
        ["2", "z, w"],
      ],
    });
  });

  it("with equal names is refused, or gets other names with `guess`", async () => {
    const content = "a,b,A,a_2,a\n1,2,3,4,5\na,b,A,a_2,a\n";
    expect(await failure(content)).toMatchObject({ hint: expect.stringContaining("ingest") as string });
    expect(await read(content, { names: "guess" })).toMatchObject({
      columns: ["a", "b", "A_3", "a_2", "a_4"],
      rows: [["1", "2", "3", "4", "5"]],
      notes: expect.arrayContaining(["f has columns of equal names: these are called A_3, a_4"]) as string[],
    });
  });

  it("may be missing if `names` are set, or guessed", async () => {
    const names = ["length", "width", "kind"];
    const content = "5.1,3.5,setosa\n4.9,3.0,setosa\n";
    const rows = [
      ["5.1", "3.5", "setosa"],
      ["4.9", "3.0", "setosa"],
    ];
    for (const start of ["", "length,width,kind\n"])
      expect(await read(start + content, { names })).toMatchObject({ columns: names, rows });
    expect((await read(content, { names })).notes).toEqual([]);
    expect((await read(content, { names })).lines).toEqual([1, 2]);
    expect(await read("width\n3.5\n", { names })).toMatchObject({ columns: ["width"], rows: [["3.5"]] });
    expect(await read("5.1,3.5\n", { names, optional: "kind" })).toMatchObject({ columns: ["length", "width"] });
    expect(await read(content, { names: "guess" })).toMatchObject({
      columns: ["column_1", "column_2", "column_3"],
      rows,
    });
    const guessed = "f has no line with the names of its columns: they are called column_1, column_2, column_3";
    expect((await read(content, { names: "guess" })).notes).toEqual([guessed]);
    for (const header of ["a,b", "0,1,label", "0,1,3,4,label", "10,20,50,100,label", "id,1"]) {
      const width = header.split(",").length;
      const row = (i: number): string =>
        Array.from({ length: width }, (_, k) => (k < width - 1 ? i * 7 + k * 0.5 : ["yes", "no"][i % 2])).join(",");
      const table = [header, ...Array.from({ length: 20 }, (_, i) => row(i)), ""].join("\n");
      const { columns, rows: read20, notes } = await read(table, { names: "guess" });
      expect([columns.join(","), read20.length, notes]).toEqual([header, 20, []]);
    }
    // A header all the same: one name is unknown, or all are written otherwise.
    for (const header of ["length,width,customer", "Length,WIDTH,Kind", "sepal,petal,class"])
      expect(await read(`${header}\n${content}`, { names })).toMatchObject({ columns: header.split(","), rows });
    expect(await failure("1,2\n3,4\n", { names })).toMatchObject({
      message: "f, line 1 has 2 values, but ingest.names 3",
    });
  });

  it("is found below `skip_lines` lines", async () => {
    const { columns, lines } = await read("A title\n\na,b\n1,2\n", { skipLines: 2 });
    expect([columns, lines]).toEqual([["a", "b"], [4]]);
  });

  it("is left out where it comes again, with or without byte order mark, but not as a quoted row", async () => {
    const { rows, notes } = await read('a,b\n1,2\n\ufeffa,b\n3,4\na,b\n"a","b"\n');
    expect(rows).toEqual([
      ["1", "2"],
      ["3", "4"],
      ["a", "b"],
    ]);
    expect(notes).toEqual(["f, line 3 repeats the header and was left out (and 1 other line)"]);
  });
});

describe("titles", () => {
  const rows = [
    ["a", "1", "2"],
    ["b", "3", "4"],
  ];
  it.each([
    ["in the columns of a spreadsheet", "Report of May;;\n;;\nname;n;x\na;1;2\nb;3;4\n", 2],
    ["without delimiters", "Report of May\nname;n;x\na;1;2\nb;3;4\n", 1],
  ])("%s are left out where the header is guessed, and said", async (_, content, count) => {
    const { columns, rows: found, lines, notes } = await read(content, { names: "guess" });
    expect([columns, found, lines]).toEqual([["name", "n", "x"], rows, [count + 2, count + 3]]);
    const looks =
      count === 1
        ? "1 line above the header of f looks like a title and was"
        : "2 lines above the header of f look like titles and were";
    expect(notes).toEqual([`${looks} left out`]);
  });

  it("are not seen in columns without a name, or in rows of text", async () => {
    for (const content of ["name,,\na,1,2\nb,3,4\n", "name,,\nx,y,z\nu,v,w\n", "a,b\n,\nx,1\ny,2\n"]) {
      const { columns, notes } = await read(content, { names: "guess" });
      expect([columns[0]!.length > 0, notes.join().includes("title")]).toEqual([true, false]);
    }
  });
});

describe("encodings", () => {
  it("reads windows-1252 with €, and says so", async () => {
    const { rows, notes } = await read(Buffer.from("a,b\n1,x\n2,Z\xfcrich \x80\n", "latin1"));
    expect(rows[1]).toEqual(["2", "Zürich €"]);
    expect(notes).toEqual([
      'f is not UTF-8 and was read as windows-1252: line 3 has "Zürich"; if that is right, set "ingest": {"encoding": "windows-1252"}, else the right encoding',
    ]);
  });

  it.each([
    ["latin1", Buffer.from("a,b\n\x80,\xe9\n", "latin1"), ["€", "é"]],
    ["shift_jis", Buffer.from("a,b\n\x93\xfa\x96\x7b,1\n", "latin1"), ["日本", "1"]],
    ["utf-16le", Buffer.from("a,b\n€,ø\n", "utf16le"), ["€", "ø"]],
  ])("reads %s if it is set, without a note", async (encoding, bytes, row) => {
    expect(await read(bytes, { encoding })).toMatchObject({ rows: [row], notes: [] });
  });
});

describe("an error", () => {
  it.each<[string, string | Buffer, CsvSettings, string, RegExp]>([
    [
      "for a title",
      "Report of May\n\na,b\n1,2\n3,4\n",
      {},
      "f, line 1 has 1 value, but line 3 and the lines after it have 2",
      /"skip_lines": 2/,
    ],
    [
      "for a title in the columns of a spreadsheet",
      "Report of May;;\n;;\nname;n;x\na;1;2\nb;3;4\n",
      {},
      "f, line 1 looks like a title, and line 3 like the names of the columns",
      /"skip_lines": 2/,
    ],
    [
      "for git-lfs",
      "version https://git-lfs.github.com/spec/v1\noid sha256:4d\nsize 12\n",
      {},
      "f, line 1: this is a pointer of git-lfs, not CSV",
      /git lfs pull/,
    ],
    [
      "for HTML",
      "<!DOCTYPE html>\n<html><body>404</body></html>\n",
      {},
      "f, line 1: this is an HTML or XML page, not CSV",
      /login page/,
    ],
    [
      "for Excel",
      Buffer.from("PK\x03\x04\x14\0", "latin1"),
      {},
      "f is a ZIP archive or an Excel workbook, not text",
      /as CSV/,
    ],
    [
      "for UTF-8 that is set wrongly",
      Buffer.from("a,b\n1,\xe9\n", "latin1"),
      { encoding: "utf-8" },
      "f, line 2 is not UTF-8",
      /encoding/,
    ],
    [
      "for an open quote",
      'a,b\n"x\ny",1\n2,"z\n3,4\n',
      {},
      'f, line 4, column "b": a quote is not closed',
      /close the quote/,
    ],
    [
      "for names that differ only in letter case",
      "a, A\n1,2\n",
      {},
      'f, line 1: columns "a" and "A" differ only in letter case',
      /rename/,
    ],
  ])("%s names the place and the setting", async (_, content, csv, message, hint) => {
    expect(await failure(content, csv)).toMatchObject({ kind: "data", message, hint: expect.stringMatching(hint) });
  });

  it("does not stop at text after a closing quote, which is kept as in pandas and noted", async () => {
    const { rows, notes } = await read('a,b\n1,"x"y\n2,"p" "q"\n');
    expect(rows).toEqual([
      ["1", "xy"],
      ["2", 'p "q"'],
    ]);
    expect(notes).toEqual([
      'f, line 2, column "b" ("xy"): text after a closing quote was kept (and 1 other cell); inside a quoted cell, a quote must be doubled ("")',
    ]);
  });
});
