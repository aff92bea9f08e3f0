/** The error for an unknown key of config.json. */
import { MlctlError } from "../../core/errors.ts";
import { suggest } from "../../core/text/suggest.ts";
import type { Setting } from "../describeSettings.ts";

/** Suggests a similar key or section. */
export function unknownKey(key: string, settings: readonly Setting[]): MlctlError {
  const known = settings.flatMap((setting) => {
    const parts = setting.key.split(".");
    return parts.map((_, i) => parts.slice(0, i + 1).join("."));
  });
  const close = suggest(key, known);
  const hint = close === undefined ? "`mlctl config show` lists all keys" : `did you mean ${close}?`;
  return new MlctlError("usage", `config.json has no key "${key}"`, { hint });
}
