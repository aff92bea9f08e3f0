/** Has the newest dataset moved away from what the deployed model was trained on? */
import type { DriftReport } from "../core/drift.ts";
import { currentDeployment } from "../storage/deployment/currentDeployment.ts";
import { batchDrift } from "./batchDrift.ts";
import { loadDeployed } from "./loadModel.ts";
import type { Session } from "./session.ts";
import { readDataset } from "./trainingData.ts";

export interface DatasetDrift {
  readonly report: DriftReport;
  readonly datasetId: string;
  /** The report in one sentence. */
  readonly told: string;
  readonly seconds: number;
}

/** Null when nothing is deployed, there is no dataset, or the deployed model was trained on this very data. */
export async function driftOfDeployed(session: Session): Promise<DatasetDrift | null> {
  const { config, store, paths } = session;
  const deployment = currentDeployment(paths.production);
  const dataset = store.latestDataset(config.input_folder_path);
  if (deployment === undefined || dataset === undefined || dataset.artifact.sha256 === deployment.datasetSha256)
    return null;
  const start = performance.now();
  const { model } = loadDeployed(session)!;
  const report = batchDrift(session, { model, table: await readDataset(session, dataset) });
  return { report, datasetId: dataset.datasetId, told: tell(report), seconds: (performance.now() - start) / 1000 };
}

function tell({ rules, dataset, columns, target }: DriftReport): string {
  const inputs = Object.entries(columns).filter(([name]) => rules === "evidently" || name !== "prediction");
  const counted = rules === "evidently" && target ? [...inputs, ["the target", target] as const] : inputs;
  const names = counted.flatMap(([name, { drifted }]) => (drifted ? [name] : []));
  const which = names.length === 0 ? "" : `: ${names.slice(0, 10).join(", ")}${names.length > 10 ? ", …" : ""}`;
  return `${dataset.drifted} of ${dataset.tested} columns drifted since the deployed model was trained${which}`;
}
