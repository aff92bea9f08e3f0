/** deploy: compares challenger and champion on the same rows, then switches atomically; or rolls back. */
import { isDeepStrictEqual } from "node:util";
import { isBaseline } from "../../estimators/findEstimator.ts";
import { findMetric } from "../../metrics/findMetric.ts";
import type { Evaluation } from "../../core/metric.ts";
import { MlctlError, attempt, recover } from "../../core/errors.ts";
import type { Model } from "../../core/records/model.ts";
import { present } from "../../core/text/format.ts";
import { selectPredicted } from "../../monitoring/prepareRows.ts";
import { betterConstant, dearerThanConstant } from "../../pipeline/judge/baselineEvaluation.ts";
import { promotion } from "../../pipeline/judge/promotion.ts";
import { currentDeployment, deploymentHistory, rollbackTarget } from "../../storage/deployment/currentDeployment.ts";
import { judgePair } from "../compare/retrain.ts";
import { droppedReason, naiveAhead, thresholdChange, thresholdReason } from "./furtherReasons.ts";
import { costsOf, decidingMetric, metricUnit, pricing } from "../settings.ts";
import { judge } from "../judge.ts";
import { artifacts, commitDeployment } from "./commitDeployment.ts";
import { deploymentOrigin } from "./deploymentOrigin.ts";
import { loadDeployed, loadModel, type LoadedModel } from "../loadModel.ts";
import { newerRows, unknownTestRows, unknownTime } from "./rowsToCompare.ts";
import { isScoredOn, withScore } from "../score/recordScore.ts";
import type { Session } from "../session.ts";
import { readTestData } from "../testData.ts";

export interface DeployOptions {
  readonly model?: string;
  /** The command that deploys the model, as hints name it; default `mlctl deploy RUN`. */
  readonly command?: string;
  readonly force?: boolean;
  readonly rollback?: boolean;
  readonly dryRun?: boolean;
  /** Why, for the record of the deployment. */
  readonly message?: string | undefined;
}

export interface DeployResult {
  readonly status: "deployed" | "kept" | "rolled_back";
  readonly runId: string;
  readonly previousRunId: string | null;
  readonly metric: string | null;
  readonly value: number | null;
  readonly reasons: readonly string[];
  readonly dryRun: boolean;
  readonly path: string | null;
}

/** @throws {MlctlError} kind "notReady" if there is no model, no test data, or nothing to roll back to */
export async function deploy(session: Session, options: DeployOptions = {}): Promise<DeployResult> {
  return options.rollback ? rollback(session, options) : promote(session, options);
}

async function promote(
  session: Session,
  { model, command, force = false, dryRun = false, message }: DeployOptions,
): Promise<DeployResult> {
  const { paths, context } = session;
  const challenger = await loadModel(session, model ?? "latest");
  const current = currentDeployment(paths.production);
  if (challenger.run === null)
    throw new MlctlError("usage", "only models trained in this workspace can be deployed", {
      hint: "run `mlctl models list`",
    });
  const run = challenger.run;
  const again = command ?? `mlctl deploy ${run.runId}`;
  const runs = { runId: run.runId, previousRunId: current?.runId ?? null };
  const unscored = { metric: null, value: null, reasons: ["it is already deployed"], dryRun };
  if (current?.runId === run.runId) return { status: "kept", ...runs, ...unscored, path: null };
  const left = deploymentHistory(paths.production).find(
    ({ action, previousRunId }) => action === "rollback" && previousRunId === run.runId,
  );
  if (left !== undefined && model === undefined && !force) {
    const reason = `production was rolled back from it at ${left.deployedAt}: \`${again} --force\` deploys it again`;
    return { status: "kept", ...runs, ...unscored, reasons: [reason], path: null };
  }
  const { verdict, metric, value, own } = await compare(session, challenger, { force, again });
  const naive = session.config.promotion.beat_baseline
    ? await naiveAhead(session, run, { metric, tested: own?.judged })
    : [];
  const promoted = verdict.promote && naive.length === 0;
  const forced = !promoted && force;
  const found = promoted || !verdict.promote ? [...naive, ...verdict.reasons] : naive;
  const reasons = forced ? ["forced", ...found] : found;
  const result = { ...runs, metric, value, reasons, dryRun };
  if (!promoted && !forced) return { status: "kept", ...result, path: null };
  const { signature, estimator } = challenger.model;
  const dear =
    own && !isBaseline(estimator.family) && dearerThanConstant(own.judged, pricing(session.config, signature.target));
  // The score that is recorded below warns of it, too.
  if (dear && (dryRun || isScoredOn(run, own.test))) context.emit({ type: "warning", stage: "deploy", message: dear });
  if (dryRun) return { status: "deployed", ...result, path: null };
  // Monitoring compares new rows with it.
  const scored = own === undefined ? run : await withScore(session, { ...challenger, run }, own);
  context.emit({ type: "stage", stage: "deploy", message: `switching production to ${run.runId}` });
  const path = await commitDeployment(session, {
    ...(await artifacts(session, scored)),
    runId: run.runId,
    action: forced ? "force" : "deploy",
    reasons,
    aliases: session.config.promotion.aliases,
    metric,
    value,
    datasetSha256: run.datasetSha256,
    configSha256: run.configSha256,
    ...deploymentOrigin(paths.workspace, message),
  });
  return { status: "deployed", ...result, path };
}

