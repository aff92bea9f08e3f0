/** The response of GET /model. */
import type { Session } from "../../lifecycle/session.ts";
import { describedInput, exampleRow, type DeployedServedModel } from "../../lifecycle/predict/servedModel.ts";
import { importanceByColumn } from "../../lifecycle/settings.ts";
import * as shapes from "../http/shapes.ts";

const { anything, byName, flag, list, named, number, object, oneOf, orNull, pairs, text, whole } = shapes;

const metrics = byName(orNull(number));
const columnShape = object(
  { name: text, kind: oneOf("number", "date", "category"), missing_share: number },
  {
    integer: flag,
    minimum: number,
    maximum: number,
    categories: list(text),
    category_count: whole,
    truncated: flag,
  },
);
const task = oneOf("binary", "multiclass", "regression");

export const modelShape = named(
  "Model",
  object({
    model_version: text,
    version: orNull(whole),
    family: text,
    task,
    threshold: orNull(number),
    signature: object(
      {
        inputs: list(columnShape),
        target: object({ name: text, task }, { classes: list(text) }),
      },
      { computed: byName(text) },
    ),
    example: byName(anything),
    metrics: object({ validation: metrics, test: orNull(metrics) }),
    importance: list(pairs(text, number)),
    deployment: object({
      deployment_id: whole,
      deployed_at: text,
      action: oneOf("deploy", "rollback", "force"),
      previous_run_id: orNull(text),
      reasons: list(text),
      aliases: list(text),
    }),
    lineage: object({
      model_sha256: text,
      dataset_sha256: text,
      config_sha256: text,
      seed: whole,
      feature_set: text,
      training_rows: whole,
      validation_rows: whole,
      code_version: text,
    }),
  }),
);

export function modelDocument(
  { store }: Session,
  { model: deployed, deployment, computed }: DeployedServedModel,
): shapes.Shaped<typeof modelShape> {
  const run = store.run(deployment.runId);
  const { inputs, target } = deployed.signature;
  return {
    model_version: deployment.runId,
    version: run?.modelVersion ?? null,
    family: deployed.estimator.family,
    task: target.task,
    threshold: deployed.threshold,
    signature: {
      inputs: inputs.map((spec) => {
        const { missingShare, categoryCount, ...rest } = describedInput(spec, deployed);
        return {
          ...rest,
          missing_share: missingShare,
          ...(categoryCount !== undefined && { category_count: categoryCount }),
        };
      }),
      target,
      ...(Object.keys(computed).length === 0 ? {} : { computed }),
    },
    example: Object.fromEntries(exampleRow(deployed).map(({ name, value }) => [name, value])),
    metrics: { validation: deployed.metrics, test: run?.score?.metrics ?? null },
    importance: importanceByColumn(deployed),
    deployment: {
      deployment_id: deployment.deploymentId,
      deployed_at: deployment.deployedAt,
      action: deployment.action,
      previous_run_id: deployment.previousRunId,
      reasons: deployment.reasons,
      aliases: deployment.aliases,
    },
    lineage: {
      model_sha256: deployment.model.sha256,
      dataset_sha256: deployment.datasetSha256,
      config_sha256: deployment.configSha256,
      seed: deployed.lineage.seed,
      feature_set: deployed.lineage.featureSet,
      training_rows: deployed.lineage.trainingRows,
      validation_rows: deployed.lineage.validationRows,
      code_version: deployed.codeVersion,
    },
  };
}
