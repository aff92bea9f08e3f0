/** The schema of config.json: types, messages and the JSON Schema derive from it. */
import { z } from "zod";
import { alertsSchema, monitorSchema } from "./monitorSchema.ts";
import { ingestSchema } from "./ingestSchema.ts";
import { limitsSchema, retentionSchema, scheduleSchema, workersSchema, watchSchema } from "./operationSchema.ts";
import { costsSchema, limits, promotionSchema } from "./promotionSchema.ts";
import { serveSchema } from "./serveSchema.ts";
import { trainSchema } from "./trainSchema.ts";
import { orNull, text, texts } from "./values.ts";

/** Names from the registries, passed in because config may not import them. */
export interface KnownNames {
  readonly families: readonly string[];
  readonly metrics: readonly string[];
  readonly features: readonly string[];
  readonly driftTests?: string;
  /** Checks that need a registry (parameters of a family, options of a transform); run on a valid configuration. */
  readonly problems?: (config: Config) => readonly ConfigProblem[];
}

export interface ConfigProblem {
  readonly path: string;
  readonly message: string;
}

export type Config = z.output<ConfigSchema>;

type ConfigSchema = ReturnType<typeof buildSchema>;

const built = new Map<KnownNames | undefined, ConfigSchema>();

/** Built once, because that takes long. @param known allowed names; without it any name is valid */
export function configSchema(known?: KnownNames): ConfigSchema {
  const schema = built.get(known) ?? buildSchema(known);
  built.set(known, schema);
  return schema;
}

function buildSchema(known: KnownNames | undefined) {
  const metric = nameSchema(known?.metrics);
  return z.strictObject({
    $schema: z.string().optional().describe("path of the JSON Schema of this file, for editors"),
    extends: text()
      .optional()
      .describe(
        "path of another configuration, relative to this file: what it sets counts here too, unless this file sets it; objects are merged, lists replaced",
      ),
    name: text().default("model").describe("name of the model in reports"),
    description: orNull(text()).describe("what the model is for, and what it is not for: shown on its card"),
    input_folder_path: folder("sourcedata", "folder of input files, at any depth"),
    output_folder_path: folder("ingesteddata", "ingest writes datasets here"),
    test_data_path: folder(
      "testdata",
      "test set: a file or folder that score evaluates models on; never used for training",
    ),
    output_model_path: folder("models", "train writes models and scores here"),
    prod_deployment_path: folder("production_deployment", "deploy puts the deployed model here"),
    database: folder(
      "mlctl.db",
      "the SQLite index of runs, datasets and deployments, rebuilt by `mlctl reindex`; or postgres://user@host/database, which several machines share (`mlctl share`)",
    ),
    artifacts: orNull(text()).describe(
      "s3://bucket/prefix: models and datasets are kept there too, for machines without a common folder; needs `database` to be postgres://…",
    ),
    task: orNull(z.enum(["regression", "classification"])).describe("null: inferred from the values of the target"),
    target: text().describe("the column to predict"),
    positive_class: orNull(z.union([z.string(), z.number(), z.boolean()])).describe(
      "two classes: the class that precision, recall and probabilities refer to; null: the last in sort order",
    ),
    id_columns: texts().describe("columns that identify a row; copied to the predictions, never used as features"),
    drop_columns: texts().describe("columns to ignore"),
    time_column: orNull(text()).describe("column with the time of each row"),
    ingest: ingestSchema().prefault({}).describe("how files are combined into one clean dataset"),
    features: orNull(z.array(z.looseObject({ type: nameSchema(known?.features) }))).describe(
      "transforms, in order; null: chosen by the kinds of the columns",
    ),
    train: trainSchema(nameSchema(known?.families), metric).prefault({}).describe("split, models and metric"),
    promotion: promotionSchema(limits(metric)).prefault({}).describe("when a new model replaces the deployed one"),
    costs: orNull(costsSchema()).describe("cost of right and wrong predictions, in money per row; null: not used"),
    serve: serveSchema().prefault({}).describe("the HTTP API"),
    monitor: monitorSchema(limits(metric), known?.driftTests)
      .prefault({})
      .describe("monitoring of drift, data quality and performance"),
    alerts: alertsSchema().default([]).describe("notifications when findings change"),
    schedule: scheduleSchema().default([]).describe("scheduled jobs"),
    workers: workersSchema()
      .prefault({})
      .describe("workers of a shared workspace, which help `tune`, `train` and others (`mlctl worker`)"),
    retention: retentionSchema().prefault({}).describe("what `mlctl prune` keeps"),
    limits: limitsSchema().prefault({}).describe("limits on what mlctl takes of the machine"),
    watch: watchSchema()
      .prefault({})
      .describe("watch folder: each file in input is predicted and moved to processed or errored"),
  });
}

function folder(path: string, description: string) {
  return text().default(path).describe(`${description} (relative to this file)`);
}

/** An enum of `names`, so that errors suggest one and editors complete it. */
function nameSchema(names: readonly string[] | undefined): z.ZodType<string, string> {
  return names === undefined ? text() : z.enum(names as readonly [string, ...string[]]);
}
