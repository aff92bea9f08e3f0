/** scripts/setup.js and scripts/build.js in small copies of a clone, with an npm that only writes what was asked of it. */
import { spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { chmodSync, cpSync, existsSync, mkdirSync, readdirSync, readFileSync } from "node:fs";
import { rmSync, statSync, symlinkSync, utimesSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { pathToFileURL } from "node:url";
import { transformSync } from "rolldown/utils";
import { describe, expect, it } from "vitest";
import { environment, repository, temporaryFolder } from "./lifecycleWorkspace.ts";

const compiler = `node_modules/@typescript/typescript-${process.platform}-${process.arch}`;

function put(folder: string, files: Readonly<Record<string, string>>): void {
  for (const [path, content] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), content);
  }
}

/** Each call is a line of npm.log. `ci` makes node_modules, `install` a Node that answers --version. */
const fakeNpm = `
  const fs = require("node:fs");
  fs.appendFileSync(process.env.LOG, process.argv.slice(2).join(" ") + "\\n");
  const put = (path, content, mode) => {
    fs.mkdirSync(require("node:path").dirname(path), { recursive: true });
    fs.writeFileSync(path, content, { mode });
  };
  if (process.argv[2] === "ci") {
    put("node_modules/.package-lock.json", "{}");
    put(${JSON.stringify(`${compiler}/package.json`)}, "{}");
  } else put(process.env.NODE_OF_CLONE, "#!/bin/sh\\nif [ $1 = --version ]; then echo v99.1.0; else echo new; fi\\n", 0o755);
`;

/** bin and scripts of mlctl, with a build that does nothing. */
function clone() {
  const folder = temporaryFolder();
  for (const name of ["bin", "scripts"]) cpSync(join(repository, name), join(folder, name), { recursive: true });
  put(folder, {
    "package.json": '{ "type": "module" }',
    "package-lock.json": "{}",
    "scripts/build.js": "",
    "npm/package.json": '{ "type": "commonjs" }',
    "npm/npm-cli.js": fakeNpm,
  });
  const log = join(folder, "npm.log");
  const env = { ...environment(), LOG: log, npm_execpath: join(folder, "npm/npm-cli.js"), NODE_OF_CLONE: "" };
  const setup = (...args: string[]) => {
    rmSync(log, { force: true });
    const done = spawnSync(process.execPath, ["scripts/setup.js", ...args], { cwd: folder, env, encoding: "utf8" });
    return { ...done, npm: existsSync(log) ? readFileSync(log, "utf8") : "" };
  };
  return { folder, env, setup };
}

const ci = "ci --include=dev --ignore-scripts --no-audit --no-fund\n";

