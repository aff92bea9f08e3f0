/** Finds the libxgboost files of this machine, in the order in which they are tried. */
import { readdirSync, readFileSync, realpathSync, statSync } from "node:fs";
import { isAbsolute, join, resolve } from "node:path";
import { MlctlError } from "../../../../core/errors.ts";
import { type Environment, homeFolder, userFolder } from "../../../../core/userFolder.ts";
import { NO_LIBRARY } from "./releases.ts";

export interface FoundLibrary {
  readonly path: string;
  /** Where it was found, for messages to the user. */
  readonly origin: "MLCTL_XGBOOST_LIBRARY" | "mlctl engine install" | "the active Python environment" | "the system";
}

/**
 * @returns absolute paths of existing files, which may still be unusable
 * @throws {MlctlError} kind "usage" if MLCTL_XGBOOST_LIBRARY is not a file
 */
export function findLibraries(
  environment: Environment = process.env,
  platform: NodeJS.Platform = process.platform,
): FoundLibrary[] {
  const named = environment.MLCTL_XGBOOST_LIBRARY;
  if (named === NO_LIBRARY) return [];
  if (named !== undefined && named !== "") {
    const path = resolve(named); // the system would look for a relative one in its own folders
    if (realFile(path) !== null) return [{ path, origin: "MLCTL_XGBOOST_LIBRARY" }];
    throw new MlctlError("usage", `MLCTL_XGBOOST_LIBRARY: no such file: ${named}`, {
      hint: `set it to the path of libxgboost, or to "${NO_LIBRARY}" to train without it`,
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
  const files = all.map(({ path }) => realFile(path));
  return all.filter((_, i) => files[i] !== null && files.indexOf(files[i]!) === i);
}

interface Names {
  readonly platform: NodeJS.Platform;
  readonly name: string;
}

/** Candidates in the active virtual environment or conda environment. */
function inEnvironment({ VIRTUAL_ENV = "", CONDA_PREFIX = "" }: Environment, { platform, name }: Names): string[] {
  const folders = platform === "win32" ? ["Library/bin"] : libraryFolders;
  return [VIRTUAL_ENV, CONDA_PREFIX].flatMap((prefix) => [
    ...folders.map((folder) => join(prefix, folder, name)),
    ...inPython(prefix, name),
  ]);
}

/** Candidates of package managers and of the Pythons of system and user. */
function inSystem(environment: Environment, { platform, name }: Names): string[] {
  const home = homeFolder(environment) ?? "";
  if (platform === "win32") {
    const pythons = join(environment.LOCALAPPDATA || join(home, "AppData/Local"), "Programs/Python");
    return entries(pythons).flatMap((entry) => inPython(join(pythons, entry), name));
  }
  if (platform === "darwin") {
    const brew = ["/opt/homebrew", "/usr/local"];
    const folders = brew.flatMap((prefix) => [join(prefix, "opt/xgboost/lib"), join(prefix, "lib")]);
    const frameworks = join(home, "Library/Python");
    return [
      ...folders.map((folder) => join(folder, name)),
      ...brew.flatMap((prefix) => inPython(prefix, name)),
      ...entries(frameworks).flatMap((version) => inPackages(join(frameworks, version, "lib/python"), name)),
    ];
  }
  const triplets = entries("/usr/lib").filter((entry) => entry.endsWith("-linux-gnu"));
  const folders = [
    "/usr/local/lib",
    "/usr/local/lib64",
    ...triplets.map((triplet) => `/usr/lib/${triplet}`),
    "/usr/lib64",
    "/usr/lib",
  ];
  return [
    ...folders.flatMap((folder) => [join(folder, name), join(folder, `${name}.0`)]),
    ...[join(home, ".local"), "/usr/local", "/usr"].flatMap((prefix) => inPython(prefix, name)),
  ];
}

/** 64-bit libraries are in lib64 on Fedora and its relatives. */
const libraryFolders = ["lib", "lib64"];

/** Candidates in the wheels of the Pythons below `prefix`, newest first. */
function inPython(prefix: string, name: string): string[] {
  const found = libraryFolders.flatMap((folder) => entries(join(prefix, folder)).map((entry) => ({ folder, entry })));
  const versions = found.filter(({ entry }) => /^(python|pypy)\d/.test(entry));
  const libraries = versions.map(({ folder, entry }) => join(prefix, folder, entry));
  return [...libraries, join(prefix, "Lib")].flatMap((library) => inPackages(library, name));
}

function inPackages(library: string, name: string): string[] {
  return ["site-packages", "dist-packages"].map((packages) => join(library, packages, "xgboost/lib", name));
}

/**
 * The file without symbolic links. Null if it is none, if it cannot be inspected (no permission), or if the path is
 * relative, as with an empty variable: others may have written what is in the current folder.
 */
function realFile(path: string): string | null {
  try {
    return isAbsolute(path) && statSync(path).isFile() ? realpathSync(path) : null;
  } catch {
    return null;
  }
}

export interface InstalledEngine {
  /** Version of XGBoost, e.g. "3.2.0". */
  readonly version: string;
  /** Contains the whole engine; removing it uninstalls the engine. */
  readonly folder: string;
  readonly library: string;
}

/** Relative to the engine's folder. As in the wheel, because the library finds its OpenMP by a relative path. */
export const libraryFolder = join("xgboost", "lib");

export function libraryName(platform: NodeJS.Platform = process.platform): string {
  return { win32: "xgboost.dll", darwin: "libxgboost.dylib" }[platform as string] ?? "libxgboost.so";
}

/** In the engine's folder: checksum of the wheel that it came from. */
export const CHECKSUM_FILE = "wheel.sha256";

/** One folder for each kind of machine, because several may share a home. @returns null if the user has no data folder */
export function enginesFolder(
  environment: Environment = process.env,
  platform: NodeJS.Platform = process.platform,
): string | null {
  const local = platform === "win32" ? (environment.LOCALAPPDATA ?? "") : "";
  const data = isAbsolute(local) ? local : userFolder("XDG_DATA_HOME", ".local/share", environment);
  return data === null ? null : join(data, "mlctl", "engines", `${platform}-${process.arch}`);
}

/** Newest version first. Only complete installations: the folder gets its final name after all files are written. */
export function installedEngines(
  environment: Environment = process.env,
  platform: NodeJS.Platform = process.platform,
): InstalledEngine[] {
  const parent = enginesFolder(environment, platform);
  if (parent === null) return [];
  return entries(parent).flatMap((name) => {
    const version = /^xgboost-(\d+\.\d+\.\d+)$/.exec(name)?.[1];
    const folder = join(parent, name);
    return version === undefined
      ? []
      : [{ version, folder, library: join(folder, libraryFolder, libraryName(platform)) }];
  });
}

/** Checksum of the wheel that an engine came from; null if it is not known. */
export function wheelChecksum({ folder }: InstalledEngine): string | null {
  try {
    return readFileSync(join(folder, CHECKSUM_FILE), "utf8").trim();
  } catch {
    return null;
  }
}

/** Names in a folder, highest version first; empty if it does not exist, is not a folder, or is not readable. */
export function entries(folder: string): string[] {
  try {
    return readdirSync(folder).toSorted((one, other) => (sortKey(one) < sortKey(other) ? 1 : -1));
  } catch {
    return [];
  }
}

/** Orders versions as text; the first call of localeCompare takes 20 ms. */
function sortKey(name: string): string {
  return name.replaceAll(/\d+/g, (digits) => digits.padStart(9, "0"));
}
