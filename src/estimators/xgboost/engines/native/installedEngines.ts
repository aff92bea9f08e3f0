/** The libraries that `mlctl engine install` has put into the user's data folder. */
import { readdirSync } from "node:fs";
import { isAbsolute, join } from "node:path";
import { userFolder } from "../../../../core/userFolder.ts";

export const INSTALL_HINT = "`mlctl engine install` brings the native engine";

type Environment = Readonly<Record<string, string | undefined>>;

export interface InstalledEngine {
  /** Of XGBoost, e.g. "3.2.0". */
  readonly version: string;
  /** Holds all of it; removing it removes the engine. */
  readonly folder: string;
  readonly library: string;
}

/** Below an engine's folder, as in the wheel: the library finds its OpenMP by a path relative to itself. */
export const libraryFolder = join("xgboost", "lib");

export function libraryName(platform: NodeJS.Platform = process.platform): string {
  return { win32: "xgboost.dll", darwin: "libxgboost.dylib" }[platform as string] ?? "libxgboost.so";
}

/** @returns null where the user has no folder for data */
export function enginesFolder(
  environment: Environment = process.env,
  platform: NodeJS.Platform = process.platform,
): string | null {
  const local = platform === "win32" ? (environment.LOCALAPPDATA ?? "") : "";
  const data = isAbsolute(local) ? local : userFolder("XDG_DATA_HOME", ".local/share", environment);
  return data === null ? null : join(data, "mlctl", "engines");
}

/** The newest version first. Only whole ones: an engine gets its name when all of its files are there. */
export function installedEngines(
  environment: Environment = process.env,
  platform: NodeJS.Platform = process.platform,
): InstalledEngine[] {
  const parent = enginesFolder(environment, platform);
  if (parent === null) return [];
  return entries(parent)
    .flatMap((name) => {
      const version = /^xgboost-(\d+\.\d+\.\d+)$/.exec(name)?.[1];
      const folder = join(parent, name);
      return version === undefined
        ? []
        : [{ version, folder, library: join(folder, libraryFolder, libraryName(platform)) }];
    })
    .toSorted((one, other) => other.version.localeCompare(one.version, "en", { numeric: true }));
}

/** Names in a folder, sorted; none where it is absent, no folder, or closed to this user. */
export function entries(folder: string): string[] {
  try {
    return readdirSync(folder).toSorted();
  } catch {
    return [];
  }
}