describe("scripts/setup.js", () => {
  it.each<[string, (folder: string) => void, string]>([
    ["does nothing in a folder that is ready", () => {}, ""],
    [
      "installs where the packages are of another machine",
      (folder) => put(folder, { "node_modules/.mlctl-machine": "win32 x64 other\n" }),
      ci,
    ],
    ["installs where the compiler was left out", (folder) => rmSync(join(folder, compiler), { recursive: true }), ci],
    [
      "installs where the list of packages is newer",
      (folder) => utimesSync(join(folder, "package-lock.json"), new Date(), new Date(Date.now() + 10_000)),
      ci,
    ],
    ["trusts what was installed by hand", (folder) => rmSync(join(folder, "node_modules/.mlctl-machine")), ""],
  ])("%s", (_what, change, expected) => {
    const { folder, setup } = clone();
    expect(setup()).toMatchObject({ status: 0, npm: ci });
    change(folder);
    expect(setup()).toMatchObject({ status: 0, npm: expected });
  });

  it("says by which signal a step ended", () => {
    const { folder, setup } = clone();
    put(folder, { "npm/npm-cli.js": "process.kill(process.pid, 'SIGKILL'); setTimeout(() => {}, 10_000);" });
    expect(setup()).toMatchObject({ status: 1, stderr: expect.stringContaining("ended by SIGKILL") as string });
  });

  it.each<[NodeJS.Signals]>([["SIGTERM"], ["SIGINT"]])("passes %s on to the program that it runs", async (signal) => {
    const { folder, env } = clone();
    put(folder, {
      "run.js": `process.on("${signal}", () => process.exit(7)); console.log("ready"); setTimeout(() => {}, 30_000);`,
    });
    const child = spawn(process.execPath, ["scripts/setup.js", "run.js"], { cwd: folder, env, stdio: "pipe" });
    await once(child.stdout, "data");
    child.kill(signal);
    expect(await once(child, "exit")).toEqual([7, null]);
  });

  it.skipIf(process.platform === "win32")("says by which signal the program ended", () => {
    const { folder, setup } = clone();
    put(folder, { "run.js": "process.kill(process.pid, 'SIGSEGV'); setTimeout(() => {}, 10_000);" });
    const stderr = expect.stringContaining("was ended by SIGSEGV") as string;
    expect(setup("run.js")).toMatchObject({ status: 139, stderr });
  });

  it.skipIf(process.platform === "win32")(
    "mlctl itself runs with the Node of the clone if the system's is too old",
    async () => {
      const { folder } = clone();
      const versions = join(folder, "bin/nodeVersion.js");
      writeFileSync(versions, readFileSync(versions, "utf8").replace('"22.12"', '"99.0"'));
      const { nodeOfClone } = (await import(pathToFileURL(versions).href)) as { nodeOfClone: string };
      const run = () =>
        spawnSync(process.execPath, [join(folder, "bin/mlctl.js"), "runs", "list"], { encoding: "utf8" });
      expect(run()).toMatchObject({ status: 1, stderr: expect.stringContaining("mlctl needs Node.js 99.0") as string });
      mkdirSync(dirname(nodeOfClone), { recursive: true });
      writeFileSync(nodeOfClone, '#!/bin/sh\nshift; echo "new $*"; exit 7\n', { mode: 0o755 });
      expect(run()).toMatchObject({ status: 7, stdout: "new runs list\n" });
    },
  );

  describe.skipIf(process.platform === "win32")("with a Node that is too old (skipped where there is no sh)", () => {
    it.each([
      ["is absent", ""],
      ["was not written to its end", "\x7fELF"],
      ["is too old too", "#!/bin/sh\necho v20.0.0\n"],
    ])("installs one where that of the clone %s", async (_what, content) => {
      const { folder, env, setup } = clone();
      const versions = join(folder, "bin/nodeVersion.js");
      writeFileSync(versions, readFileSync(versions, "utf8").replace('"22.12"', '"99.0"'));
      const { nodeOfClone } = (await import(pathToFileURL(versions).href)) as { nodeOfClone: string };
      env.NODE_OF_CLONE = nodeOfClone;
      if (content !== "") {
        mkdirSync(dirname(nodeOfClone), { recursive: true });
        writeFileSync(nodeOfClone, content);
        chmodSync(nodeOfClone, 0o755);
      }
      expect(setup("run.js")).toMatchObject({
        status: 0,
        stdout: "new\n",
        npm: expect.stringMatching(/^install .*@24\n$/) as string,
      });
      expect(setup("run.js")).toMatchObject({ status: 0, stdout: "new\n", npm: "" });
    });
  });
});

describe("what must load on Node 12", () => {
  const lowered = (code: string, target: string) => {
    const { code: result, errors, warnings } = transformSync("file.js", code, { target });
    return { result, problems: [...errors, ...warnings].map(({ message }) => message) };
  };

  it.each(["bin/mlctl.js", "bin/nodeVersion.js", "scripts/setup.js"])("%s has only syntax of 2019", (path) => {
    const code = readFileSync(join(repository, path), "utf8");
    expect(lowered(code, "es2019")).toEqual({ result: lowered(code, "esnext").result, problems: [] });
    // Absent in Node 12: an import by name is an error when the file is loaded.
    expect(code).not.toMatch(/import \{[^}]*\b(rmSync|cpSync|parseArgs|setTimeout)\b/);
  });

  it.each(["a ?? b;", "a?.b;", "a ||= b;", "await a;"])("would be found out with %s", (code) => {
    expect(lowered(code, "es2019")).not.toEqual({ result: lowered(code, "esnext").result, problems: [] });
  });
});

