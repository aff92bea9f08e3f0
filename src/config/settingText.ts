/** Converts a setting given as a string (environment, `${NAME}`, flag) to the type of its key. */
import type { Json } from "../core/json.ts";
import { schemaNodesAt, type SchemaNode } from "./schema/configJsonSchema.ts";

/**
 * `MLCTL_TARGET=1` stays the string "1" and `MLCTL_TRAIN_SEED=1` becomes a number. A list is JSON or comma-separated
 * strings. A value that fits no type of the key stays a string, and the schema reports it. A secret is always a string:
 * `null` from `TOKEN=$(jq -r .token file)` must not open the server, and neither must an empty list of tokens.
 */
export function settingFromText(text: string, path: readonly PropertyKey[], schema: SchemaNode): Json {
  const nodes = schemaNodesAt(schema, path);
  const isSecret = nodes.some(({ writeOnly }) => writeOnly === true);
  if (isSecret || (text === "" && JSON.stringify(nodes).includes('"writeOnly":true'))) return text;
  const types = new Set(nodes.map(({ type }) => type ?? "any"));
  const parsed = parsedJson(text);
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

function parsedJson(text: string): Json | undefined {
  try {
    return JSON.parse(text) as Json;
  } catch {
    return undefined; // a plain string
  }
}
