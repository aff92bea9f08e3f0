/** Where programs of a user keep what is theirs. */
import { homedir } from "node:os";
import { isAbsolute, join } from "node:path";

type Environment = Readonly<Record<string, string | undefined>>;

/**
 * The folder that the variable names, else that folder of the home.
 * @returns null where neither is there: no HOME, and a user without an entry in the system's list
 * @see XDG Base Directory Specification: relative ones are ignored
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
