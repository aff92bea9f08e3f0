/** package-lock.json serves every platform, not just the one it was made on. */
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { repository } from "./lifecycleWorkspace.ts";

const platforms = ["linux-x64", "linux-arm64", "darwin-arm64", "darwin-x64", "win32-x64"];

interface LockedPackage {
  readonly os?: readonly string[];
  readonly cpu?: readonly string[];
  readonly libc?: readonly string[];
  readonly optional?: boolean;
  readonly hasInstallScript?: boolean;
  readonly optionalDependencies?: Readonly<Record<string, string>>;
}

type Lock = Readonly<Record<string, LockedPackage>>;

const { packages } = JSON.parse(readFileSync(join(repository, "package-lock.json"), "utf8")) as { packages: Lock };

/** "package: platform" for each native package without a binary for a platform. */
function missing(lock: Lock): string[] {
  return Object.entries(lock).flatMap(([path, { optionalDependencies = {} }]) => {
    const names = Object.keys(optionalDependencies);
    const locked = names.map((name) => lock[`${path}/node_modules/${name}`] ?? lock[`node_modules/${name}`]);
    const isNative = names.length > 1 && locked.some((one) => one?.os !== undefined && one.cpu !== undefined);
    const lacking = isNative ? platforms.filter((platform) => !locked.some((one) => fits(one, platform))) : [];
    return lacking.map((platform) => `${path}: ${platform}`);
  });
}

function fits(locked: LockedPackage | undefined, platform: string): boolean {
  const [os, cpu] = platform.split("-") as [string, string];
  const { libc = ["glibc"] } = locked ?? {};
  return locked?.os?.includes(os) === true && locked.cpu?.includes(cpu) === true && libc.includes("glibc");
}

describe("package-lock.json", () => {
  it("has a binary of every native package for every platform", () => {
    expect(Object.keys(packages).filter((path) => path.includes("duckdb/node-bindings-"))).toHaveLength(8);
    expect(missing(packages)).toEqual([]);
  });

  it("would be found out where one is missing", () => {
    const { "node_modules/@duckdb/node-bindings-darwin-arm64": _removed, ...rest } = packages;
    expect(missing(rest)).toEqual(["node_modules/@duckdb/node-bindings: darwin-arm64"]);
  });

  it("takes a better-sqlite3 that carries its binaries", () => {
    const prebuilds = join(repository, "node_modules/better-sqlite3/prebuilds");
    expect(platforms.filter((platform) => !existsSync(join(prebuilds, `${platform}.node`)))).toEqual([]);
  });

  it("says of every package with an install script whether it may run, so that npm does not ask", () => {
    const { allowScripts } = JSON.parse(readFileSync(join(repository, "package.json"), "utf8")) as {
      allowScripts: Record<string, boolean>;
    };
    const scripted = Object.entries(packages)
      .filter(([, { hasInstallScript }]) => hasInstallScript === true)
      .map(([path]) => path.slice(path.lastIndexOf("node_modules/") + "node_modules/".length));
    expect(scripted.filter((name) => !(name in allowScripts))).toEqual([]);
  });
});
