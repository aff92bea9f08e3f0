/** The JSON Schema of config.json, for completion in editors and for looking up keys and types. */
import { z } from "zod";
import type { Path } from "../jsonPath.ts";
import { configSchema, type KnownNames } from "./schema.ts";
import { SECRET, type Secrecy } from "./values.ts";

/** The subset of JSON Schema that the schema of config.json uses. */
export interface SchemaNode {
  readonly title?: string;
  readonly description?: string;
  readonly type?: string;
  readonly const?: unknown;
  readonly enum?: readonly unknown[];
  readonly default?: unknown;
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
  const schema = built.get(known) ?? z.toJSONSchema(configSchema(known), { io: "input", override: adapted });
  const titled = { title: "mlctl config.json", ...schema } as SchemaNode;
  built.set(known, titled);
  return titled;
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
  for (const key of path) nodes = nodes.flatMap((node) => childNodes(node, key)).flatMap(alternatives);
  return nodes;
}

function childNodes(node: SchemaNode, key: PropertyKey): SchemaNode[] {
  if (node.type === "array") return node.items === undefined ? [] : [node.items];
  const property = Object.hasOwn(node.properties ?? {}, key) ? node.properties?.[String(key)] : undefined;
  if (property !== undefined) return [property];
  return typeof node.additionalProperties === "object" ? [node.additionalProperties] : [];
}

function alternatives(node: SchemaNode): SchemaNode[] {
  const branches = node.anyOf ?? node.oneOf;
  return branches === undefined ? [node] : branches.flatMap(alternatives);
}

export interface SecretSetting {
  readonly path: readonly string[];
  readonly secrecy: Secrecy;
}

interface Parts {
  readonly shape?: Readonly<Record<string, z.core.$ZodType>>;
  readonly options?: readonly z.core.$ZodType[];
  readonly innerType?: z.core.$ZodType;
  readonly element?: z.core.$ZodType;
  readonly valueType?: z.core.$ZodType;
}

const found = new WeakMap<z.core.$ZodType, readonly SecretSetting[]>();

/** Read from the schema itself, because its JSON Schema takes 25 ms; by section, because few have secrets. */
export function secretSettings(schema: z.ZodObject, sections = Object.keys(schema.shape)): readonly SecretSetting[] {
  return sections.flatMap((key) => {
    const section = Object.hasOwn(schema.shape, key) ? schema.shape[key] : undefined;
    if (section === undefined) return [];
    const known = found.get(section) ?? walk(section, [key]);
    found.set(section, known);
    return known;
  });
}

function walk(schema: z.core.$ZodType, path: readonly string[]): SecretSetting[] {
  const secrecy = z.globalRegistry.get(schema)?.[SECRET] as Secrecy | undefined;
  if (secrecy !== undefined) return [{ path, secrecy }];
  const { shape = {}, options = [], innerType, element, valueType } = (schema as z.ZodType).def as Parts;
  const same = innerType === undefined ? options : [innerType];
  const below = [element, valueType].filter((each) => each !== undefined);
  return [
    ...Object.entries(shape).flatMap(([key, child]) => walk(child, [...path, key])),
    ...same.flatMap((child) => walk(child, path)),
    ...below.flatMap((child) => walk(child, [...path, "*"])),
  ];
}

export function secrecyOf(settings: readonly SecretSetting[], at: Path): Secrecy | undefined {
  return settings.find(({ path }) => isUnder(at, path))?.secrecy;
}

/** Whether a path is the other one or below it; "*" matches any key. */
export function isUnder(path: Path, above: Path): boolean {
  return (
    above.length <= path.length &&
    above.every((key, i) => key === "*" || path[i] === "*" || String(key) === String(path[i]))
  );
}
