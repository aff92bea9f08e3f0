import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { ensureFolder } from "./atomicWrite.ts";
import { dist, temporaryFolder } from "../../testing/exampleRecords.ts";

describe("ensureFolder", () => {
  it("creates a folder and its parents, and returns the first that was missing", () => {
    const folder = temporaryFolder();
    expect(ensureFolder(join(folder, "a", "b", "c"))).toBe(join(folder, "a"));
    expect(existsSync(join(folder, "a", "b", "c"))).toBe(true);
    expect(ensureFolder(join(folder, "a", "b", "d"))).toBe(join(folder, "a", "b", "d"));
    expect(ensureFolder(join(folder, "a", "b"))).toBeUndefined();
  });

  it("follows links to folders, and reports what prevents the creation of a folder", () => {
    const folder = temporaryFolder();
    mkdirSync(join(folder, "real"));
    symlinkSync("real", join(folder, "link"));
    ensureFolder(join(folder, "link", "below"));
    expect(existsSync(join(folder, "real", "below"))).toBe(true);
    writeFileSync(join(folder, "file"), "");
    symlinkSync("nowhere", join(folder, "dangling"));
    for (const name of ["file", "file/below", "file/far/below", "dangling", "dangling/below"])
      expect(() => ensureFolder(join(folder, name)), name).toThrow(`cannot write ${join(folder, name)}`);
    expect(existsSync(join(folder, "nowhere"))).toBe(false);
  });

  it.skipIf(!existsSync("/proc/self"))("returns if the file system reports that an existing parent is missing", () => {
    // In a child process: an endless call cannot be stopped from within.
    const code = `import { ensureFolder } from ${JSON.stringify(join(dist, "files/atomicWrite.js"))}; ensureFolder("/proc/x/y");`;
    const { status, stderr } = spawnSync(process.execPath, ["--input-type=module", "-e", code], {
      encoding: "utf8",
      timeout: 20_000,
      killSignal: "SIGKILL",
    });
    expect([status, stderr]).toEqual([1, expect.stringContaining("cannot write /proc/x/y")]);
  });
});
