/** The configuration for records and logs: with all defaults, without secrets. */
import type { Json, JsonObject } from "../core/json.ts";
import { mapStrings, withValueAt, type Path } from "./jsonPath.ts";
import { maskedReferences } from "./references.ts";
import type { Config } from "./schema/schema.ts";

/** Keys that are hidden even if the file has the secret in plain text; `*` is any key. */
const secretKeys = [
  "serve.token",
  "serve.tokens.*.token",
  "alerts.*.url",
  "alerts.*.smtp",
  "alerts.*.command",
  "alerts.*.headers.*",
  "watch.download.headers.*",
].map((key) => key.split("."));

/** An address with a password or a signed query. */
const SECRET_ADDRESS = /\/\/[^/?#]*@|\?/;

/** @param written values that contained `${NAME}`, as written in the file */
export function recordableConfig(
  config: Config,
  written: readonly { readonly path: Path; readonly value: Json }[],
): JsonObject {
  const asWritten = written.reduce<Json>(
    (all, { path, value }) => withValueAt(all, path, value),
    config as unknown as JsonObject,
  );
  const references = new Set(written.map(({ path }) => path.join(".")));
  const masked = mapStrings(asWritten, (text, path) => {
    if (!isSecret(path, text)) return text;
    return references.has(path.join(".")) ? maskedReferences(text) : "(hidden)";
  });
  return masked as JsonObject;
}

function isSecret(path: Path, text: string): boolean {
  if (path.join(".") === "watch.source") return SECRET_ADDRESS.test(text);
  return secretKeys.some(
    (key) => key.length === path.length && key.every((part, i) => part === "*" || part === String(path[i])),
  );
}
