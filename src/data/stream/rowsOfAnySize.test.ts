/** Lines, headers and quotes of any length, also without an end. */
import { Readable } from "node:stream";
import { expect, it } from "vitest";
import type { InputRow } from "../rowBatch.ts";
import { readRows } from "./rows.ts";

async function read(content: string): Promise<{ columns: readonly string[] }> {
  const bytes = Buffer.from(content);
  const pieces = Array.from({ length: Math.ceil(bytes.length / 65_536) }, (_, i) =>
    bytes.subarray(i * 65_536, (i + 1) * 65_536),
  );
  let columns: readonly string[] = [];
  for await (const batch of readRows(Readable.from(pieces), { format: "csv" })) columns = batch.columns;
  return { columns };
}

it("rejects a header of four million characters", async () => {
  const message = "stdin, line 1: the header has more than 4194304 characters";
  await expect(read(`a,${"b".repeat(1 << 22)}\n1,2\n`)).rejects.toMatchObject({ kind: "data", message });
});

it("reads a hundred thousand column names, and finds a duplicate", async () => {
  const header = Array.from({ length: 100_000 }, (_, i) => `column_of_many_${i}`);
  const { columns } = await read(`${header.join(",")}\n`);
  expect(columns).toEqual(header);
  await expect(read(`${header.join(",")},column_of_many_7\n`)).rejects.toThrow('called "column_of_many_7"');
});

it.each([
  ["a line", "csv", "a,b\n1,", "stdin, line 2 is longer than 32 MiB"],
  ["a line of JSON", "jsonl", '{"a":1}\n{"a":"', "stdin, line 2 is longer than 32 MiB"],
  ["a header", "csv", "a,", "stdin, line 1: the header has more than 4194304 characters"],
  ["a quote in the header", "csv", '"a,\n', "stdin, line 1: a quote is not closed"],
  ["a quote in a record", "csv", 'a,b\n1,"\n', 'stdin, line 2, column "b": a quote is not closed'],
] as const)("rejects %s without an end before it fills the memory", async (_what, format, start, message) => {
  let pulled = 0;
  async function* endless(): AsyncGenerator<Buffer> {
    yield Buffer.from(start);
    const filling = Buffer.alloc(1 << 16, _what.includes("quote") ? "x\n" : "x");
    for (; pulled < 5000; pulled++) yield filling;
  }
  const reading = async (): Promise<void> => {
    for await (const { rows } of readRows(endless(), { format })) expect(rows.length).toBeLessThan(2);
  };
  await expect(reading()).rejects.toMatchObject({ kind: "data", message });
  expect(pulled).toBeLessThanOrEqual(520);
});

it("reads a file of any length whose lines end with carriage returns only", async () => {
  const row = `1,${"x".repeat((1 << 16) - 3)}\r`;
  async function* long(): AsyncGenerator<Buffer> {
    yield Buffer.from("a,b\r");
    for (let i = 0; i < 600; i++) yield* [Buffer.from(row.slice(0, 100)), Buffer.from(row.slice(100))];
    yield Buffer.from("2,ø");
  }
  let rows: InputRow[] = [];
  let count = 0;
  for await (const batch of readRows(long(), { format: "csv" })) {
    count += batch.rows.length;
    if (batch.rows.length > 0) rows = batch.rows.slice(-1);
  }
  expect(count).toBe(601);
  expect(rows).toEqual([{ line: 602, values: ["2", "ø"] }]);
});
