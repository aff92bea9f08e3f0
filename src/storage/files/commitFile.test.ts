import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { ensureFolder } from "./commitFile.ts";
import { dist, temporaryFolder } from "../exampleRecords.ts";

describe("ensureFolder", () => {
  it("makes a folder with its parents, and names the first that was not there", () => {
    const folder = temporaryFolder();
    expect(ensureFolder(join(folder, "a", "b", "c"))).toBe(join(folder, "a"));
    expect(existsSync(join(folder, "a", "b", "c"))).toBe(true);
    expect(ensureFolder(join(folder, "a", "b", "d"))).toBe(join(folder, "a", "b", "d"));
    expect(ensureFolder(join(folder, "a", "b"))).toBeUndefined();
  });

  it("follows links to folders, and says what stands in the way where there is none", () => {
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

  it.skipIf(!existsSync("/proc/self"))("ends where a file system denies that the parent is there", () => {
    // In a process of its own: one that never ends cannot be stopped from within.
    const code = `import { ensureFolder } from ${JSON.stringify(join(dist, "files/commitFile.js"))}; ensureFolder("/proc/x/y");`;
    const { status, stderr } = spawnSync(process.execPath, ["--input-type=module", "-e", code], {
      encoding: "utf8",
      timeout: 20_000,
      killSignal: "SIGKILL",
    });
    expect([status, stderr]).toEqual([1, expect.stringContaining("cannot write /proc/x/y")]);
  });
});
