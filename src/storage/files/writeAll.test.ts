import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, it } from "vitest";
import { writeAll } from "./writeAll.ts";

let folder: string;
beforeEach(() => void (folder = mkdtempSync(join(tmpdir(), "mlctl-write-all-"))));
afterEach(() => rmSync(folder, { recursive: true }));

it("writes files in new folders", () => {
  writeAll([
    [join(folder, "a", "b", "1.json"), "1"],
    [join(folder, "2.json"), "2"],
  ]);
  expect([
    readFileSync(join(folder, "a", "b", "1.json"), "utf8"),
    readFileSync(join(folder, "2.json"), "utf8"),
  ]).toEqual(["1", "2"]);
});

it("names the path of a folder that cannot be made, and of a file that cannot be replaced, and leaves no temporary file", () => {
  writeFileSync(join(folder, "file"), "");
  expect(() => writeAll([[join(folder, "file", "below", "1.json"), "1"]])).toThrow(
    expect.objectContaining({ kind: "failure", message: expect.stringContaining("file/below") }),
  );
  mkdirSync(join(folder, "1.json", "full"), { recursive: true });
  expect(() => writeAll([[join(folder, "1.json"), "1"]])).toThrow(
    expect.objectContaining({ kind: "failure", message: expect.stringContaining(join(folder, "1.json")) }),
  );
  expect(readdirSync(folder)).toEqual(["1.json", "file"]);
});
