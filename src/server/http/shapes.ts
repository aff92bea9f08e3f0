/** JSON schemas that carry the TypeScript type of what they describe: what a route returns and its OpenAPI are one definition. */

export type JsonSchema = Readonly<Record<string | symbol, unknown>>;

declare const typed: unique symbol;
const nameOf = Symbol("name");

/** At run time a JSON schema, and nothing else. */
export type Shape<T> = JsonSchema & { readonly [typed]?: T };

export type Shaped<S> = S extends { readonly [typed]?: infer T } ? T : never;

type Shapes = Readonly<Record<string, Shape<unknown>>>;
type Members<P extends Shapes> = { readonly [K in keyof P]: Shaped<P[K]> };

const shape = <T>(schema: JsonSchema): Shape<T> => schema;

export const text = shape<string>({ type: "string" });
export const number = shape<number>({ type: "number" });
export const whole = shape<number>({ type: "integer" });
export const flag = shape<boolean>({ type: "boolean" });
export const anything = shape<unknown>({});
export const list = <T>(items: Shape<T>) => shape<readonly T[]>({ type: "array", items });
export const byName = <T>(values: Shape<T>) =>
  shape<Readonly<Record<string, T>>>({ type: "object", additionalProperties: values });
export const orNull = <T>(of: Shape<T>) =>
  shape<T | null>(
    typeof of["type"] === "string" && of[nameOf] === undefined
      ? { ...of, type: [of["type"], "null"] }
      : { anyOf: [of, NULL] },
  );
/** Without prefixItems, which few generators know. */
export const pairs = <A, B>(first: Shape<A>, second: Shape<B>) =>
  shape<readonly [A, B]>({ type: "array", items: { anyOf: [first, second] }, minItems: 2, maxItems: 2 });
export const oneOf = <T extends string>(...values: readonly T[]) => shape<T>({ type: "string", enum: values });
const NULL = { type: "null" };

export function object<P extends Shapes>(properties: P): Shape<Members<P>>;
export function object<P extends Shapes, Q extends Shapes>(
  properties: P,
  optional: Q,
): Shape<Members<P> & Partial<Members<Q>>>;
export function object(properties: Shapes, optional: Shapes = {}): Shape<unknown> {
  return { type: "object", required: Object.keys(properties), properties: { ...properties, ...optional } };
}

/** The members of a shape, from a record that has them in camelCase. Tests check every response, the compiler does not. */
export function shaped<T>(of: Shape<T>, record: unknown): T {
  if (typeof record !== "object" || record === null) return record as T;
  const { properties, additionalProperties, items, anyOf } = of as {
    readonly properties?: Shapes;
    readonly additionalProperties?: Shape<unknown>;
    readonly items?: Shape<unknown>;
    readonly anyOf?: readonly [Shape<unknown>, unknown];
  };
  if (anyOf !== undefined) return shaped(anyOf[0], record) as T;
  if (Array.isArray(record)) return record.map((each) => shaped(items ?? {}, each)) as T;
  const known = record as Readonly<Record<string, unknown>>;
  if (properties === undefined) {
    const entries = Object.entries(known).map(([name, value]) => [name, shaped(additionalProperties ?? {}, value)]);
    return Object.fromEntries(entries) as T;
  }
  const members = Object.entries(properties).map(([name, own]) => {
    const key = name.replaceAll(/_([a-z])/g, (_, letter: string) => letter.toUpperCase());
    return [name, shaped(own, known[key])] as const;
  });
  return Object.fromEntries(members.filter(([, value]) => value !== undefined)) as T;
}

/** In the document, the shape is a component with this name. */
export const named = <T>(name: string, of: Shape<T>) => shape<T>({ ...of, [nameOf]: name });

/** A component that the document adds by itself. */
export const ref = (name: string) => shape<unknown>({ $ref: `#/components/schemas/${name}` });

/** The same with references for named shapes, which are put into `components`. */
export function withReferences(node: unknown, components: Record<string, unknown>): unknown {
  if (Array.isArray(node)) return node.map((each) => withReferences(each, components));
  if (typeof node !== "object" || node === null) return node;
  const copy = Object.fromEntries(Object.entries(node).map(([key, value]) => [key, withReferences(value, components)]));
  const name = (node as Readonly<Record<symbol, unknown>>)[nameOf] as string | undefined;
  if (name === undefined) return copy;
  components[name] = copy;
  return ref(name);
}
