/** Collects the content of a report from records, model, test set and the newest dataset. */
import { MlctlError, recover } from "../../core/errors.ts";
import type { Dataset, Run } from "../../core/records/lineage.ts";
import { present } from "../../core/text/format.ts";
import type { Model } from "../../core/records/model.ts";
import { type Table, selectRows } from "../../core/table/table.ts";
import type { Decision, ReportInput } from "../../reporting/reportInput.ts";
import { brokenLimits } from "../../pipeline/judge/promotion.ts";
import { distributionOf } from "../../monitoring/columnDistribution.ts";
import { referenceOf } from "../../stats/referenceOf.ts";
import { dataFindings } from "../health/dataFindings.ts";
import { costsOf, metricLabel } from "../settings.ts";
import { judge, type Judgement } from "../judge.ts";
import { loadModel, recordedModel } from "../loadModel.ts";
import { KEPT_TAG } from "../deploy/describePromotion.ts";
import { reportCurves } from "./reportCurves.ts";
import { judgedInputs, reportMeans } from "./reportMeans.ts";
import { reportImportance, reportShap } from "./reportShap.ts";
import { sampleSizeWarning } from "../score/scoreWarnings.ts";
import type { Session } from "../session.ts";
import { hashesOf, readTestData, type TestData } from "../testData.ts";
import { readableDataset } from "../datasets.ts";
import { batchDrift, newestRows } from "../health/newRows.ts";

export async function reportInput(session: Session, reference: string): Promise<ReportInput> {
  const { config, store, context } = session;
  const { model, run } = await loadModel(session, reference);
  if (run === null)
    throw new MlctlError("usage", "a report needs a model trained in this workspace", {
      hint: "run `mlctl runs list`",
    });
  const { metric, task } = run;
  const judged = await tryJudge(session, model);
  const dataset = store.dataset(run.datasetId);
  const deployments = store.deployments();
  const newest = await newestData(session);
  const drifted = await reportDrift(session, { run, model, newest });
  const inputs = judged && judgedInputs(judged, model);
  const shap = reportShap(inputs, model);
  const ranked = reportImportance(shap, model);
  const costs = costsOf(config);
  return {
    name: config.name,
    description: config.description,
    generatedAt: context.now().toISOString(),
    run,
    signature: model.signature,
    metric,
    // The square of another metric, in another unit, is hard to read.
    metrics: Object.keys(run.score?.metrics ?? run.metrics)
      .filter((name) => name !== "mse" || metric === name)
      .map((name) => metricLabel(config, name, task)),
    money: costs === undefined ? null : { costs, currency: config.costs!.currency },
    broken: judged === null ? [] : brokenLimits(judged, config.promotion.require),
    decision: await decisionOf(session, run, judged),
    ...reportCurves(judged?.evaluation ?? null, model, costs),
    shap,
    ...reportMeans(inputs, { session, model, run, importance: ranked.importance }),
    ...ranked,
    ...drifted,
    monitored: store.monitorings({ runId: run.runId, limit: 1 })[0],
    candidates: store.runsOfTraining(run.trainId),
    data: await dataOf(session, dataset, newest?.dataset.datasetId === run.datasetId ? newest.table : null),
    dataset: dataset ?? null,
    deployment: deployments[0] ?? null,
    deployedVersion: store.run(deployments[0]?.runId ?? "")?.modelVersion ?? null,
    deployments: deployments.toReversed(),
    warnings: present([
      ...run.warnings,
      ...(run.score?.warnings ?? [run.score && sampleSizeWarning(run.score, model.signature.target.task)]),
    ]),
    findings: newest === null ? [] : dataFindings(config, newest.dataset, newest.table, { ...model, ...drifted }),
  };
}

type Tested = Judgement & Pick<TestData, "files">;

/** Evaluates the model on the test set. If that fails, warns and returns null, so that the report shows the rest. */
async function tryJudge(session: Session, model: Model): Promise<Tested | null> {
  const judged = readTestData(session, [model]).then(({ table, files }) => ({
    ...judge(model, table, costsOf(session.config)),
    files,
  }));
  return judged.catch(
    recover(({ message }) => {
      session.context.emit({ type: "warning", stage: "report", message: `the report has no curves: ${message}` });
      return null;
    }),
  );
}

