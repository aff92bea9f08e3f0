/** Finds an installed libxgboost: the one that MLCTL_XGBOOST_LIBRARY names, else at the places systems put it. */
import { existsSync, readdirSync, statSync } from "node:fs";
import { homedir } from "node:os";
import { join } from "node:path";
import { MlctlError } from "../../core/errors.ts";

/** As MLCTL_XGBOOST_LIBRARY: use none, whatever is installed. */
const NONE = "none";

type Environment = Readonly<Record<string, string | undefined>>;

/**
 * @returns path of the library, null where there is none
 * @throws {MlctlError} kind "usage" where MLCTL_XGBOOST_LIBRARY names no file
 */
export function findLibrary(
  environment: Environment = process.env,
  platform: NodeJS.Platform = process.platform,
): string | null {
  const named = environment.MLCTL_XGBOOST_LIBRARY;
  if (named === NONE) return null;
  if (named !== undefined && named !== "") {
    if (isFile(named)) return named;
    throw new MlctlError("usage", `MLCTL_XGBOOST_LIBRARY is ${named}: there is no such file`, {
      hint: `name the file of libxgboost, or "${NONE}" to go without`,
    });
  }
  return places(environment, platform).find(isFile) ?? null;
}

/** Every path that a package manager puts it at, likeliest first. */
function places(environment: Environment, platform: NodeJS.Platform): string[] {
  const name = { win32: "xgboost.dll", darwin: "libxgboost.dylib" }[platform as string] ?? "libxgboost.so";
  const prefixes = [environment.VIRTUAL_ENV, environment.CONDA_PREFIX].filter((prefix) => prefix !== undefined);
  const inPrefixes = prefixes.flatMap((prefix) => [
    join(prefix, platform === "win32" ? "Library/bin" : "lib", name),
    ...wheels(prefix, name),
  ]);
  const home = environment.HOME ?? homedir();
  if (platform === "win32") {
    const pythons = join(environment.LOCALAPPDATA ?? join(home, "AppData/Local"), "Programs/Python");
    return [...inPrefixes, ...entries(pythons).flatMap((entry) => wheels(join(pythons, entry), name))];
  }
  if (platform === "darwin") {
    const brew = ["/opt/homebrew", "/usr/local"];
    const folders = brew.flatMap((prefix) => [join(prefix, "opt/xgboost/lib"), join(prefix, "lib")]);
    const frameworks = wheels(join(home, "Library/Python"), name);
    return [
      ...inPrefixes,
      ...folders.map((folder) => join(folder, name)),
      ...brew.flatMap((p) => wheels(p, name)),
      ...frameworks,
    ];
  }
  const triplets = entries("/usr/lib").filter((entry) => entry.endsWith("-linux-gnu"));
  const folders = ["/usr/local/lib", ...triplets.map((triplet) => `/usr/lib/${triplet}`), "/usr/lib64", "/usr/lib"];
  const installed = folders.flatMap((folder) => [join(folder, name), join(folder, `${name}.0`)]);
  const pythons = [join(home, ".local"), "/usr/local", "/usr"].flatMap((prefix) => wheels(prefix, name));
  return [...inPrefixes, ...installed, ...pythons];
}

/** Inside the wheels of the Pythons under `prefix`, the newest first. */
function wheels(prefix: string, name: string): string[] {
  const libraries = [
    ...entries(join(prefix, "lib")).map((entry) => join(prefix, "lib", entry)),
    ...entries(prefix).map((entry) => join(prefix, entry, "lib/python")), // ~/Library/Python/3.12
    join(prefix, "Lib"),
  ];
  return libraries
    .toReversed()
    .flatMap((library) => [join(library, "site-packages"), join(library, "dist-packages")])
    .map((packages) => join(packages, "xgboost/lib", name));
}

function entries(folder: string): string[] {
  return existsSync(folder)
    ? readdirSync(folder)
        .filter((entry) => entry !== "node_modules")
        .toSorted()
    : [];
}

function isFile(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isFile() === true;
}
