/** Finds the libxgboost files of this machine, in the order in which they are tried. */
import { statSync } from "node:fs";
import { join } from "node:path";
import { MlctlError } from "../../../../core/errors.ts";
import { homeFolder } from "../../../../core/userFolder.ts";
import { entries, installedEngines, libraryName } from "./installedEngines.ts";

/** Value of MLCTL_XGBOOST_LIBRARY that disables all installed libraries. */
const NONE = "none";

type Environment = Readonly<Record<string, string | undefined>>;

export interface FoundLibrary {
  readonly path: string;
  /** Where it was found, for messages to the user. */
  readonly origin: "MLCTL_XGBOOST_LIBRARY" | "mlctl engine install" | "the active Python environment" | "the system";
}

/**
 * @returns existing files, which may still be unusable
 * @throws {MlctlError} kind "usage" if MLCTL_XGBOOST_LIBRARY is not a file
 */
export function findLibraries(
  environment: Environment = process.env,
  platform: NodeJS.Platform = process.platform,
): FoundLibrary[] {
  const named = environment.MLCTL_XGBOOST_LIBRARY;
  if (named === NONE) return [];
  if (named !== undefined && named !== "") {
    if (isFile(named)) return [{ path: named, origin: "MLCTL_XGBOOST_LIBRARY" }];
    throw new MlctlError("usage", `MLCTL_XGBOOST_LIBRARY: no such file: ${named}`, {
      hint: `set it to the path of libxgboost, or to "${NONE}" to train without it`,
    });
  }
  const name = libraryName(platform);
  const installed = installedEngines(environment, platform).map(({ library }) => library);
  const from = (origin: FoundLibrary["origin"], paths: readonly string[]) => paths.map((path) => ({ path, origin }));
  const all = [
    ...from("mlctl engine install", installed),
    ...from("the active Python environment", inEnvironment(environment, { platform, name })),
    ...from("the system", inSystem(environment, { platform, name })),
  ];
  return all.filter(({ path }, i) => isFile(path) && all.findIndex((other) => other.path === path) === i);
}

interface Names {
  readonly platform: NodeJS.Platform;
  readonly name: string;
}

/** Candidates in the active virtual environment or conda environment. */
function inEnvironment({ VIRTUAL_ENV, CONDA_PREFIX }: Environment, { platform, name }: Names): string[] {
  const inside = platform === "win32" ? "Library/bin" : "lib";
  return [VIRTUAL_ENV, CONDA_PREFIX].flatMap((prefix) =>
    prefix === undefined ? [] : [join(prefix, inside, name), ...inPython(prefix, name)],
  );
}

/** Candidates of package managers and of the Pythons of system and user. */
function inSystem(environment: Environment, { platform, name }: Names): string[] {
  const home = homeFolder(environment) ?? "/";
  if (platform === "win32") {
    const pythons = join(environment.LOCALAPPDATA ?? join(home, "AppData/Local"), "Programs/Python");
    return entries(pythons).flatMap((entry) => inPython(join(pythons, entry), name));
  }
  if (platform === "darwin") {
    const brew = ["/opt/homebrew", "/usr/local"];
    const folders = brew.flatMap((prefix) => [join(prefix, "opt/xgboost/lib"), join(prefix, "lib")]);
    const frameworks = join(home, "Library/Python");
    return [
      ...folders.map((folder) => join(folder, name)),
      ...brew.flatMap((prefix) => inPython(prefix, name)),
      ...entries(frameworks)
        .toReversed()
        .flatMap((version) => inPackages(join(frameworks, version, "lib/python"), name)),
    ];
  }
  const triplets = entries("/usr/lib").filter((entry) => entry.endsWith("-linux-gnu"));
  const folders = ["/usr/local/lib", ...triplets.map((triplet) => `/usr/lib/${triplet}`), "/usr/lib64", "/usr/lib"];
  return [
    ...folders.flatMap((folder) => [join(folder, name), join(folder, `${name}.0`)]),
    ...[join(home, ".local"), "/usr/local", "/usr"].flatMap((prefix) => inPython(prefix, name)),
  ];
}

/** Candidates in the wheels of the Pythons below `prefix`, newest first. */
function inPython(prefix: string, name: string): string[] {
  const versions = entries(join(prefix, "lib")).filter((entry) => /^(python|pypy)\d/.test(entry));
  return [...versions.toReversed().map((version) => join(prefix, "lib", version)), join(prefix, "Lib")].flatMap(
    (library) => inPackages(library, name),
  );
}

function inPackages(library: string, name: string): string[] {
  return ["site-packages", "dist-packages"].map((packages) => join(library, packages, "xgboost/lib", name));
}

/** False if the path cannot be inspected (a file in place of a folder, no permission). */
function isFile(path: string): boolean {
  try {
    return statSync(path).isFile();
  } catch {
    return false;
  }
}
