/** The configuration for records and logs: with all defaults, without the settings that the schema marks as secret. */
import type { Json, JsonObject } from "../core/json.ts";
import { credentialsOf } from "../core/text/maskSecrets.ts";
import { mapStrings, scalars, valueAt, withValueAt, type Path } from "./jsonPath.ts";
import { maskedReferences } from "./references.ts";
import { isUnder, secrecyOf, type SecretSetting } from "./schema/configJsonSchema.ts";

const HIDDEN = "(hidden)";

/** @param written values that contained `${NAME}`, as written in the file */
export function recordableConfig(
  config: Json,
  written: readonly { readonly path: Path; readonly value: Json }[],
  settings: readonly SecretSetting[],
): JsonObject {
  const asWritten = written.reduce<Json>((all, { path, value }) => withValueAt(all, path, value), config);
  const references = new Set(written.map(({ path }) => path.join(".")));
  return mapStrings(asWritten, (text, path) => {
    const secrecy = secrecyOf(settings, path);
    if (secrecy === undefined) return text;
    const isReference = references.has(path.join("."));
    if (isReference && (secrecy === "all" || /^\$\{[^}]*\}$/.test(text))) return maskedReferences(text);
    if (secrecy === "all") return HIDDEN;
    return secrecy === "credentials" ? withoutCredentials(text) : wordWithoutSecret(text, wordBefore(asWritten, path));
  }) as JsonObject;
}

export function secretValues(config: Json, settings: readonly SecretSetting[]): string[] {
  return scalars(config).flatMap(({ path, value }) => {
    // The name of a variable is not secret.
    const text = String(value)
      .replaceAll(/\$\{\w+\}/g, " ")
      .trim();
    const secrecy = secrecyOf(settings, path);
    if (secrecy === "credentials") return credentialsOf(text);
    if (secrecy === "arguments") {
      const isHidden = wordWithoutSecret(text, wordBefore(config, path)) !== text;
      return isHidden ? [text.replace(/^-[^=]*=/, ""), ...credentialsOf(text)] : [];
    }
    // A value in place of a section, such as a list that is not valid JSON, contains its secrets.
    return secrecy === "all" || settings.some(({ path: below }) => isUnder(below, path)) ? [text] : [];
  });
}

/** Keys of secrets that are in the file in plain text, where a name shows that they are: "serve.token". */
export function plainSecrets(file: Json, settings: readonly SecretSetting[]): string[] {
  const secrets = scalars(file).filter(({ path, value }) => {
    const [secrecy, text, name] = [secrecyOf(settings, path), String(value), String(path.at(-1))];
    if (secrecy === undefined || text.includes("${")) return false;
    const isAddress = secrecy === "credentials" || name === "url" || name === "smtp";
    return isAddress ? withoutCredentials(text) !== text || SECRET_PATH.test(text) : PLAIN_SECRET.test(name);
  });
  return secrets.map(({ path }) => path.join("."));
}

/** @param keys as `plainSecrets` finds them @returns no line or one */
export function plainNote(keys: readonly string[], sourceOf: (path: string) => string | undefined): string[] {
  const [first] = keys;
  if (first === undefined) return [];
  const are = keys.length === 1 ? "is a secret" : `and ${keys.length - 1} more are secrets`;
  const what = `${sourceOf(first)}: ${first} ${are} in plain text: anyone who can read the file or a backup of it has them`;
  return [`${what}; write "\${NAME}" and set the variable`];
}

/** Not every header is one, nor every command. */
const PLAIN_SECRET = /auth|token|key|secret|cookie/i;
/** The path of a webhook may be its password, as in https://hooks.slack.com/services/T0/B0/x7Hq… */
const SECRET_PATH = /\/[\w-]*\d[\w-]{15,}/;

/** Flags whose value is a secret, such as --token or --api-key. */
const SECRET_FLAG = /^--?[\w-]*(token|password|secret|key|auth|header)[\w-]*(=|$)/i;

/** With a user, or with a parameter that is named like a secret; not ?format=csv. */
const SECRET_ADDRESS = /:\/\/([^/?#]*@|.*[?&#][\w-]*(token|key|secret|sig|pass|auth|code)[\w-]*=)/i;

export function wordWithoutSecret(word: string, before: string): string {
  if (SECRET_FLAG.test(before) && !before.includes("=")) return HIDDEN;
  const [flag] = SECRET_FLAG.exec(word) ?? [];
  if (flag?.endsWith("=") === true) return `${flag}${HIDDEN}`;
  return SECRET_ADDRESS.test(word) ? withoutCredentials(word) : word;
}

function wordBefore(config: Json, path: Path): string {
  return String(valueAt(config, [...path.slice(0, -1), Number(path.at(-1)) - 1]) ?? "");
}

/** An address without user, password and query, which may be secret; with host and path, which say where it points. */
export function withoutCredentials(address: string): string {
  if (!address.includes("://")) return address;
  const text = address.replaceAll(/\$\{(\w+):-[^}]*\}/g, `\${$1:-${HIDDEN}}`);
  if (!text.includes("${") && !URL.canParse(text)) return HIDDEN;
  return text.replace(/\/\/[^/?#]*@/, `//${HIDDEN}@`).replace(/([?#]).+/s, `$1${HIDDEN}`);
}
