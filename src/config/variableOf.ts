/** Names of the environment variables that override keys of config.json. */

export const VARIABLE_PREFIX = "MLCTL_";

/** "train.seed" → MLCTL_TRAIN_SEED. */
export function variableOf(key: string): string {
  return VARIABLE_PREFIX + key.replaceAll(".", "_").toUpperCase();
}
