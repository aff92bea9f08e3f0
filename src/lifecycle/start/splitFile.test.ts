/** Files that are divided: every record keeps its bytes, whatever it is written in. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { afterAll, describe, expect, it } from "vitest";
import { splitFile, type SplitFileOptions } from "./splitFile.ts";

const folder = mkdtempSync(join(tmpdir(), "mlctl-split-"));
afterAll(() => rmSync(folder, { recursive: true }));
const context = { now: () => new Date(), signal: new AbortController().signal, emit: () => undefined };

async function parts(name: string, content: string | Buffer, options: Partial<SplitFileOptions> = {}) {
  const input = join(folder, name);
  writeFileSync(input, content);
  const paths = { training: join(folder, `${name}.train`), test: join(folder, `${name}.test`) };
  const result = await splitFile({ input, ...paths, testSize: 0.4, seed: 1, force: true, ...options }, context);
  return { result, training: readFileSync(paths.training), test: readFileSync(paths.test) };
}

const header = "id;text;g;when\r\n";
const rows = [
  '007;"a ""b""\nc;d";x;01.02.2024\r\n',
  '008; 5" pipe;y;13.02.2024\r\n',
  "009; ;x;05.03.2023\n",
  "010;ü € “;y;06.03.2024\r\n",
  "011;last;x;07.03.2024",
];
const text = header + rows.slice(0, 2).join("") + "\r\n" + header + rows.slice(2).join("");

const utf16 = (each: string): Buffer => Buffer.from(`\ufeff${each}`, "utf16le");
/** € is 0x80 and “ is 0x93 in windows-1252. */
const windows = (each: string): Buffer => Buffer.from(each.replaceAll("€", "\x80").replaceAll("“", "\x93"), "latin1");

describe("splitFile", () => {
  it.each([
    ["UTF-8", (each: string) => Buffer.from(each)],
    ["UTF-8 with a byte order mark", (each: string) => Buffer.from(`\ufeff${each}`)],
    ["UTF-16LE", utf16],
    ["UTF-16BE", (each: string) => utf16(each).swap16()],
    ["windows-1252", windows],
  ])("keeps the bytes of every record and the header, in %s", async (_, encoded) => {
    const by = { method: "time", column: "when" } as const;
    const { training, test, result } = await parts("odd.csv", encoded(text), { by });
    // By day.month: 2023-03-05, 2024-02-01, -02-13, -03-06, -03-07; two of five test.
    expect(test).toEqual(encoded(header + rows[3]! + rows[4]!));
    expect(training).toEqual(encoded(header + rows.slice(0, 3).join("")));
    expect([result.training.rows, result.test.rows]).toEqual([3, 2]);
  });

  it("cuts the same records wherever the stream is cut into chunks", async () => {
    // Lines of 0 to 40 characters with quoted line breaks, longer than the chunks of a file.
    const long = `a,b\n${Array.from({ length: 60_000 }, (_, i) => `${i},"${"x\n".repeat(i % 20)}"\r\n`).join("")}`;
    const { training, test, result } = await parts("long.csv.gz", gzipSync(long));
    expect([result.training.rows, result.test.rows]).toEqual([36_000, 24_000]);
    const records = [training, test].flatMap((part) =>
      part
        .toString()
        .slice(4)
        .split(/(?<="\r\n)/),
    );
    expect(`a,b\n${records.toSorted((a, b) => parseInt(a, 10) - parseInt(b, 10)).join("")}`).toBe(long);
  });

  it("gives the same bytes for the same seed, others for another", async () => {
    const csv = `y\n${Array.from({ length: 100 }, (_, i) => `${i}\n`).join("")}`;
    const [one, again, other] = [
      await parts("a.csv", csv),
      await parts("b.csv", csv),
      await parts("c.csv", csv, { seed: 2 }),
    ];
    expect(again.test).toEqual(one.test);
    expect(other.test).not.toEqual(one.test);
  });

  it("stratifies: each value has its share in the test rows", async () => {
    const csv = `y,x\n${Array.from({ length: 50 }, (_, i) => `${i % 5 === 0 ? "yes" : "no"},${i}\n`).join("")}`;
    const { test } = await parts("s.csv", csv, { by: { method: "stratify", column: "y" } });
    // 0.4 × 10 yes, 0.4 × 40 no.
    expect([test.toString().match(/yes/g)!.length, test.toString().match(/no/g)!.length]).toEqual([4, 16]);
  });

  it("keeps groups together, also if every group is larger than the test rows", async () => {
    const csv = (groups: number): string => `g\n${Array.from({ length: 60 }, (_, i) => `g${i % groups}\n`).join("")}`;
    for (const groups of [2, 10]) {
      const by = { method: "group", column: "g" } as const;
      const { training, test } = await parts("g.csv", csv(groups), { by, testSize: 0.1 });
      const [a, b] = [training, test].map((part) => new Set(part.toString().trim().split("\n").slice(1)));
      expect([a!.size + b!.size, b!.size]).toEqual([groups, 1]);
    }
  });

  it("divides JSON Lines, line by line", async () => {
    const lines = ['{"d":"2024-01-02", "x": 1.0}', '{"x":2,"d":"2024-01-01"}', '{"d":"2024-01-03"}'];
    const by = { method: "time", column: "d" } as const;
    const { training, test } = await parts("a.jsonl", lines.join("\n"), { by, testSize: 0.3 });
    expect(training.toString()).toBe(`${lines[0]}\n${lines[1]}\n`);
    expect(test.toString()).toBe(lines[2]);
  });

  it.each([
    ["an unknown column", text, { by: { method: "group", column: "txt" } }, 'has no column "txt"', "usage"],
    [
      "a day that may be a month",
      "d\n01/02/2024\n03/04/2024\n",
      { by: { method: "time", column: "d" } },
      "two ways",
      "data",
    ],
    [
      "words as times",
      "d\n2024-01-01\nsoon\n",
      { by: { method: "time", column: "d" } },
      '"soon" is not a time',
      "data",
    ],
    ["one row", "a\n1\n", {}, "1 row cannot be split", "data"],
    ["one group", "a\n1\n1\n", { by: { method: "group", column: "a" } }, "leaves no row", "data"],
    ["a quote that does not end", 'a\n1\n"2\n', {}, "row 2 does not end", "data"],
    ["a share of 1", "a\n1\n2\n", { testSize: 1 }, "--test-size is a share", "usage"],
    ["an existing file", "a\n1\n2\n", { force: false, test: join(folder, "bad.csv.train") }, "written over", "usage"],
  ] as const)("refuses %s", async (_, content, options, message, kind) => {
    await expect(parts("bad.csv", content, options)).rejects.toMatchObject({
      kind,
      message: expect.stringContaining(message) as string,
    });
  });

  it("writes over nothing without force, and never over its input", async () => {
    const csv = "a\n1\n2\n3\n";
    await parts("kept.csv", csv);
    await expect(parts("kept.csv", csv, { force: false })).rejects.toThrow("exist already");
    await expect(parts("kept.csv", csv, { training: join(folder, "kept.csv") })).rejects.toThrow("written over");
    expect(readFileSync(join(folder, "kept.csv"), "utf8")).toBe(csv);
  });
});
