/** Files that are divided: every value is in one part, as the same text, whatever it is written in. */
import { mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { parse } from "csv-parse/sync";
import { afterAll, describe, expect, it } from "vitest";
import { splitFile, type SplitFileOptions } from "./splitFile.ts";

const folder = mkdtempSync(join(tmpdir(), "mlctl-split-"));
afterAll(() => rmSync(folder, { recursive: true }));
const context = { now: () => new Date(), signal: new AbortController().signal, emit: () => undefined };

async function parts(name: string, content: string | Buffer, options: Partial<SplitFileOptions> = {}) {
  const input = join(folder, name);
  writeFileSync(input, content);
  const output = join(folder, "parts");
  const result = await splitFile({ input, output, testSize: 0.4, seed: 1, force: true, ...options }, context);
  const [training, test] = [result.training, result.test].map(
    ({ path }) => parse(readFileSync(path), { relax_column_count: true }) as string[][],
  );
  return { result, training: training!, test: test! };
}

const header = ["id", "text", "g", "when"];
const rows = [
  ["007", 'a "b"\nc;d', "x", "01.02.2024"],
  ["008", ' 5" pipe', "y", "13.02.2024"],
  ["1.50", "", "x", "05.03.2023"],
  ["010", "ü € “", "y", "06.03.2024"],
  ["NA", "last,", "x", "07.03.2024"],
];
const text =
  'id;text;g;when\r\n007;"a ""b""\nc;d";x;01.02.2024\r\n008;" 5"" pipe";y;13.02.2024\r\n\r\n' +
  '1.50;"";x;05.03.2023\n010;ü € “;y;06.03.2024\r\nNA;last,;x;07.03.2024';

const utf16 = (each: string): Buffer => Buffer.from(`\ufeff${each}`, "utf16le");
const lines = (first: string, count: number, line: (i: number) => string): string =>
  [first, ...Array.from({ length: count }, (_, i) => line(i)), ""].join("\n");

describe("splitFile", () => {
  it("divides JSON, as ingest reads it", async () => {
    const by = { method: "time", column: "when" } as const;
    const json = JSON.stringify([5, 1, 4, 2, 3].map((day) => ({ id: `a${day}`, when: `2024-01-0${day}` })));
    const { training, test } = await parts("a.json", json, { by });
    expect(training).toEqual([["id", "when"], ...[1, 2, 3].map((day) => [`a${day}`, `2024-01-0${day}`])]);
    expect(test.slice(1).map(([id]) => id)).toEqual(["a5", "a4"]);
  });

  it.each([
    ["a.csv", Buffer.from(text)],
    ["a.csv.gz", gzipSync(`\ufeff${text}`)],
    ["utf16.csv", utf16(text)],
    // € is 0x80 and “ is 0x93 in windows-1252.
    ["windows.csv", Buffer.from(text.replaceAll("€", "\x80").replaceAll("“", "\x93"), "latin1")],
  ])("writes every value as the same text, in order: %s", async (name, content) => {
    const by = { method: "time", column: "when" } as const;
    const { training, test, result } = await parts(name, content, { by });
    // By day.month: 2023-03-05, 2024-02-01, -02-13, -03-06, -03-07; two of five test.
    expect(training).toEqual([header, ...rows.slice(0, 3)]);
    expect(test).toEqual([header, ...rows.slice(3)]);
    expect([result.training.rows, result.test.rows]).toEqual([3, 2]);
  });

  it("gives the same rows for the same seed, others for another, and all of them", async () => {
    const csv = lines("y", 5000, String);
    const [one, again, other] = [
      await parts("a.csv", csv),
      await parts("b.csv", csv),
      await parts("c.csv", csv, { seed: 2 }),
    ];
    expect(again.test).toEqual(one.test);
    expect(other.test).not.toEqual(one.test);
    const all = [...one.training.slice(1), ...one.test.slice(1)].map(Number).toSorted((a, b) => a - b);
    expect(all).toEqual(Array.from({ length: 5000 }, (_, i) => i));
  });

  it("stratifies by values, and keeps groups together", async () => {
    const csv = lines("y,g", 50, (i) => `${i % 5 === 0 ? "yes" : "no"},g${i % 3}`);
    const stratified = await parts("s.csv", csv, { by: { method: "stratify", column: "y" } });
    // 0.4 × 10 yes, 0.4 × 40 no.
    expect(["yes", "no"].map((y) => stratified.test.filter(([value]) => value === y).length)).toEqual([4, 16]);
    const { training, test } = await parts("s.csv", csv, { by: { method: "group", column: "g" }, testSize: 0.1 });
    const [a, b] = [training, test].map((part) => new Set(part.slice(1).map(([, group]) => group)));
    expect([a!.size, b!.size, a!.union(b!).size]).toEqual([2, 1, 3]);
  });

  it("writes JSON Lines as CSV, also columns that come late", async () => {
    const json = '{"d":"2024-01-02","x":1.5}\n{"d":"2024-01-01","x":"1,5"}\n{"d":"2024-01-03","late":true}';
    const by = { method: "time", column: "d" } as const;
    const { training, test } = await parts("a.jsonl", json, { by, testSize: 0.3 });
    expect(training).toEqual([
      ["d", "x", "late"],
      ["2024-01-02", "1.5", ""],
      ["2024-01-01", "1,5", ""],
    ]);
    expect(test).toEqual([
      ["d", "x", "late"],
      ["2024-01-03", "", "true"],
    ]);
  });

  it.each([
    ["an unknown column", text, { by: { method: "group", column: "txt" } }, 'has no column "txt"', "usage"],
    ["day or month", "d\n01/02/2024\n03/04/2024\n", { by: { method: "time", column: "d" } }, "two ways", "data"],
    ["no times", "d\n2024-01-01\nsoon\n", { by: { method: "time", column: "d" } }, '"soon" is not a time', "data"],
    ["one row", "a\n1\n", {}, "leaves no training rows", "data"],
    ["one group", "a\n1\n1\n", { by: { method: "group", column: "a" } }, "leaves no training rows", "data"],
    ["a row without a value", "a,b\n1,2\n3\n", {}, "bad.csv, line 3: ", "data"],
    ["a quote that does not end", 'a\n1\n"2\n', {}, "quote", "data"],
    ["a share of 1", "a\n1\n2\n", { testSize: 1 }, "--test-size is a share", "usage"],
    ["files that exist", "a\n1\n2\n", { force: false }, "there is already", "usage"],
  ] as const)("refuses %s", async (_, content, options, message, kind) => {
    await parts("good.csv", "a\n1\n2\n3\n");
    await expect(parts("bad.csv", content, options)).rejects.toMatchObject({
      kind,
      message: expect.stringContaining(message) as string,
    });
  });

  it("never writes over its input", async () => {
    await expect(parts("test.csv", "a\n1\n2\n3\n", { output: folder })).rejects.toThrow("are the same file");
    expect(readFileSync(join(folder, "test.csv"), "utf8")).toBe("a\n1\n2\n3\n");
  });

  it("never writes both parts to one file", async () => {
    const output = join(folder, "linked");
    mkdirSync(output);
    symlinkSync("train.csv", join(output, "test.csv"));
    writeFileSync(join(output, "train.csv"), "");
    await expect(parts("good.csv", "a\n1\n2\n3\n", { output, force: true })).rejects.toThrow(
      "the test rows and the training rows are the same file",
    );
  });

  it("reads the encoding that is named", async () => {
    const { training, test } = await parts("mac.csv", Buffer.from("g\n\x8e\n\x8f\n\x8e\n\x8f\n\x8e\n", "latin1"), {
      encoding: "macintosh",
    });
    expect(new Set([...training.slice(1), ...test.slice(1)].flat())).toEqual(new Set(["é", "è"]));
  });
});
