import { Readable } from "node:stream";
import { gzipSync } from "node:zlib";
import { parse } from "csv-parse/sync";
import { describe, expect, it } from "vitest";
import type { InputRow, RowBatch } from "../rowBatch.ts";
import { readRows, type RowOptions } from "./rows.ts";

/** A record of csv-parse with the option `info`. */
interface Info {
  readonly record: readonly string[];
}

async function read(
  content: string | Buffer,
  options: Partial<RowOptions> = {},
  chunkBytes = 7,
): Promise<{ columns: readonly string[]; rows: InputRow[]; batches: RowBatch[] }> {
  const bytes = Buffer.from(content);
  // Small pieces, so that lines, quotes and multi-byte characters are split.
  const pieces = Array.from({ length: Math.ceil(bytes.length / chunkBytes) }, (_, i) =>
    bytes.subarray(i * chunkBytes, (i + 1) * chunkBytes),
  );
  const batches: RowBatch[] = [];
  for await (const batch of readRows(Readable.from(pieces), { format: "csv", ...options })) batches.push(batch);
  return { columns: batches.at(-1)?.columns ?? [], rows: batches.flatMap((batch) => batch.rows), batches };
}

describe("readRows of CSV", () => {
  it("gives strings with the line on which each row starts", async () => {
    const { columns, rows } = await read('\ufeffa,"b c"\r\n1,x\r\n\r\n2,"y\r\nz, ""w"""\r\n3,\r\n');
    expect(columns).toEqual(["a", "b c"]);
    expect(rows).toEqual([
      { line: 2, values: ["1", "x"], source: "1,x" },
      { line: 4, values: ["2", 'y\r\nz, "w"'] },
      { line: 6, values: ["3", ""], source: "3," },
    ]);
  });

  it.each([[";"], ["\t"], ["|"]])("detects the delimiter %j from the header", async (delimiter) => {
    const { rows } = await read(`a${delimiter}b\n1${delimiter}ø, 2`);
    expect(rows).toEqual([{ line: 2, values: ["1", "ø, 2"] }]);
  });

  it("marks rows with a wrong number of values and continues", async () => {
    const { rows } = await read("a,b\n1\n2,x\n3,y,z\n4,w\n");
    expect(rows.map(({ line, problem }) => [line, problem])).toEqual([
      [2, "1 value, but the header has 2 columns"],
      [3, undefined],
      [4, "3 values, but the header has 2 columns"],
      [5, undefined],
    ]);
  });

  it("gives batches of the requested size", async () => {
    const { batches } = await read(`a\n${"1\n".repeat(25)}`, { batchSize: 10 }, 1000);
    expect(batches.map((batch) => batch.rows.length)).toEqual([10, 10, 5]);
  });

  it("yields the rows before a pause, which needs a header and one row", async () => {
    const pause = Buffer.alloc(0);
    const texts = ["a;b\n", pause, "1;2", pause, "\n3;", pause, "4\n5;6\n", "7;8", pause].map((each) =>
      Buffer.from(each),
    );
    const batches: (readonly unknown[])[] = [];
    for await (const { columns, rows } of readRows(Readable.from(texts), { format: "csv" }))
      batches.push([columns.join(), ...rows.map(({ values }) => values.join())]);
    expect(batches).toEqual([
      ["a,b", "1,2"],
      ["a,b", "3,4", "5,6"],
      ["a,b", "7,8"],
    ]);
  });

  it("reads UTF-16", async () => {
    const { rows } = await read(Buffer.from("\ufeffa,b\n1,ø\n", "utf16le"));
    expect(rows).toEqual([{ line: 2, values: ["1", "ø"], source: "1,ø" }]);
  });

  it.each([
    ["no quote", "1,2\n3,4\n"],
    ["quotes in some of the lines", '1,2\n"3,5",4\n\n5,"a\nb"\n7,8\n'],
    ["a stray quote", '1,2\n3 " 4,5\n6,7\n'],
    ["no line end after the last line", "1,2\n3,4"],
    ["only blank lines", "\n\n\n"],
    ["rows of other lengths", "1\n1,2,3\n,\n"],
    ["spaces and empty fields", " 1, 2 \n,\n  ,x\n"],
  ])("with %s, gives the same rows as csv-parse for the whole text", async (_, body) => {
    const content = `a,b\n${body}`;
    const parsed = parse(content, { relax_column_count: true, relax_quotes: true, info: true }) as unknown as Info[];
    const wanted = parsed.slice(1).filter(({ record }) => record.length > 1 || record[0] !== "");
    for (const bytes of [1, 5, 1000]) {
      const { rows } = await read(content, { csv: { trim: false } }, bytes);
      expect(rows.map(({ values }) => values)).toEqual(wanted.map(({ record }) => record));
      for (const { source, values } of rows.filter((row) => row.source !== undefined))
        expect(source).toBe(values.join(","));
    }
  });

  it.each([1, 2, 3])("detects the encoding with %i bytes at a time", async (chunkBytes) => {
    const utf16 = await read(Buffer.from("\ufeffa,b\nø,2\n", "utf16le"), {}, chunkBytes);
    expect(utf16.rows).toEqual([{ line: 2, values: ["ø", "2"], source: "ø,2" }]);
    expect((await read("\ufeffa,b\n1,2", {}, chunkBytes)).columns).toEqual(["a", "b"]);
    expect((await read("a", {}, chunkBytes)).columns).toEqual(["a"]);
    await expect(read(gzipSync("a,b\n1,2\n"), {}, chunkBytes)).rejects.toThrow("is gzip, not text");
  });

  it("counts lines correctly when it switches from splitting to parsing", async () => {
    const { rows } = await read('"a\nb",c\n1,2\n\n3,4\n"5\n6",7\n8,9\n', {}, 9);
    expect(rows.map(({ line, values }) => [line, values[0]])).toEqual([
      [3, "1"],
      [5, "3"],
      [6, "5\n6"],
      [8, "8"],
    ]);
  });

  it.each([
    ["a,b\n1,2\n", "1,2"],
    ["a,b\r\n1, 2\r\n", undefined],
    ["a;b\n1;2,5\n", undefined],
    ["a,b\n1\n", undefined],
    ['a,b\n1,"2"\n', undefined],
  ])("keeps the line of %j as %j", async (content, source) => {
    expect((await read(content, {}, 1000)).rows[0]!.source).toBe(source);
  });

  it("normalizes names", async () => {
    expect((await read("Call  Failure,B\n1,2\n", { normalizeNames: true })).columns).toEqual(["call_failure", "b"]);
  });

  it("gives no rows for only a header", async () => {
    expect((await read("a,b\n")).rows).toEqual([]);
  });

  it.each([
    ["", "stdin is empty"],
    ["a,a\n1,2\n", 'stdin, line 1: two columns are called "a"'],
    [Buffer.from("a,b\n1,\u00c3\u00a9\n1,\xe9\n", "latin1"), "stdin, line 3 is not UTF-8, but earlier text is"],
    [Buffer.from("a,b\n1,2\n1,\xe9\x81\n", "latin1"), "stdin, line 3 is neither UTF-8 nor windows-1252"],
    ["a,b\n1,2\n1,\0\n", "stdin, line 3 contains a NUL byte"],
    ['a,b\n1,2\n1,"x\n2,3\n', 'stdin, line 3, column "b": a quote is not closed'],
    ['{"a":1}\n', "stdin, line 1: this is JSON, not CSV"],
    ['[{"a":1}]', "stdin, line 1: this is JSON, not CSV"],
    [gzipSync("a,b\n1,2\n"), "stdin is gzip, not text"],
  ])("rejects %j", async (content, message) => {
    const error = await read(content).catch((caught: unknown) => caught as Error);
    expect(error).toMatchObject({ kind: "data" });
    expect((error as Error).message).toMatch(message);
  });

  it.each([
    ["a,b\n1,2\n", /^stdin, line 1: not JSON: /],
    ['\n[{"a":1}]\n', "stdin, line 2: not a JSON object"],
  ])("rejects %j as JSON Lines", async (content, message) => {
    const error = await read(content, { format: "jsonl" }).catch((caught: unknown) => caught as Error);
    expect((error as Error).message).toMatch(message);
    expect(error).toMatchObject({ kind: "data", hint: expect.stringContaining("--input-format csv") });
  });

  it("reads no more of the stream than the requested batches need", async () => {
    let pulled = 0;
    async function* endless(): AsyncGenerator<Buffer> {
      yield Buffer.from("a,b\n");
      for (;;) {
        pulled++;
        yield Buffer.from("1,2\n".repeat(1000));
      }
    }
    let batches = 0;
    for await (const batch of readRows(endless(), { format: "csv", batchSize: 1000 })) {
      expect(batch.rows).toHaveLength(1000);
      if (++batches === 5) break;
    }
    expect(pulled).toBeLessThanOrEqual(6);
  });
});

