/** `${NAME}` in config.json: resolved from the environment when the file is loaded, kept unresolved in records. */
import type { Json } from "../core/json.ts";
import { suggest } from "../core/text/suggest.ts";
import type { SchemaNode } from "./schema/configJsonSchema.ts";
import type { Environment } from "./environmentSettings.ts";
import { mapStrings, type Path } from "./jsonPath.ts";
import { settingFromText } from "./settingText.ts";

const REFERENCE = /\$\{([A-Za-z_][A-Za-z0-9_]*)\}/g;

export interface ResolvedReferences {
  readonly value: Json;
  /** Strings that contained `${NAME}`, as written. */
  readonly originals: readonly { readonly path: Path; readonly text: string }[];
  /** Names of the referenced variables. */
  readonly names: ReadonlySet<string>;
  /** One for each variable that is not set. */
  readonly problems: readonly { readonly path: string; readonly message: string }[];
}

/** A string that is exactly one reference gets the type of its key, so that `"port": "${PORT}"` is a number. */
export function resolveReferences(value: Json, environment: Environment, schema: () => SchemaNode): ResolvedReferences {
  const originals: { path: Path; text: string }[] = [];
  const names = new Set<string>();
  const problems: { path: string; message: string }[] = [];
  const resolved = mapStrings(value, (text, path) => {
    const referenced = [...text.matchAll(REFERENCE)].map((match) => match[1]!);
    if (referenced.length === 0) return text;
    originals.push({ path, text });
    for (const name of referenced) {
      names.add(name);
      if (environment[name] !== undefined) continue;
      const close = suggest(name, Object.keys(environment));
      const advice = close === undefined ? "set it before mlctl starts" : `did you mean "\${${close}}"?`;
      const message = `found "${text}", but the variable ${name} is not set; ${advice}`;
      problems.push({ path: path.join("."), message });
    }
    const replaced = text.replace(REFERENCE, (_, name: string) => environment[name] ?? "");
    return text === `\${${referenced[0]}}` ? settingFromText(replaced, path, schema()) : replaced;
  });
  return { value: resolved, originals, names, problems };
}
