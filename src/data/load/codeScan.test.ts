import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, it } from "vitest";
import { random } from "../../core/random.ts";
import { hasCodes } from "./codeScan.ts";

const folder = mkdtempSync(join(tmpdir(), "mlctl-test-"));
afterAll(() => rmSync(folder, { recursive: true }));

async function found(text: string): Promise<boolean> {
  const path = join(folder, "a.csv");
  writeFileSync(path, text);
  return hasCodes({ path, gzip: false, delimiter: "," });
}

it.each([
  ["a,b\n007,1\n", true],
  ["a,b\n1,0x1F\n", true],
  ["a,b\n1,-01\n", true],
  ['a,b\n"01",2\n', true],
  ["a\n01", true],
  ["a,b\n0,0.5\n10,100\n", false],
  ["a,b\n0x,2001\nb01,1\n", false],
])("%j: %j", async (text, expected) => {
  expect(await found(text)).toBe(expected);
});

it("finds the only code wherever it stands, in lines of any length", async () => {
  const next = random(3);
  for (let i = 0; i < 100; i++) {
    const lines = Array.from({ length: next.integer(12) }, () => "1".repeat(next.integer(40)));
    const at = next.integer(lines.length + 1);
    expect(await found([...lines, ""].join("\n"))).toBe(false);
    expect(await found([...lines.slice(0, at), "0123", ...lines.slice(at)].join("\n"))).toBe(true);
  }
});
