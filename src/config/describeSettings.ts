/** Lists every setting with its value and source, for `mlctl config show`. */
import { MlctlError } from "../core/errors.ts";
import type { Json } from "../core/json.ts";
import { suggest } from "../core/text/suggest.ts";
import { leaves } from "./jsonPath.ts";
import type { LoadedConfig } from "./loadConfig.ts";

export interface Setting {
  readonly key: string;
  readonly value: Json;
  /** "config.json:12", "config.json:12, TOKEN is not set", "MLCTL_TRAIN_SEED", "--seed" or "default". */
  readonly source: string;
}

export function describeSettings({ recordable, sources, references }: LoadedConfig): Setting[] {
  const settings = leaves(recordable).filter(({ path }) => path[0] !== "$schema");
  return settings.map(({ path, value }) => {
    const keys = path.map((_, i) => path.slice(0, path.length - i).join("."));
    const source = keys.map((key) => sources.get(key)).find((each) => each !== undefined);
    const key = path.join(".");
    const used = references
      .filter(({ path: at }) => isUnder(at.join("."), key))
      .map(({ name, isSet, fallback }) => {
        // Without the value, which may be secret.
        return isSet ? `${name} is set` : fallback === undefined ? `${name} is not set` : `default of ${name}`;
      });
    return { key, value, source: [source ?? "default", ...new Set(used)].join(", ") };
  });
}

/** Whether a key is the other one or below it; every key is below "". */
export function isUnder(key: string, prefix: string): boolean {
  return prefix === "" || key === prefix || key.startsWith(`${prefix}.`);
}

/** The error for a key that is not among the settings: suggests a similar key or section. */
export function unknownKey(key: string, settings: readonly Setting[]): MlctlError {
  const known = settings.flatMap((setting) => {
    const parts = setting.key.split(".");
    return parts.map((_, i) => parts.slice(0, i + 1).join("."));
  });
  const close = suggest(key, known);
  const hint = close === undefined ? "`mlctl config show` lists all keys" : `did you mean ${close}?`;
  return new MlctlError("usage", `config.json has no key "${key}"`, { hint });
}
