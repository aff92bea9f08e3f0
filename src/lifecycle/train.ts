/** train: every configured model on the latest dataset, a leaderboard, and the dated model of the best. */
import { latestDataset } from "./latestDataset.ts";
import { recordTraining, type TrainResult } from "./recordTraining.ts";
import type { Session } from "./session.ts";
import { trainCandidates } from "./trainCandidates.ts";
import { prepareData } from "./trainingData.ts";

export type { LeaderboardRow, TrainResult } from "./recordTraining.ts";

/** @throws {MlctlError} kind "notReady" when nothing was ingested yet, "data" where the data cannot be learned from */
export async function train(session: Session): Promise<TrainResult> {
  const dataset = latestDataset(session, "train");
  const data = await prepareData(session, dataset);
  const ranked = await trainCandidates(session, data);
  return recordTraining(session, { dataset, data, ranked });
}
