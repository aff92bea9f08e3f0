/** The schema of config.json: every key with its type, default and one sentence; types, messages and JSON Schema follow from it. */
import { z } from "zod";
import { alertsSchema } from "./alertsSchema.ts";
import { ingestSchema } from "./ingestSchema.ts";
import { monitorSchema } from "./monitorSchema.ts";
import { retentionSchema, scheduleSchema } from "./operationSchema.ts";
import { costsSchema, limits, promotionSchema } from "./promotionSchema.ts";
import { serveSchema } from "./serveSchema.ts";
import { trainSchema } from "./trainSchema.ts";
import { watchSchema } from "./watchSchema.ts";

/** What the rest of the program knows by name; config sees no registry itself. */
export interface KnownNames {
  readonly families: readonly string[];
  readonly metrics: readonly string[];
  readonly features: readonly string[];
  /** Checks that need a registry (parameters of a family, options of a transform), run once the shape is right. */
  readonly problems?: (config: Config) => readonly ConfigProblem[];
}

export interface ConfigProblem {
  /** Keys joined with dots, as in "train.models.0.params.max_depth". */
  readonly path: string;
  readonly message: string;
}

/** The contract of config.json: its own snake_case keys, defaults filled in. */
export type Config = z.output<ReturnType<typeof configSchema>>;

const columnList = () => z.array(z.string().min(1)).default([]);

/** Without `known` any name passes. */
export function configSchema(known?: KnownNames) {
  const metric = nameSchema(known?.metrics);
  return z.strictObject({
    $schema: z.string().optional().describe("where editors find the JSON Schema of this file"),
    name: z.string().min(1).default("model").describe("what the model is called in reports"),
    input_folder_path: folder("sourcedata", "new files are looked for here, at any depth"),
    output_folder_path: folder("ingesteddata", "ingest writes its datasets here"),
    test_data_path: folder("testdata", "a file or folder that score judges models on; never trained on"),
    output_model_path: folder("models", "train writes models and scores here"),
    prod_deployment_path: folder("production_deployment", "deploy switches the model in here"),
    database: folder("mlctl.db", "the SQLite index of runs, datasets and deployments; rebuilt by `mlctl reindex`"),
    task: z
      .enum(["regression", "classification"])
      .nullable()
      .default(null)
      .describe("null: inferred from the values of the target"),
    target: z.string().min(1).describe("the column to predict"),
    positive_class: z
      .union([z.string(), z.number(), z.boolean()])
      .nullable()
      .default(null)
      .describe("two classes: the one that precision, recall and probabilities are about; null: the last in order"),
    id_columns: columnList().describe("columns that name a row; kept beside predictions, never features"),
    drop_columns: columnList().describe("columns that are not used at all"),
    time_column: z.string().min(1).nullable().default(null).describe("the column that says when a row happened"),
    ingest: ingestSchema().prefault({}).describe("how files become one clean dataset"),
    features: z
      .array(z.looseObject({ type: nameSchema(known?.features) }))
      .nullable()
      .default(null)
      .describe("transforms in order; null: chosen from the kinds of the columns"),
    train: trainSchema(nameSchema(known?.families), metric).prefault({}).describe("split, models and metric"),
    promotion: promotionSchema(limits(metric)).prefault({}).describe("when a new model replaces the deployed one"),
    costs: costsSchema().nullable().default(null).describe("what a decision costs, in money a row; null: not counted"),
    serve: serveSchema().prefault({}).describe("the HTTP API"),
    monitor: monitorSchema(limits(metric)).prefault({}).describe("drift, quality and performance over time"),
    alerts: alertsSchema().default([]).describe("who is told when a finding changes"),
    schedule: scheduleSchema().default([]).describe("what runs when"),
    retention: retentionSchema().prefault({}).describe("what `mlctl prune` keeps"),
    watch: watchSchema().prefault({}).describe("file drops: input to processed or errored, with a result each"),
  });
}

function folder(path: string, description: string) {
  return z.string().min(1).default(path).describe(`${description} (relative to this file)`);
}

/** One of `names`; the enumeration makes suggestions and editor completion. */
function nameSchema(names: readonly string[] | undefined): z.ZodType<string, string> {
  return names === undefined ? z.string().min(1) : z.enum(names as readonly [string, ...string[]]);
}
