/** The OpenAPI document: what fastify knows of the routes, and what the deployed model knows of its rows. */
import type { ColumnSpec } from "../../core/table/signature.ts";
import { exampleRow, type ServedModel } from "../../lifecycle/predict/servedModel.ts";

type Schema = Readonly<Record<string, unknown>>;

/** Categories listed in a schema. */
const MOST_CATEGORIES = 50;

/** @param routes as @fastify/swagger writes it */
export function openApi(routes: object, served: ServedModel | undefined, options: { tokens: boolean }): object {
  const { components, ...rest } = routes as { components?: object };
  const security = { bearer: { type: "http", scheme: "bearer" } };
  return {
    ...rest,
    components: {
      ...components,
      schemas: rowSchemas(served),
      ...(options.tokens ? { securitySchemes: security } : {}),
    },
    ...(options.tokens ? { security: [{ bearer: [] }] } : {}),
  };
}

function rowSchemas(served: ServedModel | undefined): Record<string, Schema> {
  const list = (items: Schema): Schema => ({ type: "array", items });
  const row = { $ref: "#/components/schemas/Row" };
  const wrapped = (name: string): Schema => ({ type: "object", required: [name], properties: { [name]: list(row) } });
  const split = {
    type: "object",
    required: ["columns", "data"],
    properties: { columns: list({ type: "string" }), data: list({ type: "array" }) },
  };
  return {
    Row: rowSchema(served),
    Rows: { anyOf: [row, list(row), wrapped("data"), wrapped("inputs")] },
    Invocation: {
      oneOf: [
        { type: "object", required: ["dataframe_split"], properties: { dataframe_split: split } },
        ...["dataframe_records", "instances", "inputs"].map(wrapped),
      ],
    },
    Problem: {
      type: "object",
      description: "RFC 9457",
      properties: {
        type: { type: "string" },
        title: { type: "string" },
        status: { type: "integer" },
        detail: { type: "string" },
        hint: { type: "string" },
        errors: list({ type: "object" }),
      },
    },
  };
}

function rowSchema(served: ServedModel | undefined): Schema {
  if (served === undefined) return { type: "object", description: "the deployed model's columns: none is deployed" };
  const { inputs } = served.model.signature;
  return {
    type: "object",
    required: inputs.map(({ name }) => name),
    properties: Object.fromEntries(inputs.map((spec) => [spec.name, columnSchema(spec)])),
    example: Object.fromEntries(exampleRow(served.model).map(({ name, value }) => [name, value])),
  };
}

function columnSchema({ kind, minimum, maximum, categories, integer }: ColumnSpec): Schema {
  if (kind === "number") {
    const range = minimum === undefined ? "" : `in training ${minimum} to ${maximum}`;
    return { type: [integer === true ? "integer" : "number", "string", "null"], description: range };
  }
  if (kind === "date") return { type: ["string", "null"], description: "ISO 8601, or 31-Jul-2024; UTC without a zone" };
  return { type: ["string", "null"], ...(categories && { examples: categories.slice(0, MOST_CATEGORIES) }) };
}
