/**
 * `${NAME}` and `${NAME:-default}` in config.json: resolved from the environment when the file is loaded, kept
 * unresolved in records. `$${` is a literal `${`.
 */
import { parseJson, type Json } from "../core/json.ts";
import { suggest } from "../core/text/suggest.ts";
import type { Environment } from "../core/userFolder.ts";
import { mapStrings, type Path } from "./jsonPath.ts";
import { schemaNodesAt, type SchemaNode } from "./schema/configJsonSchema.ts";

/** `$${`, a reference, or the beginning of something that is neither. */
const REFERENCE = /\$\$\{|\$\{(?:([A-Za-z_][A-Za-z0-9_]*)(?::-((?:(?!\$\{)[^}])*))?\})?/g;

export interface Reference {
  readonly name: string;
  readonly path: Path;
  readonly fallback: string | undefined;
  readonly isSet: boolean;
}

/** A string that cannot be resolved, because a variable without a default is not set. */
export interface UnsetValue {
  readonly path: Path;
  readonly message: string;
}

/** A string that is exactly one reference gets the type of its key, so that `"port": "${PORT}"` is a number. */
export function resolveReferences(value: Json, environment: Environment, schema: () => SchemaNode) {
  const originals: Path[] = [];
  const references: Reference[] = [];
  const unset: UnsetValue[] = [];
  const problems: { path: string; message: string }[] = [];
  const resolved = mapStrings(value, (text, path) => {
    const found = referencesIn(text);
    if (found === "invalid") {
      const message = `found "${text}", allowed \${NAME} and \${NAME:-default}; a literal \${ is written $\${`;
      problems.push({ path: path.join("."), message });
      return text;
    }
    const isWhole = found.length === 1 && found[0]!.text === text;
    const here = found.map(({ name, fallback }) => {
      const given = environment[name];
      // GitHub, Compose and Kubernetes pass a secret that does not exist as an empty string.
      return { name, path, fallback, isSet: given !== undefined && !(given === "" && isWhole) };
    });
    references.push(...here);
    if (here.length > 0) originals.push(path);
    const missing = here.filter(({ isSet, fallback }) => !isSet && fallback === undefined).map(({ name }) => name);
    if (missing.length > 0) {
      unset.push({ path, message: unsetMessage(text, missing, environment) });
      return text;
    }
    const replaced = text.replace(REFERENCE, (match, name: string | undefined, fallback: string | undefined) => {
      if (name === undefined) return match.slice(1);
      return (fallback === undefined ? environment[name] : environment[name] || fallback) ?? "";
    });
    return isWhole ? settingFromText(replaced, path, schema()) : replaced;
  });
  return { value: resolved, originals, references, unset, problems };
}

function referencesIn(text: string): { text: string; name: string; fallback: string | undefined }[] | "invalid" {
  const matches = [...text.matchAll(REFERENCE)].filter(([match]) => match !== "$${");
  if (matches.some(([, name]) => name === undefined)) return "invalid";
  return matches.map(([match, name, fallback]) => ({ text: match, name: name!, fallback }));
}

function unsetMessage(text: string, missing: readonly string[], environment: Environment): string {
  const [first] = missing;
  const setVariables = Object.keys(environment).filter((name) => environment[name] !== "");
  const close = missing.length === 1 ? suggest(first!, setVariables) : undefined;
  const advice =
    close === undefined
      ? "set it before mlctl starts, or write it into mlctl.env next to config.json"
      : `did you mean "\${${close}}"?`;
  return `found "${text}", but the variable ${missing.join(" and ")} is not set; ${advice}`;
}

/** The references of a secret, without the text around them and without defaults, which could be secret too. */
export function maskedReferences(text: string): string {
  const matches = [...text.matchAll(REFERENCE)];
  const references = matches.flatMap(([, name, fallback]) =>
    name === undefined ? [] : [fallback === undefined ? `\${${name}}` : `\${${name}:-(hidden)}`],
  );
  const isWhole = matches.length === 1 && matches[0]![0] === text;
  return `${isWhole ? "" : "(hidden)"}${references.join("")}`;
}

/** What fits no type of the key stays a string, and so does a secret: `null` must not open the server. */
export function settingFromText(text: string, path: readonly PropertyKey[], schema: SchemaNode): Json {
  const nodes = schemaNodesAt(schema, path);
  const isSecret = nodes.some(({ writeOnly }) => writeOnly === true);
  if (isSecret || (text === "" && JSON.stringify(nodes).includes('"writeOnly":true'))) return text;
  const types = new Set(nodes.map(({ type }) => type ?? "any"));
  const parsed = parseJson(text) as Json | undefined;
  if (parsed !== undefined && typeof parsed !== "string" && types.has(typeName(parsed, types))) return parsed;
  if (types.has("array") && !types.has("string")) return text === "" ? [] : text.split(",").map((part) => part.trim());
  return text;
}

function typeName(value: Json, types: ReadonlySet<string>): string {
  if (value === null) return "null";
  if (Array.isArray(value)) return "array";
  if (typeof value === "number" && !types.has("number") && Number.isInteger(value)) return "integer";
  return typeof value;
}
