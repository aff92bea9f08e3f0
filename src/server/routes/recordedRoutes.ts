/** GET /score, /summarise, /diagnose and /model: recorded results of the deployed model; nothing is computed or changed. */
import type { ColumnReference } from "../../core/records/reference.ts";
import type { Session } from "../../lifecycle/session.ts";
import { exampleRow, type ServedModel } from "../../lifecycle/predict/servedModel.ts";
import type { Guards } from "../http/guards.ts";
import { sendJson, type App } from "../http/http.ts";
import { requireServing, type ServerState } from "../state/serverState.ts";

export function registerRecorded(app: App, state: ServerState, guards: Guards): void {
  const route = (url: string, summary: string, document: (session: Session, served: ServedModel) => object): void => {
    const schema = { summary, tags: ["model"] };
    app.get(url, { onRequest: guards.read, schema }, async (_request, reply) => {
      const { served } = requireServing(state);
      return sendJson(reply, document({ ...state.workspace, store: state.store.current() }, served));
    });
  };
  route("/score", "Newest score of the deployed model on the test data", scoreDocument);
  route("/summarise", "Statistics of the deployed model's training rows, by column", (_, served) =>
    summaryDocument(served),
  );
  route("/diagnose", "Missing values, durations, warnings and health of the deployment", (session, served) =>
    diagnosis(session, served, state.refusal),
  );
  route("/model", "The deployed model: signature, metrics and lineage", modelDocument);
}

function scoreDocument({ store }: Session, { deployment }: ServedModel): object {
  const score = store.run(deployment.runId)?.score;
  if (!score) {
    const { metric, value, runId } = deployment;
    return { score: value, metric, model_version: runId, scored_at: deployment.deployedAt };
  }
  return {
    score: score.value,
    metric: score.metric,
    interval: score.interval,
    metrics: score.metrics,
    intervals: score.intervals,
    baseline: score.baseline,
    confusion_matrix: score.confusionMatrix,
    class_report: score.classReport,
    rows: score.rows,
    model_version: deployment.runId,
    scored_at: score.createdAt,
  };
}

function summaryDocument({ model, deployment }: ServedModel): object {
  const { rows, columns, prediction } = model.reference;
  const all = Object.entries(columns);
  return {
    model_version: deployment.runId,
    rows,
    summary: Object.fromEntries(all.map(([name, column]) => [name, columnSummary(column)])),
    prediction: prediction === null ? null : columnSummary(prediction),
    missing: missingShares(model.reference.columns),
  };
}

function columnSummary(column: ColumnReference): object {
  if (column.kind === "category") return { distinct: column.counts.length, top: column.counts.slice(0, 10) };
  const { mean, standardDeviation, quantiles } = column;
  const at = (percent: number): number | null => quantiles[percent] ?? null;
  return {
    mean,
    median: at(50),
    standard_deviation: standardDeviation,
    minimum: at(0),
    q25: at(25),
    q75: at(75),
    maximum: at(100),
  };
}

function missingShares(columns: Readonly<Record<string, ColumnReference>>): Record<string, number> {
  return Object.fromEntries(
    Object.entries(columns).map(([name, { count, missing }]) => [name, missing / Math.max(1, count + missing)]),
  );
}

function diagnosis({ store }: Session, { model, deployment }: ServedModel, refusal: string | null): object {
  const run = store.run(deployment.runId);
  const dataset = run && (store.dataset(run.datasetId) ?? store.dataset(run.datasetSha256));
  const newest = store.latestModelRun();
  return {
    model_version: deployment.runId,
    missing_values: missingShares(model.reference.columns),
    execution_time: { ingest: dataset?.seconds ?? null, train: run?.seconds ?? null },
    warnings: [...(run?.warnings ?? []), ...(refusal === null ? [] : [`a newer deployment is refused: ${refusal}`])],
    deployed_at: deployment.deployedAt,
    reasons: deployment.reasons,
    newest_run: newest === undefined ? null : { run_id: newest.runId, created_at: newest.createdAt },
    // The command also reads the data and package registries; a GET request must not.
    more: "run `mlctl diagnose` for drift, outdated packages and the integrity of the artifacts",
  };
}

function modelDocument({ store }: Session, { model, deployment, computed }: ServedModel): object {
  const run = store.run(deployment.runId);
  const { inputs, target } = model.signature;
  return {
    model_version: deployment.runId,
    version: run?.modelVersion ?? null,
    family: model.estimator.family,
    task: target.task,
    threshold: model.threshold,
    signature: {
      inputs: inputs.map(({ missingShare, ...column }) => ({ ...column, missing_share: missingShare })),
      target,
      ...(Object.keys(computed).length === 0 ? {} : { computed }),
    },
    example: Object.fromEntries(exampleRow(model).map(({ name, value }) => [name, value])),
    metrics: { validation: model.metrics, test: run?.score?.metrics ?? null },
    importance: model.importance,
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
      seed: model.lineage.seed,
      feature_set: model.lineage.featureSet,
      training_rows: model.lineage.trainingRows,
      validation_rows: model.lineage.validationRows,
      code_version: model.codeVersion,
    },
  };
}
