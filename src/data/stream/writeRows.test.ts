import { PassThrough, Writable } from "node:stream";
import { describe, expect, it } from "vitest";
import type { Json } from "../../core/json.ts";
import { rowWriter } from "./writeRows.ts";

async function written(format: "csv" | "jsonl", columns: string[], rows: Json[][]): Promise<string> {
  const stream = new PassThrough();
  await rowWriter(stream, { format, columns }).write(rows);
  stream.end();
  return (await stream.toArray()).join("");
}

describe("rowWriter", () => {
  it("quotes fields where CSV requires it, and distinguishes missing from empty", async () => {
    const rows = [["a,b", 'say "hi"', "line\nbreak", " x", null, "", 0.1, true]];
    const columns = ["c,1", "c2", "c3", "c4", "c5", "c6", "c7", "c8"];
    expect(await written("csv", columns, rows)).toBe(
      '"c,1",c2,c3,c4,c5,c6,c7,c8\n"a,b","say ""hi""","line\nbreak"," x",,"",0.1,true\n',
    );
  });

  it.each([
    ["csv", false, 'a,b,p\n 1,2,0.5\n"x,y",2,"z,"\n'],
    ["csv", true, 'a,b,p\n" 1",2,0.5\n"x,y",2,"z,"\n'],
    ["jsonl", false, '{"a":" 1","b":"2","p":0.5}\n{"a":"x,y","b":"2","p":"z,"}\n'],
  ] as const)(
    "as %s with formulaSafe %j, reuses the original line of a row where possible",
    async (format, formulaSafe, text) => {
      const stream = new PassThrough();
      const rows = [
        [" 1", "2"],
        ["x,y", "2"],
      ];
      const sources = { texts: [" 1,2", undefined], added: [[0.5], ["z,"]] };
      await rowWriter(stream, { format, columns: ["a", "b", "p"], formulaSafe }).write(rows, sources);
      stream.end();
      expect((await stream.toArray()).join("")).toBe(text);
    },
  );

  it("adds members to the original line of a JSON object, so that no value changes", async () => {
    const stream = new PassThrough();
    const texts = ['{"b":9007199254740993 }', "{}", undefined];
    const sources = { isJson: true, texts, added: [[1], [2], [3]] };
    const rows = [
      [null, "9007199254740993"],
      [null, null],
      ["x", null],
    ];
    await rowWriter(stream, { format: "jsonl", columns: ["a", "b", "p"] }).write(rows, sources);
    stream.end();
    const lines = ['{"b":9007199254740993,"p":1}', '{"p":2}', '{"a":"x","b":null,"p":3}'];
    expect((await stream.toArray()).join("")).toBe(`${lines.join("\n")}\n`);
  });

  it("writes JSON Lines, with null for values that JSON cannot represent", async () => {
    expect(await written("jsonl", ["a", "b"], [[1, "x"], [Number.NaN]])).toBe('{"a":1,"b":"x"}\n{"a":null,"b":null}\n');
  });

  it("waits until the stream accepts more", async () => {
    let taken = 0;
    const slow = new Writable({
      highWaterMark: 10,
      write: (_chunk, _encoding, done) => {
        taken++;
        setTimeout(done, 5);
      },
    });
    const writer = rowWriter(slow, { format: "csv", columns: ["a"] });
    for (let i = 0; i < 5; i++) await writer.write([["0123456789"]]);
    expect(slow.writableLength).toBe(0);
    expect(taken).toBeGreaterThan(1);
  });
});
