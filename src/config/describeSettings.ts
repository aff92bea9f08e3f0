/** Lists every setting with its value and source, for `mlctl config show`. */
import type { Json } from "../core/json.ts";
import { leaves } from "./jsonPath.ts";
import type { LoadedConfig } from "./loadConfig.ts";

export interface Setting {
  /** Keys joined with dots. */
  readonly key: string;
  readonly value: Json;
  /** "config.json:12", "MLCTL_TRAIN_SEED", "--seed" or "default". */
  readonly source: string;
}

/** Secrets are shown as `${NAME}`. */
export function describeSettings({ recordable, sources }: LoadedConfig): Setting[] {
  const settings = leaves(recordable).filter(({ path }) => path[0] !== "$schema");
  return settings.map(({ path, value }) => {
    const keys = path.map((_, i) => path.slice(0, path.length - i).join("."));
    const source = keys.map((key) => sources.get(key)).find((each) => each !== undefined);
    return { key: path.join("."), value, source: source ?? "default" };
  });
}