async function decisionOf(session: Session, run: Run, judged: Tested | null): Promise<Decision | null> {
  const deployments = session.store.deployments();
  const own = deployments.find(({ runId }) => runId === run.runId);
  const kept = run.tags[KEPT_TAG];
  if (own === undefined && kept === undefined) return null;
  const rival = (own === undefined ? deployments[0]?.runId : own.previousRunId) ?? run.runId;
  const champion = rival === run.runId ? null : await rivalOf(session, rival, run, judged);
  return { status: own === undefined ? "kept" : "deployed", reasons: own?.reasons ?? [kept!], champion };
}

/**
 * Evaluates the other model on the rows and by the metric of this run's score. The value is null if it cannot be read,
 * cannot predict them, or if the score is of other rows or costs; the interval also if that of its own score is.
 */
async function rivalOf(session: Session, runId: string, run: Run, judged: Tested | null) {
  const rival = session.store.run(runId);
  const evaluated =
    judged === null || !rival?.model
      ? null
      : await recordedModel(session, rival, rival.model)
          .then((read) => judge(read, judged.given, judged.evaluation.costs, judged.rows))
          .catch(recover(() => null));
  const metric = run.metric;
  const isRecorded = (score: Run["score"] | undefined, found: Judgement | null): boolean =>
    hashesOf(score?.testFiles) === hashesOf(judged?.files) && isSame(score?.metrics[metric], found?.metrics[metric]);
  const value = isRecorded(run.score, judged) ? (evaluated?.metrics[metric] ?? null) : null;
  const interval = isRecorded(rival?.score, evaluated) ? (rival?.score?.intervals[metric] ?? null) : null;
  return { runId, value, interval };
}

/** Another machine rounds the last digits otherwise. */
function isSame(a: number | null | undefined, b: number | null | undefined): boolean {
  return typeof a === "number" && typeof b === "number" && Math.abs(a - b) <= 1e-9 * Math.abs(a);
}

async function newestData(session: Session): Promise<{ dataset: Dataset; table: Table } | null> {
  const dataset = session.store.latestDataset(session.config.input_folder_path);
  const table = await readableDataset(session, dataset);
  return table === undefined || dataset === undefined ? null : { dataset, table };
}

async function dataOf(session: Session, dataset: Dataset | undefined, newest: Table | null) {
  const table = newest ?? (await readableDataset(session, dataset));
  if (table === undefined) return null;
  return { rows: table.rowCount, columns: referenceOf(table, { seed: session.config.train.seed }).columns };
}

type Drift = Pick<ReportInput, "drift" | "distributions">;

const none: Drift = { drift: null, distributions: {} };

/**
 * Compares the new rows of the newest dataset with the model's training data. If the model was trained on it, compares
 * with the training data of the latest other deployed model. Drift is null if there is nothing to compare.
 */
export async function reportDrift(
  session: Session,
  { run, model, newest }: { run: Run; model: Model; newest: Awaited<ReturnType<typeof newestData>> },
): Promise<Drift> {
  if (newest === null) return none;
  const { dataset, table } = newest;
  const other = dataset.artifact.sha256 === run.datasetSha256 ? await earlierModel(session, run) : { model, run };
  if (other === null) return none;
  const fresh = await newestRows(session, other.run, newest);
  if (fresh.positions.length === 0) return none;
  const drift = batchDrift(session, { model: other.model, table, fresh });
  const { columns } = selectRows(table, fresh.positions);
  return { drift, distributions: distributionOf(other.model.reference, columns, null).columns };
}

async function earlierModel(session: Session, run: Run) {
  const { store } = session;
  const unpruned = store.deployments().filter(({ prunedAt }) => prunedAt === undefined);
  const deployment = unpruned.find((each) => each.runId !== run.runId && each.datasetSha256 !== run.datasetSha256);
  if (deployment === undefined) return null;
  // verify reports a damaged old model; the report leaves the comparison out.
  const model = await recordedModel(session, deployment, deployment.model).catch(() => null);
  return model && { model, run: store.run(deployment.runId) ?? null };
}
