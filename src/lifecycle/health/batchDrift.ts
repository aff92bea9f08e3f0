/** Drift of a table against what a model was trained on: inputs, answers and truth, by the rules of config.json. */
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
import { suggest } from "../../core/text/suggest.ts";

/** The same for diagnose, fullprocess and report, so that they agree. @param answers where the model was asked already */
export function batchDrift(
  session: Pick<Session, "config" | "context">,
  { model, table, answers }: { readonly model: Model; readonly table: Table; readonly answers?: Column },
): DriftReport {
  const { config } = session;
  warnOfUnknownColumns(session, model);
  const { target } = model.signature;
  const rows =
    answers === undefined
      ? prepareRows(model, table, { timeColumn: null, round: config.serve.round, known: [] })
      : { yPred: new Float64Array(0), yTrue: labelsOf(table, target).yTrue };
  const columns = predictionsAndLabels(rows, target);
  const prediction = answers === undefined ? {} : { prediction: answers };
  return driftReport(model.reference, table, { ...driftOptions(config), ...columns, ...prediction });
}

/** Has the newest dataset moved away from what the deployed model was trained on? */
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

/** A warning and no error: the model may be older than the column. */
export function warnOfUnknownColumns({ config, context }: Pick<Session, "config" | "context">, model: Model): void {
  const known = [...Object.keys(model.reference.columns), model.signature.target.name, "prediction"];
  for (const name of Object.keys(config.monitor.drift.columns)) {
    if (known.includes(name)) continue;
    const near = suggest(name, known);
    context.emit({
      type: "warning",
      stage: "drift",
      message: `config.json: monitor.drift.columns names "${name}", a column that the model was not trained on`,
      hint: near === undefined ? 'an input of the model, its target, or "prediction"' : `did you mean "${near}"?`,
    });
  }
}
