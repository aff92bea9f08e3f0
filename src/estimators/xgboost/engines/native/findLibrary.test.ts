import { spawnSync } from "node:child_process";
import { chmodSync, mkdirSync, mkdtempSync, realpathSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { projectRoot } from "../../../../core/projectRoot.ts";
import { findLibraries } from "./findLibrary.ts";

const folder = realpathSync(mkdtempSync(join(tmpdir(), "mlctl-library-")));
afterAll(() => rmSync(folder, { recursive: true }));

/** Environment without the libraries of the user who runs the tests. */
const own = { HOME: folder, XDG_DATA_HOME: join(folder, "data") };

/** Creates an empty file. */
function put(path: string): string {
  const file = join(folder, path);
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, "");
  return file;
}

/** Runs with a folder as the current one. */
function inFolder(path: string, run: () => void): void {
  const before = process.cwd();
  process.chdir(join(folder, path));
  try {
    run();
  } finally {
    process.chdir(before);
  }
}

const paths = (...call: Parameters<typeof findLibraries>): string[] => findLibraries(...call).map(({ path }) => path);

describe("findLibraries", () => {
  it("returns only the file named by MLCTL_XGBOOST_LIBRARY", () => {
    const path = put("mine/libxgboost.so.0");
    expect(findLibraries({ MLCTL_XGBOOST_LIBRARY: path })).toEqual([{ path, origin: "MLCTL_XGBOOST_LIBRARY" }]);
  });

  it("returns an absolute path for a relative one, which the system would look for in its own folders", () => {
    const path = put("named/libxgboost.so");
    inFolder("named", () => {
      for (const MLCTL_XGBOOST_LIBRARY of ["libxgboost.so", "./libxgboost.so", "../named/libxgboost.so"])
        expect(paths({ MLCTL_XGBOOST_LIBRARY })).toEqual([path]);
    });
  });

  it.each<[NodeJS.Platform, string[]]>([
    ["linux", ["lib/libxgboost.so", "lib/python3.12/site-packages/xgboost/lib/libxgboost.so"]],
    ["darwin", ["lib/libxgboost.dylib"]],
    ["win32", ["Library/bin/xgboost.dll", "Programs/Python/Python312/Lib/site-packages/xgboost/lib/xgboost.dll"]],
  ])("on %s never looks in the current folder", (platform, files) => {
    for (const file of files) put(`current/${file}`);
    inFolder("current", () => {
      for (const prefix of ["", "."]) {
        const environment = { ...own, VIRTUAL_ENV: prefix, CONDA_PREFIX: prefix, LOCALAPPDATA: prefix };
        expect(paths(environment, platform)).toEqual(paths(own, platform));
      }
    });
  });

  it("prefers the newest Python, and looks in lib64", () => {
    const name = "site-packages/xgboost/lib/libxgboost.so";
    const [old, recent] = ["3.9", "3.12"].map((version) => put(`several/lib/python${version}/${name}`));
    const wide = put(`several/lib64/python3.11/${name}`);
    const direct = put("several/lib64/libxgboost.so");
    const found = paths({ ...own, VIRTUAL_ENV: join(folder, "several") }, "linux").slice(0, 4);
    expect(found).toEqual([direct, recent, old, wide]);
    const pythons = ["Python39", "Python312"].map((version) =>
      put(`versions/Programs/Python/${version}/Lib/site-packages/xgboost/lib/xgboost.dll`),
    );
    expect(paths({ LOCALAPPDATA: join(folder, "versions") }, "win32").slice(0, 2)).toEqual(pythons.toReversed());
  });

  it("lists a file once where lib64 is a link to lib", () => {
    const file = put("linked/lib/python3.12/site-packages/xgboost/lib/libxgboost.so");
    symlinkSync("lib", join(folder, "linked/lib64"));
    const found = paths({ ...own, VIRTUAL_ENV: join(folder, "linked") }, "linux");
    expect(found.filter((path) => path.includes("linked"))).toEqual([file]);
  });

  it("rejects a path that is not a file", () => {
    expect(() => findLibraries({ MLCTL_XGBOOST_LIBRARY: folder })).toThrow("MLCTL_XGBOOST_LIBRARY: no such file");
  });

  it("finds none if it is switched off", () => {
    expect(findLibraries({ MLCTL_XGBOOST_LIBRARY: "none" })).toEqual([]);
  });

  it("returns engines of `mlctl engine install` first, newest version first", () => {
    const [old, recent] = ["3.9.0", "3.10.0"].map((version) =>
      put(`engines/mlctl/engines/linux-${process.arch}/xgboost-${version}/xgboost/lib/libxgboost.so`),
    );
    const active = put("active/lib/python3.12/site-packages/xgboost/lib/libxgboost.so");
    const environment = { ...own, XDG_DATA_HOME: join(folder, "engines"), VIRTUAL_ENV: join(folder, "active") };
    expect(findLibraries(environment, "linux").slice(0, 3)).toEqual([
      { path: recent, origin: "mlctl engine install" },
      { path: old, origin: "mlctl engine install" },
      { path: active, origin: "the active Python environment" },
    ]);
  });

  it("finds a conda library and wheels of the user on macOS", () => {
    const wheel = put("Library/Python/3.12/lib/python/site-packages/xgboost/lib/libxgboost.dylib");
    expect(paths(own, "darwin")).toContain(wheel);
    const conda = put("conda/lib/libxgboost.dylib");
    expect(paths({ ...own, CONDA_PREFIX: join(folder, "conda") }, "darwin")[0]).toBe(conda);
  });

  it("finds the wheel of a per-user Python on Windows", () => {
    const file = put("local/Programs/Python/Python312/Lib/site-packages/xgboost/lib/xgboost.dll");
    expect(paths({ LOCALAPPDATA: join(folder, "local") }, "win32")).toEqual([file]);
  });

  it("ignores files in place of folders, and paths that are too long", () => {
    put("files/lib/python3.11"); // a file in lib whose name starts like a Python folder
    const inFile = join(put("a-file"), "below");
    const long = join(folder, "x".repeat(300));
    for (const VIRTUAL_ENV of [join(folder, "files"), inFile, long])
      expect(paths({ ...own, VIRTUAL_ENV }, "linux")).toEqual(paths(own, "linux"));
  });

  it.skipIf(process.getuid?.() !== 0)(
    "ignores folders without read permission (needs root, to switch to user nobody)",
    () => {
      const closed = join(folder, "closed");
      put("closed/lib/python3.11/site-packages/xgboost/lib/libxgboost.so");
      chmodSync(folder, 0o755);
      chmodSync(closed, 0o700);
      const module = new URL("dist/estimators/xgboost/engines/native/findLibrary.js", projectRoot).href;
      const code = `const { findLibraries } = await import(${JSON.stringify(module)});
      const own = ${JSON.stringify({ ...own, VIRTUAL_ENV: closed })};
      console.log(findLibraries(own, "linux").filter(({ path }) => path.startsWith(${JSON.stringify(folder)})).length);`;
      const nobody = { uid: 65534, gid: 65534, encoding: "utf8", cwd: "/" } as const;
      const outcome = spawnSync(process.execPath, ["--input-type=module", "-e", code], nobody);
      expect(outcome).toMatchObject({ stderr: "", stdout: "0\n" });
    },
  );
});
