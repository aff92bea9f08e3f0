import { execFileSync } from "node:child_process";
import { mkdtempSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, it } from "vitest";
import { isStream } from "./atomicWrite.ts";

it("distinguishes devices, pipes and descriptors from files, folders and missing paths", () => {
  const folder = mkdtempSync(join(tmpdir(), "stream-test-"));
  const [file, pipe, link] = ["file", "pipe", "link"].map((name) => join(folder, name)) as [string, string, string];
  writeFileSync(file, "x");
  execFileSync("mkfifo", [pipe]);
  symlinkSync(pipe, link);
  for (const path of ["/dev/null", "/dev/stdout", "/dev/fd/1", "/proc/self/fd/1", pipe, link])
    expect([path, isStream(path)]).toEqual([path, true]);
  for (const path of [file, folder, join(folder, "nowhere"), join(file, "below")])
    expect([path, isStream(path)]).toEqual([path, false]);
});
