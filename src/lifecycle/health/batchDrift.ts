/** Drift of a table compared with a model's training data: inputs, predictions and labels. */
import type { DriftReport } from "../../core/records/drift.ts";
import type { Model } from "../../core/records/model.ts";
import type { Column, Table } from "../../core/table/table.ts";
import { predictionsAndLabels } from "../../monitoring/predictionsAndLabels.ts";
import { driftReport } from "../../monitoring/driftReport.ts";
import { prepareRows, labelsOf } from "../../monitoring/prepareRows.ts";
import { driftOptions } from "../settings.ts";
import type { Session } from "../session.ts";
import { currentDeployment } from "../../storage/deployment/currentDeployment.ts";
import { loadDeployed } from "../loadModel.ts";
import { readDataset } from "../datasets.ts";
import { didYouMean } from "../../core/text/suggest.ts";

/**
 * Computes drift by the rules of config.json. Shared by diagnose, fullprocess and report.
 * @param predictions the model's predictions for the table, if they are known already
 */
export function batchDrift(
  session: Pick<Session, "config" | "context">,
  { model, table, predictions }: { readonly model: Model; readonly table: Table; readonly predictions?: Column },
): DriftReport {
  const { config } = session;
  warnOfUnknownColumns(session, model);
  const { target } = model.signature;
  const rows =
    predictions === undefined
      ? prepareRows(model, table, { timeColumn: null, round: config.serve.round, known: [] })
      : { yPred: new Float64Array(0), yTrue: labelsOf(table, model.signature).yTrue };
  const columns = predictionsAndLabels(rows, target);
  const given = predictions === undefined ? {} : { prediction: predictions };
  return driftReport(model.reference, table, { ...driftOptions(config), ...columns, ...given });
}

/** Drift of the newest dataset compared with the training data of the deployed model. */
export interface DatasetDrift {
  readonly report: DriftReport;
  readonly datasetId: string;
  /** The report in one sentence. */
  readonly summary: string;
  readonly seconds: number;
}

/** @returns null if nothing is deployed, there is no dataset, or the deployed model was trained on the newest dataset */
export async function driftOfDeployed(session: Session): Promise<DatasetDrift | null> {
  const { config, store, paths } = session;
  const deployment = currentDeployment(paths.production);
  const dataset = store.latestDataset(config.input_folder_path);
  if (deployment === undefined || dataset === undefined || dataset.artifact.sha256 === deployment.datasetSha256)
    return null;
  const start = performance.now();
  const { model } = loadDeployed(session)!;
  const report = batchDrift(session, { model, table: await readDataset(session, dataset) });
  const seconds = (performance.now() - start) / 1000;
  return { report, datasetId: dataset.datasetId, summary: summaryOf(report), seconds };
}

function summaryOf({ rules, dataset, columns, target }: DriftReport): string {
  const inputs = Object.entries(columns).filter(([name]) => rules === "evidently" || name !== "prediction");
  const counted = rules === "evidently" && target ? [...inputs, ["the target", target] as const] : inputs;
  const names = counted.flatMap(([name, { drifted }]) => (drifted ? [name] : []));
  const which = names.length === 0 ? "" : `: ${names.slice(0, 10).join(", ")}${names.length > 10 ? ", …" : ""}`;
  return `${dataset.drifted} of ${dataset.tested} columns drifted since the deployed model was trained${which}`;
}

/** Warns about configured columns that the model does not have. Not an error, because the model may be older than the column. */
export function warnOfUnknownColumns({ config, context }: Pick<Session, "config" | "context">, model: Model): void {
  const known = [...Object.keys(model.reference.columns), model.signature.target.name, "prediction"];
  for (const name of Object.keys(config.monitor.drift.columns)) {
    if (known.includes(name)) continue;
    context.emit({
      type: "warning",
      stage: "drift",
      message: `config.json: monitor.drift.columns has "${name}", but the model was not trained on that column`,
      hint: didYouMean(name, known) ?? 'use an input of the model, its target, or "prediction"',
    });
  }
}
