/** mlctl.env next to config.json: values for the variables that config.json names, and for nothing else. */
import { readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { parseEnv } from "node:util";

export const VARIABLES_FILE = "mlctl.env";

/**
 * Lines NAME='value'. It is parsed, never run by a shell, and no other program sees it: it may come with a stranger's
 * config.json.
 * @param configPath absolute
 * @returns empty if there is none, or this user cannot read it
 */
export function fileVariables(configPath: string): Readonly<Record<string, string>> {
  try {
    const text = readFileSync(join(dirname(configPath), VARIABLES_FILE), "utf8");
    return parseEnv(text) as Record<string, string>;
  } catch {
    return {};
  }
}