describe("scripts/build.js", () => {
  const bundled = readFileSync(join(repository, "scripts/bundle.js"), "utf8");

  /** A program of the entry points alone. */
  function program() {
    const folder = temporaryFolder();
    cpSync(join(repository, "scripts"), join(folder, "scripts"), { recursive: true });
    for (const name of ["tsconfig.json", "tsconfig.build.json"]) cpSync(join(repository, name), join(folder, name));
    put(folder, {
      "package.json": '{ "type": "module" }',
      "package-lock.json": "{}",
      ...Object.fromEntries(
        [...bundled.matchAll(/^ {2}"(\w+\/[\w/]+)",$/gm)].map(([, entry]) => [
          `src/${entry}.ts`,
          "export const main = 1;\n",
        ]),
      ),
    });
    symlinkSync(join(repository, "node_modules"), join(folder, "node_modules"), "junction");
    const build = (event?: string) => {
      const env = { ...environment(), ...(event === undefined ? {} : { npm_lifecycle_event: event }) };
      return spawnSync(process.execPath, ["scripts/build.js"], { cwd: folder, env, encoding: "utf8" });
    };
    return { folder, build };
  }

  it("builds beside dist, and again after a change during the build; a build that fails keeps the last one", () => {
    const { folder, build } = program();
    const stamp = join(folder, "dist/.built");
    const main = join(folder, "dist/cli/main.js");
    expect(build()).toMatchObject({ status: 0, stderr: "" });
    const built = statSync(stamp).mtimeMs;
    expect(built).toBeLessThan(statSync(main).mtimeMs);
    // Node 22 may set a time a little too early.
    const later = new Date(Math.ceil(built) + 1);
    expect(build()).toMatchObject({ status: 0 });
    expect(statSync(stamp).mtimeMs).toBe(built);
    // Saved during the build: after its start, before its end.
    put(folder, { "src/cli/main.ts": "export const main = 2;\n" });
    utimesSync(join(folder, "src/cli/main.ts"), later, later);
    expect(build()).toMatchObject({ status: 0 });
    expect(readFileSync(main, "utf8")).toContain("main = 2");
    put(folder, { "src/cli/main.ts": "export const main: string = 3;\n" });
    expect(build().status).not.toBe(0);
    expect(readFileSync(main, "utf8")).toContain("main = 2");
    expect(existsSync(stamp)).toBe(true);
    expect(readdirSync(folder).filter((name) => name.startsWith("dist"))).toEqual(["dist"]);
  });

  it("leaves no folder beside dist if bundling fails, and removes those of builds that were stopped", () => {
    const { folder, build } = program();
    const { pid: gone } = spawnSync(process.execPath, ["--version"]);
    const running = `dist.tmp-${process.pid}`;
    for (const name of [`dist.tmp-${gone}`, `dist.tmp-${gone}-old`, running]) mkdirSync(join(folder, name));
    put(folder, { "scripts/bundle.js": 'export const bundle = () => { throw new Error("no bundle"); };\n' });
    expect(build()).toMatchObject({ status: 1, stderr: expect.stringContaining("no bundle") as string });
    expect(readdirSync(folder).filter((name) => name.startsWith("dist"))).toEqual([running]);
  });

  it("without the compiler is an error, but no reason for npm to fail to install", () => {
    const { folder, build } = program();
    rmSync(join(folder, "node_modules"));
    expect(build()).toMatchObject({
      status: 1,
      stderr: expect.stringContaining("npm install --include=dev") as string,
    });
    expect(build("prepare")).toMatchObject({ status: 0, stderr: expect.stringContaining("not installed") as string });
  });
});
