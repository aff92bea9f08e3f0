/** Where programs of a user keep what is theirs. */
import { homedir } from "node:os";
import { isAbsolute, join } from "node:path";

/** What the variable names, else that folder of the home. @see XDG Base Directory Specification: relative ones are ignored */
export function userFolder(variable: "XDG_CONFIG_HOME" | "XDG_STATE_HOME", ...path: string[]): string {
  const named = process.env[variable] ?? "";
  return isAbsolute(named) ? named : join(homedir(), ...path);
}
