/** Loads config.json as one call of a command sees it: -c, -C, flags that stand for keys, environment. */
import type { LoadedConfig, LoadOptions } from "../config/loadConfig.ts";
import type { Invocation } from "./command.ts";

/** Warnings about unknown variables go to stderr. From here on paths mean what they mean in the folder of -C, as with git. */
export async function openConfig(
  { global, flagSettings, environment, context }: Invocation,
  check?: LoadOptions["check"],
): Promise<LoadedConfig> {
  const [{ loadConfig }, { knownNames }] = await Promise.all([
    import("../config/loadConfig.ts"),
    import("../lifecycle/knownNames.ts"),
  ]);
  const { config: path, directory } = global;
  const own = check === undefined ? {} : { check };
  const loaded = await loadConfig({ path, directory, environment, flags: flagSettings, known: knownNames(), ...own });
  process.chdir(directory);
  for (const message of loaded.warnings) context.emit({ type: "warning", stage: "config", message });
  return loaded;
}
