/** Reads a setting that arrives as text (environment, `${NAME}`, flag) as the type that its key has. */
import type { Json } from "../core/json.ts";
import { schemaNodesAt, type SchemaNode } from "./schema/configJsonSchema.ts";

/**
 * `MLCTL_TARGET=1` stays the text "1" and `MLCTL_TRAIN_SEED=1` is a number, because their keys say so. A list is JSON,
 * or its texts with commas between. What fits no type stays text, for the schema to complain about.
 */
export function settingFromText(text: string, path: readonly PropertyKey[], schema: SchemaNode): Json {
  const types = new Set(schemaNodesAt(schema, path).map(({ type }) => type ?? "any"));
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
    return undefined; // plain text
  }
}
