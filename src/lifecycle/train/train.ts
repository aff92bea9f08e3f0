/** train: every configured model on the latest dataset, a leaderboard, and the dated model of the best. */
import { setImmediate as nextTurn } from "node:timers/promises";
import { columnStatistics } from "../../stats/columnStatistics.ts";
import { inspectData } from "./inspectData.ts";
import { latestDataset } from "../datasets.ts";
import { recordTraining, type TrainResult } from "./recordTraining.ts";
import type { Session } from "../session.ts";
import { trainCandidates } from "./trainCandidates.ts";
import { prepareData, type PreparedData } from "./trainingData.ts";
import { findEstimator } from "../../estimators/findEstimator.ts";
import type { Workspace } from "../workspace.ts";

export type { LeaderboardRow, TrainResult } from "./recordTraining.ts";

/**
 * Trees grow in a thread of their own, which on two cores leaves a part of one free: what has to be known of the rows
 * besides is found out meanwhile.
 * @throws {MlctlError} kind "notReady" when nothing was ingested yet, "data" where the data cannot be learned from
 */
export async function train(session: Session): Promise<TrainResult> {
  const dataset = latestDataset(session, "train");
  prepareToTrain(session);
  const data = await prepareData(session, dataset);
  const [ranked, suspicions] = await Promise.all([trainCandidates(session, data), knowRows(session, data)]);
  return recordTraining(session, { dataset, data, ranked, suspicions });
}

/** What is suspicious about them; the figures of their columns, which the model file has, are kept, see `columnStatistics`. */
async function knowRows(session: Session, data: PreparedData): Promise<string[]> {
  const suspicions = await inspectData(session, data);
  const { inputs, y, target } = data.parts().training;
  const columns = inputs.columns.flatMap((column) => (column.kind === "category" ? [] : [column.values]));
  for (const values of target.task === "regression" ? [...columns, y] : columns) {
    await nextTurn();
    session.context.signal.throwIfAborted();
    columnStatistics(values);
  }
  return suspicions;
}

/** Starts what the configured families would wait for at their first fit, while data is still being read. */
export function prepareToTrain({ config }: Workspace): void {
  // Without a list xgboost is among the candidates, and the only one that has an engine.
  const models = config.train.models ?? [{ family: "xgboost", params: {} }];
  for (const { family, params } of models) findEstimator(family).prepare?.(params);
}
