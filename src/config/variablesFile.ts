/** mlctl.env next to config.json: values for the variables that config.json names, and for nothing else. */
import { readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { parseEnv } from "node:util";

export const VARIABLE_PREFIX = "MLCTL_";

/** "train.seed" → MLCTL_TRAIN_SEED. */
export function variableOf(key: string): string {
  return VARIABLE_PREFIX + key.replaceAll(".", "_").toUpperCase();
}

export const VARIABLES_FILE = "mlctl.env";

/** Parsed, never run by a shell: it may come with a stranger's config.json. @returns empty if there is none */
export function fileVariables(configPath: string): Readonly<Record<string, string>> {
  try {
    const text = readFileSync(join(dirname(configPath), VARIABLES_FILE), "utf8");
    return parseEnv(text) as Record<string, string>;
  } catch {
    return {};
  }
}
