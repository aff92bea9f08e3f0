/** GET /score, /summarise, /diagnose and /model: recorded results of the deployed model; nothing is computed or changed. */
import { frequentCategories, type ColumnReference } from "../../core/records/model.ts";
import type { Session } from "../../lifecycle/session.ts";
import type { DeployedServedModel } from "../../lifecycle/predict/servedModel.ts";
import { endpoint, json, type Endpoint } from "../http/endpoint.ts";
import { sendJson, type App } from "../http/http.ts";
import * as shapes from "../http/shapes.ts";
import { modelDocument, modelShape } from "./modelDocument.ts";
import { requireServing, type ServerState } from "../state/serverState.ts";

const { byName, list, named, number, object, orNull, pairs, text, whole } = shapes;

export function registerRecorded(app: App, state: ServerState): void {
  const route = <T>(
    url: string,
    [id, summary, returned]: [id: string, summary: string, shapes.Shape<T>],
    document: (session: Session, served: DeployedServedModel) => T,
    scopes: Endpoint["scopes"] = ["read"],
  ): void => {
    const returns = json(returned);
    const declared = endpoint({ id, tag: "model", scopes, summary, returns, problems: ["not-ready"] });
    app.get(url, declared, (_request, reply) => {
      const { served } = requireServing(state);
      return sendJson(reply, document({ ...state.workspace, store: state.store.current() }, served));
    });
  };
  route("/score", ["getScore", "Newest score of the deployed model on the test data", score], scoreDocument);
  const statistics = "Statistics of the deployed model's training rows, by column";
  route("/summarise", ["getSummary", statistics, summary], (_, served) => summaryDocument(served));
  const health = "Missing values, durations, warnings and health of the deployment";
  route("/diagnose", ["getDiagnosis", health, diagnosis], (session, served) =>
    diagnosisDocument(session, served, state.refusal),
  );
  // Callers of /predict need the columns.
  const described = "The deployed model: signature, metrics and lineage";
  route("/model", ["getModel", described, modelShape], modelDocument, ["read", "predict"]);
}

const metrics = byName(orNull(number));
const interval = orNull(pairs(number, number));
const shares = byName(number);

const score = named(
  "Score",
  object(
    { score: orNull(number), metric: text, model_version: text, scored_at: text },
    {
      interval,
      metrics,
      intervals: byName(interval),
      baseline: metrics,
      naive: object({ family: text, metrics }),
      confusion_matrix: orNull(list(list(whole))),
      class_report: orNull(
        list(
          object({
            label: text,
            precision: number,
            recall: number,
            f1: number,
            support: whole,
          }),
        ),
      ),
      rows: whole,
    },
  ),
);

function scoreDocument({ store }: Session, { deployment }: DeployedServedModel): shapes.Shaped<typeof score> {
  const recorded = store.run(deployment.runId)?.score;
  if (!recorded) {
    const { metric, value, runId } = deployment;
    return { score: value, metric, model_version: runId, scored_at: deployment.deployedAt };
  }
  return {
    score: recorded.value,
    metric: recorded.metric,
    interval: recorded.interval,
    metrics: recorded.metrics,
    intervals: recorded.intervals,
    baseline: recorded.baseline,
    ...(recorded.naive && { naive: recorded.naive }),
    confusion_matrix: recorded.confusionMatrix,
    class_report: recorded.classReport,
    rows: recorded.rows,
    model_version: deployment.runId,
    scored_at: recorded.createdAt,
  };
}

const columnStatistics = named(
  "ColumnStatistics",
  object(
    {},
    {
      distinct: whole,
      top: list(pairs(text, whole)),
      mean: orNull(number),
      median: orNull(number),
      standard_deviation: orNull(number),
      minimum: orNull(number),
      q25: orNull(number),
      q75: orNull(number),
      maximum: orNull(number),
    },
  ),
);

const summary = named(
  "Summary",
  object({
    model_version: text,
    rows: whole,
    summary: byName(columnStatistics),
    prediction: orNull(columnStatistics),
    missing: shares,
  }),
);

function summaryDocument({ model, runId }: DeployedServedModel): shapes.Shaped<typeof summary> {
  const { rows, columns, prediction } = model.reference;
  const all = Object.entries(columns);
  return {
    model_version: runId,
    rows,
    summary: Object.fromEntries(all.map(([name, column]) => [name, columnSummary(column)])),
    prediction: prediction === null ? null : columnSummary(prediction),
    missing: missingShares(model.reference.columns),
  };
}

function columnSummary(column: ColumnReference): shapes.Shaped<typeof columnStatistics> {
  if (column.kind === "category")
    return { distinct: column.counts.length, top: frequentCategories(column).slice(0, 10) };
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

const diagnosis = named(
  "Diagnosis",
  object({
    model_version: text,
    missing_values: shares,
    execution_time: object({ ingest: orNull(number), train: orNull(number) }),
    warnings: list(text),
    deployed_at: text,
    reasons: list(text),
    newest_run: orNull(object({ run_id: text, created_at: text })),
    more: text,
  }),
);

function diagnosisDocument(
  { store }: Session,
  { model, deployment }: DeployedServedModel,
  refusal: string | null,
): shapes.Shaped<typeof diagnosis> {
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
