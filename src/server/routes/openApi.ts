/** The OpenAPI document: the declared endpoints, and the schemas of rows and predictions from the deployed model. */
import type { Config } from "../../config/schema/schema.ts";
import type { ColumnSpec, Signature } from "../../core/table/table.ts";
import { dateText } from "../../core/text/format.ts";
import { describedInput, exampleRow, type ServedModel } from "../../lifecycle/predict/servedModel.ts";
import { expectedCell } from "../../pipeline/rows/conformTable.ts";
import * as shapes from "../http/shapes.ts";
import { responseNames } from "../predictions/responseDocument.ts";

const { byName, list, number, object, ref, text, whole, withReferences } = shapes;

const MAX_CATEGORIES = 50;

interface DocumentOptions {
  readonly config: Config;
  readonly codeVersion: string;
  readonly served: ServedModel | undefined;
}

export function openApi(paths: object, { config, codeVersion, served }: DocumentOptions): object {
  const { token, tokens, base_path } = config.serve;
  const components: Record<string, unknown> = {};
  const isProtected = token !== null || tokens.length > 0;
  const description =
    "Each response has an X-Request-Id: that of the request, or a new one; not those to bytes that could not be read as a request (400, 408, 431). A valid traceparent is returned. Query parameters that are not described are refused.";
  return {
    openapi: "3.1.0",
    info: { title: config.name, version: codeVersion, description },
    servers: [{ url: base_path === "" ? "/" : base_path }],
    paths: withReferences(paths, components),
    components: {
      schemas: { ...components, ...rowSchemas(served, config), ...predictionSchemas(served, config) },
      ...(isProtected && { securitySchemes: { bearer: { type: "http", scheme: "bearer" } } }),
    },
    ...(isProtected && { security: [{ bearer: [] }] }),
  };
}

function rowSchemas(served: ServedModel | undefined, config: Config): Record<string, shapes.JsonSchema> {
  const row = ref("Row");
  const split = object({ columns: list(text), data: list(list({})) });
  const ofMlflow = {
    DataframeSplit: object({ dataframe_split: split }),
    DataframeRecords: object({ dataframe_records: list(row) }),
    Instances: object({ instances: list(row) }),
    Inputs: object({ inputs: list(row) }),
  };
  const forms = Object.keys(ofMlflow).map(ref);
  return {
    Row: rowSchema(served, config),
    ...ofMlflow,
    RowsInData: object({ data: list(row) }),
    Rows: { anyOf: [row, list(row), ref("RowsInData"), ...forms] },
    Invocation: { oneOf: forms },
  };
}

function rowSchema(served: ServedModel | undefined, { serve }: Config): shapes.JsonSchema {
  if (served === undefined)
    return { type: "object", description: "one value for each column of the model; no model is deployed" };
  const { inputs, reading } = served.model.signature;
  const aliases = Object.entries(serve.request_aliases);
  const aliased = new Set(aliases.map(([, name]) => name));
  const schemas = new Map(
    inputs.map((spec) => [
      spec.name,
      columnSchema(describedInput(spec, served.model), { ...serve.validation, reading }),
    ]),
  );
  const names = served.names.map((name) => [name, NAMES_ROW] as const);
  const alternatives = aliases.map(([alias, name]) => [alias, schemas.get(name) ?? {}] as const);
  // What ingest.select computes may be given as the columns that its expression reads.
  const isRequired = (name: string): boolean =>
    serve.validation.missing === "error" && !Object.hasOwn(served.computed, name) && !aliased.has(name);
  return {
    type: "object",
    description: rowDescription(served),
    required: inputs.map(({ name }) => name).filter(isRequired),
    properties: Object.fromEntries([...schemas, ...names, ...alternatives]),
    example: Object.fromEntries(exampleRow(served.model).map(({ name, value }) => [name, value])),
  };
}

const NAMES_ROW = {
  type: ["string", "number", "null"],
  description:
    "names the row: not used by the model, but kept in the prediction log, where labels and `mlctl predictions list --id` find it",
};

