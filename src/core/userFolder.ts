/** Per-user folders (XDG base directories). */
import { homedir } from "node:os";
import { isAbsolute, join } from "node:path";

export type Environment = Readonly<Record<string, string | undefined>>;

/**
 * The folder that the environment variable names, else `path` in the home folder.
 * @returns null if there is neither: no HOME, and the user has no entry in the system's user database
 * @see XDG Base Directory Specification: relative paths are ignored
 */
export function userFolder(
  variable: "XDG_CONFIG_HOME" | "XDG_DATA_HOME" | "XDG_STATE_HOME",
  path: string,
  environment: Environment = process.env,
): string | null {
  const named = environment[variable] ?? "";
  if (isAbsolute(named)) return named;
  const home = homeFolder(environment);
  return home === null ? null : join(home, path);
}

export function homeFolder(environment: Environment = process.env): string | null {
  const named = environment[process.platform === "win32" ? "USERPROFILE" : "HOME"] ?? "";
  if (isAbsolute(named)) return named;
  try {
    const listed = homedir();
    return isAbsolute(listed) ? listed : null;
  } catch {
    return null;
  }
}

/** Whether a variable such as MLCTL_DEBUG switches something on. */
export function isOn(value: string | undefined): boolean {
  return value !== undefined && value !== "" && value !== "0" && value !== "false";
}
