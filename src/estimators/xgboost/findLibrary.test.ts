import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { findLibrary } from "./findLibrary.ts";

const folder = mkdtempSync(join(tmpdir(), "mlctl-library-"));
afterAll(() => rmSync(folder, { recursive: true }));

/** An empty file there. */
function put(path: string): string {
  const file = join(folder, path);
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, "");
  return file;
}

describe("findLibrary", () => {
  it("takes the file that MLCTL_XGBOOST_LIBRARY names", () => {
    const file = put("mine/libxgboost.so.0");
    expect(findLibrary({ MLCTL_XGBOOST_LIBRARY: file })).toBe(file);
  });

  it("refuses a name that is no file", () => {
    expect(() => findLibrary({ MLCTL_XGBOOST_LIBRARY: folder })).toThrow("there is no such file");
  });

  it("finds none where it is switched off", () => {
    expect(findLibrary({ MLCTL_XGBOOST_LIBRARY: "none" })).toBeNull();
  });

  it("looks into the wheels of a virtual environment before the system", () => {
    const file = put("venv/lib/python3.12/site-packages/xgboost/lib/libxgboost.so");
    expect(findLibrary({ VIRTUAL_ENV: join(folder, "venv"), HOME: folder }, "linux")).toBe(file);
  });

  it("finds a conda library and the user's own wheels on macOS", () => {
    const wheel = put("Library/Python/3.12/lib/python/site-packages/xgboost/lib/libxgboost.dylib");
    expect(findLibrary({ HOME: folder }, "darwin")).toBe(wheel);
    const conda = put("conda/lib/libxgboost.dylib");
    expect(findLibrary({ HOME: folder, CONDA_PREFIX: join(folder, "conda") }, "darwin")).toBe(conda);
  });

  it("finds the wheel of a Python that a Windows user installed", () => {
    const file = put("local/Programs/Python/Python312/Lib/site-packages/xgboost/lib/xgboost.dll");
    expect(findLibrary({ LOCALAPPDATA: join(folder, "local"), HOME: folder }, "win32")).toBe(file);
  });
});
