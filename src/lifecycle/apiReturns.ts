/** The dated apireturns: what the deployed model answers to the calls of the API, recorded beside the models. */
import { join } from "node:path";
import { timestamp } from "../core/timestamp.ts";
import { conformTable } from "../pipeline/conformTable.ts";
import { predictor } from "../pipeline/predictor.ts";
import { atomicWrite } from "../storage/atomicWrite.ts";
import { ensureFolder } from "../storage/commitFile.ts";
import { currentDeployment } from "../storage/deployment/currentDeployment.ts";
import { toRecordPath } from "../storage/workspacePaths.ts";
import { loadDeployed } from "./loadModel.ts";
import type { Session } from "./session.ts";
import { summarize } from "./summarize.ts";
import { readTestData } from "./testData.ts";

/** @returns where it was written, relative to the workspace; null when nothing is deployed */
export async function apiReturns(session: Session): Promise<{ readonly path: string | null }> {
  const { paths, context } = session;
  const deployed = loadDeployed(session);
  const deployment = currentDeployment(paths.production);
  if (deployed === undefined || deployment === undefined) return { path: null };
  const { table } = await readTestData(session);
  const { yPred } = predictor(deployed.model)(conformTable(table, deployed.model.signature));
  const { classes } = deployed.model.signature.target;
  const { missing, summary } = summarize(table);
  const answers = {
    model_version: deployment.runId,
    predictions: Array.from(yPred, (value) => (classes === undefined ? value : classes[value]!)),
    score: { metric: deployment.metric, value: deployment.value },
    summary,
    diagnosis: { missing },
  };
  ensureFolder(paths.models);
  const path = join(paths.models, `apireturns_${timestamp(context.now())}.txt`);
  atomicWrite(path, `${JSON.stringify(answers, null, 4)}\n`);
  return { path: toRecordPath(paths.workspace, path) };
}