/** @returns `own`: the challenger on all test rows that it reaches; undefined if there are none */
async function compare(session: Session, challenger: LoadedModel, { force, again }: { force: boolean; again: string }) {
  const { config } = session;
  const { task, classes = [] } = challenger.model.signature.target;
  const metric = decidingMetric(config, task);
  // An error is kept, so that --force can replace a damaged model.
  const champion = await loadDeployed(session).catch(recover((error) => error));
  const deployed = champion instanceof MlctlError ? undefined : champion;
  const models = [challenger.model, ...(deployed === undefined ? [] : [deployed.model])];
  const reading = readTestData(session, models);
  const test = await (force ? reading.catch(recover((error) => error)) : reading);
  if (test instanceof MlctlError) return { verdict: { promote: false, reasons: [test.message] }, metric, value: null };
  const costs = costsOf(config);
  const alone = judge(challenger.model, test.table, costs);
  const pair =
    deployed &&
    attempt(
      () => judgePair(session, deployed.model, challenger.model, test.table),
      ({ message, details }) => [message, ...details].join("; "),
    );
  const [theirs, judged] = typeof pair === "object" ? [pair.a.evaluation, pair.b] : [null, alone];
  const { evaluation } = judged;
  const change =
    theirs && thresholdChange(session, { ...deployed!, evaluation: theirs }, { ...challenger, evaluation });
  const rivals = theirs === null || change?.isChosen ? undefined : { champion: deployed!, challenger };
  const { rows, notes = [] } = change?.isChosen
    ? { rows: undefined }
    : await unknownTestRows(session, rivals ?? { challenger }, { ...test, table: judged.table });
  const onRows = (all: Evaluation): Evaluation => (rows ? selectPredicted(all, rows) : all);
  const verdict = promotion(
    {
      challenger: evaluation,
      champion: theirs && onRows(theirs),
      compared: onRows(evaluation),
      leftOut: rows && evaluation.yTrue.length - rows.length,
      newer: rivals && (await newerRows(session, rivals, test.table)),
      championProblem: typeof pair === "string" ? pair : undefined,
      isRedefined: deployed && isRedefined(deployed.model.signature.target, challenger.model.signature.target),
      championDamage: champion instanceof MlctlError ? champion.message : undefined,
      chosen: change?.isChosen ? `only the threshold changes, ${change.text}, as config.json says` : undefined,
      baseline: isBaseline(challenger.model.estimator.family)
        ? null
        : betterConstant(onRows(judged.baselineEvaluation), metric),
      metrics: judged.metrics,
      classes,
    },
    {
      metric,
      minImprovement: config.promotion.min_improvement,
      confidence: config.promotion.confidence,
      require: config.promotion.require,
      beatBaseline: config.promotion.beat_baseline,
      seed: config.train.seed,
      unit: metricUnit(config, findMetric(metric, task)),
    },
  );
  const isWhole = rows === undefined || rows.length === judged.table.rowCount;
  const [before, now] = [deployed?.model, challenger.model].map((model) => model?.signature.target.classes?.[1]);
  const reasons = present([
    ...verdict.reasons,
    theirs !== null &&
      before !== now &&
      `the positive class changes from "${before}" to "${now}": probability, threshold, precision, recall and costs are of the latter`,
    !verdict.promote && isWhole && change !== null && thresholdReason(change, { force, again }),
    !verdict.promote && !force && deployed !== undefined && droppedReason(session, deployed, again),
    ...notes,
    ...(rivals ? unknownTime(session, challenger) : []),
  ]);
  const value = judged.metrics[metric] ?? null;
  return { verdict: { ...verdict, reasons }, metric, value, own: { judged: alone, test } };
}

/** One odd label among thousands makes another class, and another task. */
function isRedefined(before: Model["signature"]["target"], now: Model["signature"]["target"]): boolean {
  return before.name === now.name && !isDeepStrictEqual([before.task, before.classes], [now.task, now.classes]);
}

async function rollback(session: Session, { dryRun = false, message }: DeployOptions): Promise<DeployResult> {
  const history = deploymentHistory(session.paths.production);
  const target = rollbackTarget(history);
  const { shared, bucket } = session.paths;
  // Machines share the records; the files may be elsewhere, or nowhere.
  const notHere = recover((error) => {
    if (shared === undefined || error.kind !== "data") throw error;
    const where =
      bucket === undefined ? `on ${target.host ?? "the machine that deployed it"}` : "where its files still are";
    const hint = `run \`mlctl deploy --rollback\` ${where}; here, \`mlctl models list\` shows what \`mlctl deploy REF\` can deploy instead`;
    throw new MlctlError("data", error.message, { hint, cause: error });
  });
  if (!dryRun) await session.records.fetch(target).catch(notHere);
  const reasons = [`rolled back to deployment ${target.deploymentId} of ${target.deployedAt}`];
  const {
    kind: _kind,
    deploymentId: _id,
    previousRunId: _previous,
    message: _message,
    commit: _commit,
    dirty: _dirty,
    ...rest
  } = target;
  const origin = deploymentOrigin(session.paths.workspace, message);
  const path = dryRun
    ? null
    : await commitDeployment(session, { ...rest, action: "rollback", reasons, ...origin }).catch(notHere);
  const { runId, metric, value } = target;
  return { status: "rolled_back", runId, previousRunId: history[0]!.runId, metric, value, reasons, dryRun, path };
}
