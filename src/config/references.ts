/** `${NAME}` in config.json: taken from the environment when the file is read, kept as written in what is recorded. */
import type { Json } from "../core/json.ts";
import { suggest } from "../core/text/suggest.ts";
import type { SchemaNode } from "./schema/configJsonSchema.ts";
import type { Environment } from "./environmentSettings.ts";
import { mapTexts, type Path } from "./jsonPath.ts";
import { settingFromText } from "./settingText.ts";

const REFERENCE = /\$\{([A-Za-z_][A-Za-z0-9_]*)\}/g;

export interface ResolvedReferences {
  readonly value: Json;
  /** Every text that held a reference, as it was written. */
  readonly texts: readonly { readonly path: Path; readonly text: string }[];
  /** Names of variables that were asked for. */
  readonly names: ReadonlySet<string>;
  /** One for each variable that is not set. */
  readonly problems: readonly { readonly path: string; readonly message: string }[];
}

/** A text that is nothing but a reference takes the type of its key, so that `"port": "${PORT}"` is a number. */
export function resolveReferences(value: Json, environment: Environment, schema: () => SchemaNode): ResolvedReferences {
  const texts: { path: Path; text: string }[] = [];
  const names = new Set<string>();
  const problems: { path: string; message: string }[] = [];
  const resolved = mapTexts(value, (text, path) => {
    const asked = [...text.matchAll(REFERENCE)].map((match) => match[1]!);
    if (asked.length === 0) return text;
    texts.push({ path, text });
    for (const name of asked) {
      names.add(name);
      if (environment[name] !== undefined) continue;
      const close = suggest(name, Object.keys(environment));
      const advice = close === undefined ? "set it before mlctl starts" : `did you mean "\${${close}}"?`;
      problems.push({
        path: path.join("."),
        message: `found "${text}", but the variable ${name} is not set; ${advice}`,
      });
    }
    const replaced = text.replace(REFERENCE, (_, name: string) => environment[name] ?? "");
    return text === `\${${asked[0]}}` ? settingFromText(replaced, path, schema()) : replaced;
  });
  return { value: resolved, texts, names, problems };
}
