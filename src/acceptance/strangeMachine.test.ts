/** Machines that lack what the author's has: no home, no programs on the PATH, odd folders, a user nobody knows. */
import { spawnSync } from "node:child_process";
import { chmodSync, cpSync, mkdirSync, readdirSync, realpathSync, symlinkSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { beforeAll, describe, expect, it } from "vitest";
import { repository, temporaryFolder, type FullprocessJson } from "./lifecycleWorkspace.ts";

/** Blanks and letters beyond ASCII, above mlctl itself and above the workspace. */
const odd = join("mein ordner", "日本 и мир");

let installed: string;
let workspace: string;
beforeAll(() => {
  const folder = temporaryFolder();
  chmodSync(folder, 0o755);
  installed = join(folder, odd, "mlctl");
  workspace = join(folder, odd, "workspace");
  mkdirSync(installed, { recursive: true });
  mkdirSync(workspace);
  for (const name of ["bin", "dist", "examples", "config.json", "package.json"]) {
    cpSync(join(repository, name), join(installed, name), { recursive: true });
  }
  symlinkSync(realpathSync(join(repository, "node_modules")), join(installed, "node_modules"));
  // Installed by an administrator: nobody can write there.
  for (const entry of readdirSync(installed, { recursive: true, withFileTypes: true })) {
    if (entry.isDirectory() && entry.parentPath.startsWith(join(installed, "dist"))) {
      chmodSync(join(entry.parentPath, entry.name), 0o555);
    }
  }
});

interface Machine {
  readonly env: Readonly<Record<string, string>>;
  readonly uid?: number;
}

function mlctl({ env, uid }: Machine, ...args: string[]) {
  const owner = uid === undefined ? {} : { uid, gid: uid };
  if (uid !== undefined) chmodSync(workspace, 0o777);
  const program = join(installed, "bin", "mlctl.js");
  const stdio = ["ignore", "pipe", "pipe"] as const;
  const options = { cwd: workspace, env: { ...env }, encoding: "utf8" as const, stdio: [...stdio], ...owner };
  return spawnSync(process.execPath, [program, ...args], options);
}

/** Not in the list of users, as in a container that was started with a number. */
const UNKNOWN_USER = 54_321;
const isRoot = process.getuid?.() === 0;

describe.each<[string, Machine]>([
  ["no variable at all", { env: {} }],
  ["LANG=C and nothing on the PATH: no git, Python or browser", { env: { LANG: "C", PATH: "" } }],
  ["a home folder that cannot be made", { env: { HOME: "/dev/null/home" } }],
  ["a terminal that can do nothing", { env: { TERM: "dumb", LANG: "POSIX" } }],
  ...(isRoot ? [["a user without a name or a home", { env: {}, uid: UNKNOWN_USER }] as [string, Machine]] : []),
])("with %s", (_what, machine) => {
  it("init, fullprocess, predict and doctor work, in folders with blanks and other letters", () => {
    const name = `demo ${Object.keys(machine.env).join()} ${machine.uid ?? ""} ü`;
    expect(mlctl(machine, "init", name)).toMatchObject({ status: 0 });
    const done = mlctl(machine, "fullprocess", "--json", "-C", name);
    expect(done).toMatchObject({ status: 0 });
    expect((JSON.parse(done.stdout) as FullprocessJson).status).toBe("deployed");
    const predicted = mlctl(machine, "predict", "testdata/testdata.csv", "-C", name);
    expect(predicted).toMatchObject({ status: 0 });
    expect(predicted.stdout.split("\n")[0]).toMatch(/,prediction,probability$/);
    expect(mlctl(machine, "doctor", "-C", name)).toMatchObject({ status: 0 });
    // It asks npm about packages, which may wait for a network: only where there is no npm.
    if (machine.env["PATH"] === "") expect(mlctl(machine, "diagnose", "-C", name)).toMatchObject({ status: 0 });
  });
});

describe("variables that are set to nothing", () => {
  it.each([
    ["HOME", { HOME: "" }],
    ["NODE_COMPILE_CACHE", { HOME: "", NODE_COMPILE_CACHE: "" }],
    ["XDG_CACHE_HOME", { HOME: "", XDG_CACHE_HOME: "" }],
  ])("%s: no cache of code in the current folder, which others may have written", (_name, env) => {
    const cwd = temporaryFolder();
    const program = join(installed, "bin", "mlctl.js");
    expect(spawnSync(process.execPath, [program, "--version"], { cwd, env })).toMatchObject({ status: 0 });
    expect(readdirSync(cwd)).toEqual([]);
  });
});

describe("a user without a home folder", () => {
  it.skipIf(!isRoot)("gets an error that names what to set (needs root, to become nobody)", () => {
    expect(mlctl({ env: {}, uid: UNKNOWN_USER }, "engine", "install")).toMatchObject({
      status: 2,
      stderr: expect.stringContaining("set XDG_DATA_HOME") as string,
    });
  });
});

describe("Node.js", () => {
  it.each([
    ["18.20.8", true],
    ["20.20.2", true],
    ["22.11.0", true],
    ["22.12.0", false],
    ["24.0.0", false],
    ["26.10.0", false],
  ])("%s is too old: %s", async (version, isOld) => {
    // Plain JavaScript, which must load on any Node.
    const { isTooOld } = (await import(pathToFileURL(join(repository, "bin/nodeVersion.js")).href)) as {
      isTooOld: (version: string) => boolean;
    };
    expect(isTooOld(version)).toBe(isOld);
  });
});
