/** Loads config.json for one call of a command, with -c, -C, flags that override keys, and the environment. */
import type { LoadedConfig, LoadOptions } from "../config/loadConfig.ts";
import { resolve } from "node:path";
import type { Invocation } from "./command.ts";

/**
 * Emits warnings about unknown MLCTL_* variables. Changes the working directory to that of -C, so that relative paths
 * are resolved there, as with git.
 */
export async function openConfig(
  { global, flagSettings, environment, context }: Invocation,
  check?: LoadOptions["check"],
): Promise<LoadedConfig> {
  const [{ loadConfig }, { knownNames }] = await Promise.all([
    import("../config/loadConfig.ts"),
    import("../lifecycle/knownNames.ts"),
  ]);
  const { config: path, directory } = global;
  const loaded = await loadConfig({
    path,
    directory,
    environment,
    flags: flagSettings,
    known: knownNames(),
    ...(check && { check }),
  });
  const { MLCTL_XGBOOST_LIBRARY: library = "none" } = process.env;
  // It is relative to where the user is, as are the other paths in the shell.
  if (library !== "none" && library !== "") process.env.MLCTL_XGBOOST_LIBRARY = resolve(library);
  process.chdir(directory);
  for (const message of loaded.warnings) context.emit({ type: "warning", stage: "config", message });
  return loaded;
}
