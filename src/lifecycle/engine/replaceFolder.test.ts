import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { replaceFolder } from "./replaceFolder.ts";

let parent: string;
let [from, to] = ["", ""];
beforeEach(() => {
  parent = mkdtempSync(join(tmpdir(), "mlctl-replace-"));
  [from, to] = [join(parent, "from"), join(parent, "to")];
  for (const folder of [from, to]) {
    mkdirSync(folder);
    writeFileSync(join(folder, "file"), folder);
  }
});
afterEach(() => rmSync(parent, { recursive: true }));

/** Renames that fail with a code while `fails` is true of them. */
function system(platform: NodeJS.Platform, code: string, fails: (source: string, call: number) => boolean) {
  let calls = 0;
  const rename = (source: string, target: string): void => {
    calls += 1;
    if (fails(source, calls)) throw Object.assign(new Error(code), { code });
    renameSync(source, target);
  };
  return { platform, rename };
}

const content = (): string => readFileSync(join(to, "file"), "utf8");

describe("replaceFolder", () => {
  it("replaces, and leaves nothing else", () => {
    replaceFolder(from, to);
    expect(content()).toBe(from);
    expect(readdirSync(parent)).toEqual(["to"]);
  });

  it.each(["ENOSPC", "EPERM"])("puts the old folder back if the new one cannot be renamed (%s)", (code) => {
    expect(() =>
      replaceFolder(
        from,
        to,
        system("linux", code, (source) => source === from),
      ),
    ).toThrow("cannot write");
    expect(content()).toBe(to);
    expect(readdirSync(parent).toSorted()).toEqual(["from", "to"]);
  });

  it("tries again on Windows, where a scanner may have the folder open", () => {
    replaceFolder(
      from,
      to,
      system("win32", "EPERM", (_source, call) => call < 4),
    );
    expect(content()).toBe(from);
  });
});

describe.each([
  ["replaceFolder", (one: ReturnType<typeof system>) => replaceFolder(from, to, one)],
  ["replaceFolder without another", (one: ReturnType<typeof system>) => replaceFolder(null, to, one)],
])("%s", (_name, act) => {
  it.each<[NodeJS.Platform, string, string]>([
    ["win32", "EPERM", "in use by another mlctl"],
    ["win32", "EBUSY", "in use by another mlctl"],
    ["win32", "ENOSPC", "no space left"],
    ["linux", "EPERM", "permission denied"],
  ])("on %s reports %s as: %s", (platform, code, message) => {
    expect(() => act(system(platform, code, () => true))).toThrow(message);
    expect(content()).toBe(to);
  });
});

describe("replaceFolder without another", () => {
  it("removes", () => {
    replaceFolder(null, to);
    expect(existsSync(to)).toBe(false);
    expect(readdirSync(parent)).toEqual(["from"]);
  });
});
