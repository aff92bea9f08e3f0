/** The environment variable of a key of config.json. */

/** What every variable of mlctl starts with. */
export const VARIABLE_PREFIX = "MLCTL_";

/** "train.seed" → MLCTL_TRAIN_SEED. */
export function variableOf(key: string): string {
  return VARIABLE_PREFIX + key.replaceAll(".", "_").toUpperCase();
}
