/** GET /score, /summarise, /diagnose and /model: recorded results of the deployed model; nothing is computed or changed. */
import { frequentCategories, type ColumnReference } from "../../core/records/model.ts";
import type { Session } from "../../lifecycle/session.ts";
import { describedInput, exampleRow, type DeployedServedModel } from "../../lifecycle/predict/servedModel.ts";
import { importanceByColumn } from "../../lifecycle/settings.ts";
import { endpoint, json, type Endpoint } from "../http/endpoint.ts";
import { sendJson, type App } from "../http/http.ts";
import * as shapes from "../http/shapes.ts";
import { requireServing, type ServerState } from "../state/serverState.ts";

const { anything, byName, flag, list, named, number, object, oneOf, orNull, pairs, text, whole } = shapes;

type Recorded = (session: Session, served: DeployedServedModel, state: ServerState) => object;

export function registerRecorded(app: App, state: ServerState): void {
  const route = (
    url: string,
    [id, summary, returned]: [id: string, summary: string, shapes.Shape<unknown>],
    recorded: Recorded,
    scopes: Endpoint["scopes"] = ["read"],
  ): void => {
    const returns = json(returned);
    const declared = endpoint({ id, tag: "model", scopes, summary, returns, problems: ["not-ready"] });
    app.get(url, declared, (_request, reply) => {
      const { served } = requireServing(state);
      const record = recorded({ ...state.workspace, store: state.store.current() }, served, state);
      return sendJson(reply, shapes.shaped(returned, { modelVersion: served.runId, ...record }));
    });
  };
  route("/score", ["getScore", "Newest score of the deployed model on the test data", score], scoreOf);
  const statistics = "Statistics of the deployed model's training rows, by column";
  route("/summarise", ["getSummary", statistics, summary], summaryOf);
  const health = "Missing values, durations, warnings and health of the deployment";
  route("/diagnose", ["getDiagnosis", health, diagnosis], diagnosisOf);
  // Callers of /predict need the columns.
  const described = "The deployed model: signature, metrics and lineage";
  route("/model", ["getModel", described, model], modelOf, ["read", "predict"]);
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

const scoreOf: Recorded = ({ store }, { deployment }) => {
  const recorded = store.run(deployment.runId)?.score;
  const { metric, value, deployedAt } = deployment;
  if (!recorded) return { score: value, metric, scoredAt: deployedAt };
  return { ...recorded, score: recorded.value, scoredAt: recorded.createdAt };
};

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

const summaryOf: Recorded = (_session, { model: { reference } }) => {
  const { rows, columns, prediction } = reference;
  const all = Object.entries(columns).map(([name, each]) => [name, statisticsOf(each)] as const);
  return {
    rows,
    summary: Object.fromEntries(all),
    prediction: prediction && statisticsOf(prediction),
    missing: missingShares(columns),
  };
};

function statisticsOf(of: ColumnReference): object {
  if (of.kind === "category") return { distinct: of.counts.length, top: frequentCategories(of).slice(0, 10) };
  const [minimum, q25, median, q75, maximum] = [0, 25, 50, 75, 100].map((percent) => of.quantiles[percent] ?? null);
  return { ...of, minimum, q25, median, q75, maximum };
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

const diagnosisOf: Recorded = ({ store }, { model: { reference }, deployment }, { refusal }) => {
  const run = store.run(deployment.runId);
  const dataset = run && (store.dataset(run.datasetId) ?? store.dataset(run.datasetSha256));
  return {
    ...deployment,
    missingValues: missingShares(reference.columns),
    executionTime: { ingest: dataset?.seconds ?? null, train: run?.seconds ?? null },
    warnings: [...(run?.warnings ?? []), ...(refusal === null ? [] : [`a newer deployment is refused: ${refusal}`])],
    newestRun: store.latestModelRun() ?? null,
    // The command also reads the data and package registries; a GET request must not.
    more: "run `mlctl diagnose` for drift, outdated packages and the integrity of the artifacts",
  };
};

const column = object(
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

const model = named(
  "Model",
  object({
    model_version: text,
    version: orNull(whole),
    family: text,
    task,
    threshold: orNull(number),
    signature: object(
      {
        inputs: list(column),
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

const modelOf: Recorded = ({ store }, { model: deployed, deployment, computed }) => {
  const run = store.run(deployment.runId);
  const { signature, estimator, threshold, codeVersion } = deployed;
  const { target } = signature;
  const inputs = signature.inputs.map((spec) => describedInput(spec, deployed));
  return {
    version: run?.modelVersion ?? null,
    family: estimator.family,
    task: target.task,
    threshold,
    signature: { inputs, target, ...(Object.keys(computed).length > 0 && { computed }) },
    example: Object.fromEntries(exampleRow(deployed).map(({ name, value }) => [name, value])),
    metrics: { validation: deployed.metrics, test: run?.score?.metrics ?? null },
    importance: importanceByColumn(deployed),
    deployment,
    lineage: { ...deployment, ...deployed.lineage, modelSha256: deployment.model.sha256, codeVersion },
  };
};
