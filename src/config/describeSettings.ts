/** Lists every setting with its value and source, for `mlctl config show`. */
import type { Json } from "../core/json.ts";
import { leaves } from "./jsonPath.ts";
import type { LoadedConfig } from "./loadConfig.ts";
import type { Reference } from "./references.ts";

export interface Setting {
  /** Keys joined with dots. */
  readonly key: string;
  readonly value: Json;
  /** "config.json:12", "config.json:12, TOKEN is not set", "MLCTL_TRAIN_SEED", "--seed" or "default". */
  readonly source: string;
}

/** Values that name a variable are shown as written: `${NAME}`. */
export function describeSettings({ recordable, sources, references }: LoadedConfig): Setting[] {
  const settings = leaves(recordable).filter(({ path }) => path[0] !== "$schema");
  return settings.map(({ path, value }) => {
    const keys = path.map((_, i) => path.slice(0, path.length - i).join("."));
    const source = keys.map((key) => sources.get(key)).find((each) => each !== undefined);
    const key = path.join(".");
    const used = references.filter(({ path: at }) => isUnder(at.join("."), key)).map(variableState);
    return { key, value, source: [source ?? "default", ...new Set(used)].join(", ") };
  });
}

function isUnder(key: string, prefix: string): boolean {
  return key === prefix || key.startsWith(`${prefix}.`);
}

/** Where the value of a reference comes from, without the value, which may be secret. */
function variableState({ name, isSet, fallback }: Reference): string {
  if (isSet) return `${name} is set`;
  return fallback === undefined ? `${name} is not set` : `default of ${name}`;
}
