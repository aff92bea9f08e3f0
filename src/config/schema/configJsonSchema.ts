/** The JSON Schema of config.json, for completion in editors and for looking up keys and types. */
import { z } from "zod";
import { configSchema, type KnownNames } from "./schema.ts";
import { SECRET } from "./values.ts";

/** The subset of JSON Schema that the schema of config.json uses. */
export interface SchemaNode {
  readonly title?: string;
  readonly description?: string;
  readonly type?: string;
  readonly const?: unknown;
  readonly enum?: readonly unknown[];
  readonly default?: unknown;
  /** A secret string. */
  readonly writeOnly?: boolean;
  readonly properties?: Readonly<Record<string, SchemaNode>>;
  readonly additionalProperties?: boolean | SchemaNode;
  readonly propertyNames?: SchemaNode;
  readonly items?: SchemaNode;
  readonly anyOf?: readonly SchemaNode[];
  readonly oneOf?: readonly SchemaNode[];
}

const built = new Map<KnownNames | undefined, SchemaNode>();

/** Draft 2020-12, of the file as written: keys with a default are optional. Built once, because it takes 25 ms. */
export function configJsonSchema(known?: KnownNames): SchemaNode {
  const schema = built.get(known) ?? buildJsonSchema(known);
  built.set(known, schema);
  return schema;
}

function buildJsonSchema(known: KnownNames | undefined): SchemaNode {
  const schema = z.toJSONSchema(configSchema(known), { io: "input", override: adapted });
  return { title: "mlctl config.json", ...schema } as SchemaNode;
}

/** Removes the bounds ±(2⁵³ − 1) that zod adds to every integer. A secret is `writeOnly`, as JSON Schema calls it. */
function adapted({ jsonSchema }: { jsonSchema: z.core.JSONSchema.BaseSchema }): void {
  if (typeof jsonSchema[SECRET] === "string" && jsonSchema.type === "string") jsonSchema.writeOnly = true;
  delete jsonSchema[SECRET];
  if (jsonSchema.maximum === Number.MAX_SAFE_INTEGER) delete jsonSchema.maximum;
  if (jsonSchema.minimum === Number.MIN_SAFE_INTEGER) delete jsonSchema.minimum;
}

/** The schemas of one key: several if it is a union, none if there is no such key. */
export function schemaNodesAt(root: SchemaNode, path: readonly PropertyKey[]): SchemaNode[] {
  let nodes = alternatives(root);
  for (const key of path) nodes = nodes.flatMap((node) => child(node, key)).flatMap(alternatives);
  return nodes;
}

function child(node: SchemaNode, key: PropertyKey): SchemaNode[] {
  if (node.type === "array") return node.items === undefined ? [] : [node.items];
  const property = Object.hasOwn(node.properties ?? {}, key) ? node.properties?.[String(key)] : undefined;
  if (property !== undefined) return [property];
  return typeof node.additionalProperties === "object" ? [node.additionalProperties] : [];
}

function alternatives(node: SchemaNode): SchemaNode[] {
  const branches = node.anyOf ?? node.oneOf;
  return branches === undefined ? [node] : branches.flatMap(alternatives);
}
