/** The libraries installed by `mlctl engine install` in the user's data folder. */
import { readdirSync, readFileSync } from "node:fs";
import { isAbsolute, join } from "node:path";
import { userFolder, type Environment } from "../../../../core/userFolder.ts";

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
