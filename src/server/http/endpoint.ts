/** Declares an endpoint once: its query parameters are read, and the OpenAPI document is written, from the same declaration. */
import type { Scope } from "./access.ts";
import { HttpProblem, PROBLEMS, PROBLEM_TYPE, type ProblemName } from "./problem.ts";
import { list, named, object, oneOf, text, whole, anything, type JsonSchema, type Shape } from "./shapes.ts";

type Content = Readonly<Record<string, JsonSchema>>;

/** Query parameters by name; numbers have limits. */
export type Parameters = Readonly<Record<string, JsonSchema & { readonly type: keyof typeof readers }>>;
export type ParameterValues = Readonly<Record<string, boolean | number | string | undefined>>;

export interface Endpoint {
  readonly id: string;
  readonly tag: "predict" | "labels" | "mlflow" | "model" | "health";
  readonly summary: string;
  readonly description?: string;
  /** A token needs one of them, where there are tokens; none: anybody may call it. */
  readonly scopes: readonly Scope[];
  readonly path?: Readonly<Record<string, JsonSchema>>;
  readonly query?: Parameters;
  readonly body?: Content;
  readonly returns: Content;
  /** What it can refuse beside what all can. */
  readonly problems?: readonly ProblemName[];
}

export interface Declared {
  readonly query: Parameters;
  readonly scopes: readonly Scope[];
  readonly operation: JsonSchema;
  /** Of a page: the names of its query parameters, which it reads itself. */
  readonly fields?: readonly string[];
}

const common = {
  all: ["bad-request", "misdirected", "headers-too-large", "internal-error", "overloaded"],
  guarded: ["unauthorized", "forbidden", "too-many-requests"],
  bodies: ["too-slow", "too-large", "unsupported-media-type", "invalid-rows"],
} as const satisfies Readonly<Record<string, readonly ProblemName[]>>;

const ENCODING =
  "Uncompressed: 415 for a Content-Encoding such as gzip. In UTF-8; text/csv also in another charset that it names.";

const finding = object(
  { message: text },
  {
    row: { ...whole, description: "from 0" },
    column: text,
    check: text,
    value: anything,
    suggestion: text,
    series: text,
  },
);
const problem: Shape<unknown> = named("Problem", {
  description: "RFC 9457",
  ...object(
    {
      type: oneOf(...Object.keys(PROBLEMS).map((name) => `urn:mlctl:problem:${name}`)),
      title: text,
      status: whole,
      detail: text,
    },
    {
      hint: { ...text, description: "the next step" },
      request_id: text,
      errors: list(named("Finding", finding)),
      error_count: whole,
      error_code: { ...text, description: "only of /invocations, as MLflow has it" },
      message: text,
    },
  ),
});

export function json(schema: JsonSchema): Content {
  return { "application/json": schema };
}

export function endpoint(declared: Endpoint): { readonly config: Declared } {
  const { scopes, id, tag, summary, description, path = {}, query = {}, body, returns, problems = [] } = declared;
  const refused = [
    ...common.all,
    ...(scopes.length > 0 ? common.guarded : []),
    ...(body === undefined ? [] : common.bodies),
    ...problems,
  ];
  const parameters = [
    ...Object.entries(path).map(([name, schema]) => ({ name, in: "path", required: true, schema })),
    ...Object.entries(query).map(([name, schema]) => ({ name, in: "query", required: false, schema })),
  ];
  const operation = {
    operationId: id,
    summary,
    ...(description !== undefined && { description }),
    tags: [tag],
    "x-scopes": scopes,
    ...(parameters.length > 0 && { parameters }),
    ...(body !== undefined && { requestBody: { required: true, description: ENCODING, content: content(body) } }),
    ...(scopes.length === 0 && { security: [] }),
    responses: {
      200: { description: "OK", content: content(returns) },
      ...problemResponses(refused),
    },
  };
  return { config: { query, scopes, operation } };
}

function content(byType: Content): JsonSchema {
  return Object.fromEntries(Object.entries(byType).map(([type, schema]) => [type, { schema }]));
}

function problemResponses(names: readonly ProblemName[]): Record<number, object> {
  const byStatus = Map.groupBy(new Set(names), (name) => PROBLEMS[name][0]);
  const type = PROBLEM_TYPE.split(";")[0]!;
  return Object.fromEntries(
    [...byStatus].map(([status, same]) => [
      status,
      { description: same.map((name) => PROBLEMS[name][1]).join("; "), content: content({ [type]: problem }) },
    ]),
  );
}

/**
 * The values of a query string; null for a page. An unknown parameter would be ignored, and ?model=v1 would silently return
 * predictions of another model.
 * @throws {HttpProblem} 400
 */
export function parameterValues(
  given: Readonly<Record<string, unknown>>,
  { query: declared = {}, fields }: Partial<Declared>,
): ParameterValues | null {
  const names = fields ?? Object.keys(declared);
  const unknown = Object.keys(given).find((name) => !names.includes(name));
  if (unknown !== undefined) {
    const hint = names.length === 0 ? "this address has no query parameters" : `known: ${names.join(", ")}`;
    throw new HttpProblem("bad-request", `unknown query parameter "${unknown.slice(0, 80)}"`, { hint });
  }
  if (fields !== undefined) return null;
  return Object.fromEntries(
    Object.entries(given).map(([name, value]) => {
      const { type, minimum, maximum } = declared[name]!;
      const [read, allowed] = readers[type];
      const found = read(value, declared[name]!);
      if (found !== undefined) return [name, found];
      const range = type === "number" ? ` from ${minimum} to ${maximum}` : "";
      throw new HttpProblem("bad-request", `the query parameter ${name} must be ${allowed}${range}`);
    }),
  );
}

const readers = {
  boolean: [readFlag, "true or false"],
  number: [readNumber, "one number"],
  string: [(value: unknown) => (typeof value === "string" && value !== "" ? value : undefined), "one name"],
} as const;

function readFlag(value: unknown): boolean | undefined {
  if (value === "true" || value === "1" || value === "") return true;
  return value === "false" || value === "0" ? false : undefined;
}

function readNumber(value: unknown, { minimum, maximum }: JsonSchema): number | undefined {
  const read = typeof value === "string" && /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i.test(value) ? Number(value) : NaN;
  return read >= (minimum as number) && read <= (maximum as number) ? read : undefined;
}
