/** The OpenAPI document: the routes from fastify, and the schema of rows from the deployed model. */
import type { ColumnSpec } from "../../core/table/signature.ts";
import { exampleRow, type ServedModel } from "../../lifecycle/predict/servedModel.ts";

type Schema = Readonly<Record<string, unknown>>;

/** Maximum number of categories listed for a column. */
const MAX_CATEGORIES = 50;

/** @param routes the document that @fastify/swagger generates */
export function openApi(
  routes: object,
  served: ServedModel | undefined,
  options: { tokens: boolean; basePath: string },
): object {
  const { components, ...rest } = routes as { components?: object };
  const security = { bearer: { type: "http", scheme: "bearer" } };
  return {
    ...rest,
    ...(options.basePath === "" ? {} : { servers: [{ url: options.basePath }] }),
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
  if (served === undefined)
    return { type: "object", description: "one value for each column of the model; no model is deployed" };
  const { inputs } = served.model.signature;
  return {
    type: "object",
    description: rowDescription(served),
    // What ingest.select computes may be given as the columns that its expression reads.
    required: inputs.map(({ name }) => name).filter((name) => !Object.hasOwn(served.computed, name)),
    properties: Object.fromEntries(inputs.map((spec) => [spec.name, columnSchema(spec)])),
    example: Object.fromEntries(exampleRow(served.model).map(({ name, value }) => [name, value])),
  };
}

function rowDescription({ computed }: ServedModel): string {
  const columns = Object.entries(computed).map(([name, sql]) => `"${name}" from ${sql}`);
  const both = `these columns, or those of the files, from which ingest.select computes ${columns.join(", ")}`;
  const digits = "An integer beyond 2^53 keeps its digits; where it is echoed in JSON, it is a string.";
  return `${columns.length === 0 ? "one value for each column" : both}. ${digits}`;
}

function columnSchema({ kind, minimum, maximum, categories, integer }: ColumnSpec): Schema {
  if (kind === "number") {
    const range = minimum === undefined ? "" : `range in the training rows: ${minimum} to ${maximum}`;
    return { type: [integer === true ? "integer" : "number", "string", "null"], description: range };
  }
  if (kind === "date")
    return { type: ["string", "null"], description: "ISO 8601, or as 31-Jul-2024; UTC if no time zone is given" };
  return { type: ["string", "null"], ...(categories && { examples: categories.slice(0, MAX_CATEGORIES) }) };
}