function rowDescription({ computed }: ServedModel): string {
  const columns = Object.entries(computed).map(([name, sql]) => `"${name}" from ${sql}`);
  const both = `these columns, or those of the files, from which ingest.select computes ${columns.join(", ")}`;
  const digits = "An integer beyond 2^53 keeps its digits; where it is echoed in JSON, it is a string.";
  return `${columns.length === 0 ? "one value for each column" : both}. ${digits}`;
}

/**
 * Limits are those of requests: what the training rows had is in `x-training-range`, because a generated client or a gateway
 * would refuse rows that the API only warns about. @param how.range `serve.validation.range`
 */
export function columnSchema(
  { name, kind, integer, minimum, maximum, categories }: ColumnSpec,
  { range, reading }: { readonly range: Config["serve"]["validation"]["range"] } & Pick<Signature, "reading">,
): shapes.JsonSchema {
  if (kind === "category")
    return { type: ["string", "null"], ...(categories && { examples: categories.slice(0, MAX_CATEGORIES) }) };
  const isNumber = kind === "number";
  const bounds = minimum === undefined || maximum === undefined ? [] : [minimum, maximum];
  const seen = isNumber ? bounds : bounds.map(dateText);
  const inTraining = seen.length === 0 ? "" : `; in the training rows ${seen[0]} to ${seen[1]}`;
  const known = seen.length === 0 ? {} : { "x-training-range": seen };
  if (isNumber) {
    const limits = range === "error" && seen.length > 0 ? { minimum, maximum } : {};
    const format = integer === true ? "int64" : "double";
    const description = integer === true ? "an integer" : expectedCell({ reading }, name, kind);
    return { type: ["number", "string", "null"], format, ...limits, ...known, description: description + inTraining };
  }
  // Without `format`: a client that checks it would refuse most of these forms.
  const forms = `${expectedCell({ reading }, name, kind)}, or as 2024-01-31T08:15:00Z, 2024/1/31 or 31-Jan-2024`;
  return { type: ["string", "null"], ...known, description: `${forms}; UTC if no time zone is given${inTraining}` };
}

function predictionSchemas(served: ServedModel | undefined, { serve }: Config): Record<string, shapes.JsonSchema> {
  const names = responseNames(serve);
  const value = valueSchema(served);
  const echoed = (of: (schema: shapes.JsonSchema) => shapes.JsonSchema): Record<string, shapes.Shape<unknown>> =>
    Object.fromEntries(serve.echo.map((name) => [name, of({ type: ["string", "number", "boolean", "null"] })]));
  const probability = { ...number, description: "of the positive of two classes, else of the predicted class" };
  const classes = { ...byName(number), description: "by class" };
  const one = { [names.probability]: probability, [names.probabilities]: classes };
  const many = { [names.probabilities]: list(probability), [names.classProbabilities]: list(classes) };
  const always = served?.labels ? { one, many } : {};
  const sometimes = served === undefined ? { one, many } : {};
  const explanation = ref("Explanation");
  const shap = {
    anyOf: [number, list(number)],
    description: "of more than two classes a list, in the order of `classes`",
  };
  const warnings = { warnings: list(ref("Finding")) };
  const [version, id] = [{ [names.version]: text }, { ...text, description: "by which its label is joined" }];
  return {
    Prediction: object(
      { [names.prediction]: value, ...always.one, ...version, [names.id]: id, ...warnings },
      { ...sometimes.one, explanation, ...echoed((each) => each) },
    ),
    Predictions: object(
      { [names.predictions]: list(value), ...always.many, ...version, [names.ids]: list(id), ...warnings },
      { ...sometimes.many, explanations: list(explanation), warning_count: whole, ...echoed(list) },
    ),
    Explanation: object({ unit: text, base_value: shap, contributions: byName(shap) }, { classes: list(text) }),
    Invoked: object({ predictions: list(value) }, { ...warnings, warning_count: whole }),
  };
}

function valueSchema(served: ServedModel | undefined): shapes.JsonSchema {
  if (served === undefined) return {};
  const { labels } = served;
  if (labels === null) return number;
  return {
    type: labels.every((label) => typeof label === "number") ? "number" : "string",
    examples: labels.slice(0, MAX_CATEGORIES),
  };
}
