/** The dated apireturns: what the deployed model answers to the calls of the API, recorded beside the models. */
import { join } from "node:path";
import type { Model } from "../core/model.ts";
import { selectRows } from "../core/selectRows.ts";
import type { Table } from "../core/table.ts";
import { timestamp } from "../core/timestamp.ts";
import { conformTable } from "../pipeline/conformTable.ts";
import { predictor } from "../pipeline/predictor.ts";
import { rowsInReach } from "../pipeline/rowsInReach.ts";
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
  const { missing, summary } = summarize(table);
  const answers = {
    model_version: deployment.runId,
    predictions: predictionsOf(deployed.model, table),
    score: { metric: deployment.metric, value: deployment.value },
    summary,
    diagnosis: { missing },
  };
  ensureFolder(paths.models);
  const path = join(paths.models, `apireturns_${timestamp(context.now())}.txt`);
  atomicWrite(path, `${JSON.stringify(answers, null, 4)}\n`);
  return { path: toRecordPath(paths.workspace, path) };
}

/** One for each row; null where the model's history does not reach it. */
function predictionsOf(model: Model, table: Table): (number | string | null)[] {
  const inputs = conformTable(table, model.signature);
  const rows = rowsInReach(model, inputs);
  const { yPred } = predictor(model)(selectRows(inputs, rows));
  const { classes } = model.signature.target;
  const answers: (number | string | null)[] = Array.from({ length: table.rowCount }, () => null);
  rows.forEach((row, i) => (answers[row] = classes === undefined ? yPred[i]! : classes[yPred[i]!]!));
  return answers;
}
