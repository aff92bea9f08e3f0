/** What `npm pack` gives: a package that works by itself, outside the repository. */
import { spawnSync } from "node:child_process";
import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync, statSync, symlinkSync } from "node:fs";
import { dirname, join } from "node:path";
import { beforeAll, describe, expect, it } from "vitest";
import { environment, repository, temporaryFolder } from "./lifecycleWorkspace.ts";

let folder: string;
let files: string[];
beforeAll(() => {
  folder = temporaryFolder();
  // Without scripts: `prepare` would build dist/ anew while other tests run it.
  // The npm that runs the tests, because Windows starts npm.cmd only in a shell.
  const npm = process.env["npm_execpath"] ?? "";
  const [command, first] = /npm-cli\.c?js$/.test(npm) ? [process.execPath, [npm]] : ["npm", []];
  run(command, [...first, "pack", "--ignore-scripts", "--silent", "--pack-destination", folder], repository);
  const [tarball] = readdirSync(folder);
  files = run("tar", ["-xzvf", tarball!], folder)
    .trim()
    .split("\n")
    .map((path) => path.replace(/^package\//, ""));
  linkDependencies(join(folder, "package", "node_modules"));
  symlinkSync("package/bin/mlctl.js", join(folder, "mlctl"));
});

function run(command: string, args: readonly string[], cwd: string): string {
  const { status, stdout, stderr } = spawnSync(command, args, { cwd, env: environment(), encoding: "utf8" });
  expect(status, `${command} ${args.join(" ")}\n${stderr}`).toBe(0);
  return stdout;
}

/** Those that `npm install --omit=dev` would put there: a development dependency cannot be imported. */
function linkDependencies(target: string): void {
  const lock = JSON.parse(readFileSync(join(repository, "package-lock.json"), "utf8")) as {
    packages: Record<string, { dev?: boolean; devOptional?: boolean }>;
  };
  for (const [path, { dev = false, devOptional = false }] of Object.entries(lock.packages)) {
    const name = /^node_modules\/((?:@[^/]+\/)?[^/]+)$/.exec(path)?.[1];
    if (name === undefined || dev || devOptional || !existsSync(join(repository, path))) continue;
    mkdirSync(dirname(join(target, name)), { recursive: true });
    symlinkSync(join(repository, path), join(target, name));
  }
}

describe("the package", () => {
  it("holds the program, its README and no test, source or data", () => {
    expect(files).toEqual(expect.arrayContaining(["bin/mlctl.js", "dist/app/main.js", "README.md", "package.json"]));
    const foreign = files.filter(
      (path) =>
        !/^(bin\/\w+\.js|dist\/app\/[\w.-]+\.(js|html|css)|dist\/\.built|[A-Z]+\.md|LICENSE|package\.json|config\.json|(examples|deploy)\/.*\.(ya?ml|json))$/.test(
          path,
        ),
    );
    expect(foreign).toEqual([]);
    expect(files.filter((path) => /\.test\.js$|testing|acceptance/.test(path))).toEqual([]);
  });

  it("is the same, byte for byte, when it is built in another folder, and has no path of this machine", () => {
    const clone = join(folder, "a clone");
    for (const name of [
      "bin",
      "scripts",
      "src",
      "package.json",
      "package-lock.json",
      "tsconfig.json",
      "tsconfig.build.json",
    ])
      cpSync(join(repository, name), join(clone, name), { recursive: true });
    symlinkSync(join(repository, "node_modules"), join(clone, "node_modules"), "junction");
    run(process.execPath, ["scripts/build.js"], clone);
    const built = readdirSync(join(clone, "dist/app")).toSorted();
    expect(files.filter((path) => path.startsWith("dist/app/")).toSorted()).toEqual(
      built.map((name) => `dist/app/${name}`),
    );
    for (const name of built) {
      const text = readFileSync(join(folder, "package/dist/app", name), "utf8");
      expect(text === readFileSync(join(clone, "dist/app", name), "utf8"), name).toBe(true);
      expect(text.includes(repository), name).toBe(false);
    }
  });

  it("runs outside the repository as npm links it: version, init, fullprocess, predict", () => {
    expect(statSync(join(folder, "package/bin/mlctl.js")).mode & 0o111).toBe(0o111);
    const mlctl = join(folder, "mlctl");
    const { version } = JSON.parse(readFileSync(join(repository, "package.json"), "utf8")) as { version: string };
    expect(run(mlctl, ["--version"], folder)).toBe(`${version}\n`);
    run(mlctl, ["init", "demo"], folder);
    const demo = join(folder, "demo");
    const result = JSON.parse(run(mlctl, ["fullprocess", "--json"], demo)) as { status: string; report_path: string };
    expect(result.status).toBe("deployed");
    expect(readFileSync(join(demo, result.report_path), "utf8")).toMatch(/<\/html>\s*$/);
    run(mlctl, ["predict", "testdata/testdata.csv", "--log"], demo);
    expect(run(mlctl, ["predict", "testdata/testdata.csv"], demo).split("\n")[0]).toMatch(/,prediction,probability$/);
  });
});