describe("readRows of JSON Lines", () => {
  it("reads windows-1252, and says so", async () => {
    const notes: string[] = [];
    const content = Buffer.from('{"a":"Bern"}\n{"a":"Z\xfcrich"}\n', "latin1");
    const { rows } = await read(content, { format: "jsonl", onNote: (note) => notes.push(note) }, 1000);
    expect(rows.map(({ values }) => values)).toEqual([["Bern"], ["Zürich"]]);
    expect(notes.join()).toMatch(/^\S+ is not UTF-8 and was read as windows-1252: line 2 has "Zürich"/);
  });

  it("keeps JSON types and aligns columns by name", async () => {
    const { columns, rows } = await read(
      '{"a":1,"b":"x"}\n\n{"b":null,"c":true}\nnope\n[1]',
      { format: "jsonl" },
      1000,
    );
    expect(columns).toEqual(["a", "b", "c"]);
    expect(rows).toEqual([
      { line: 1, values: [1, "x"], source: '{"a":1,"b":"x"}' },
      { line: 3, values: [null, null, true], source: '{"b":null,"c":true}' },
      { line: 4, values: ["nope"], problem: expect.stringMatching(/^not JSON: /) },
      { line: 5, values: ["[1]"], problem: "not a JSON object" },
    ]);
  });

  it("rejects a row that has a key twice, and no other", async () => {
    const { rows } = await read('{"a":1,"b":2}\n{"a":1,"b":2,"a":3}\n{"a":{"a":4},"b":5}', { format: "jsonl" });
    expect(rows.map(({ problem }) => problem)).toEqual([undefined, 'not JSON: duplicate key "a"', undefined]);
  });

  it("takes a name in two forms of Unicode for one column", async () => {
    const { columns, rows } = await read('{"caf\u00e9":1}\n{"cafe\u0301":2}', { format: "jsonl" });
    expect([columns, rows.map(({ values }) => values)]).toEqual([["caf\u00e9"], [[1], [2]]]);
  });

  it("keeps every digit of an integer", async () => {
    const { rows } = await read('{"a":4611686018427387907,"b":9007199254740991,"c":0.1234567890123456}', {
      format: "jsonl",
    });
    expect(rows[0]!.values).toEqual(["4611686018427387907", 9007199254740991, 0.1234567890123456]);
  });
});
